/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Copies: a provider fetches pieces from another one. */
#include <string.h>

#include "provider/answer.h"
#include "provider/call.h"
#include "provider/commit.h"

static const char *const states[] = {"pending", "inProgress", "retrying", "complete", "failed"};

static int state_of(const char *text)
{
    for (int i = 0; text != NULL && i < (int)(sizeof states / sizeof states[0]); i++) {
        if (strcmp(states[i], text) == 0)
            return i;
    }
    return -1;
}

static int write_request(struct sl_jw *w, const struct sl_sp_pull *pull, struct sl_err *err)
{
    const struct sl_sp_commit *commit = &pull->commit;
    char fwss[SL_ADDRESS_CHARS];
    int rc = SL_OK;
    sl_address_text(fwss, &pull->fwss); /* always the same text: it is part of the request's key */
    sl_jw_object(w, NULL);
    sl_jw_hex(w, "extraData", commit->extra_data, commit->extra_data_len);
    if (pull->data_set_id != 0)
        sl_jw_u64(w, "dataSetId", pull->data_set_id);
    sl_jw_str(w, "recordKeeper", fwss);
    sl_jw_array(w, "pieces");
    for (size_t i = 0; rc == SL_OK && i < commit->count; i++) {
        char cid[SL_PIECE_CID_CHARS];
        char url[SL_SP_URL_BYTES];
        sl_piece_cid(cid, &commit->pieces[i]);
        rc = sl_sp_retrieval_url(url, sizeof url, pull->source_url, &commit->pieces[i], err);
        sl_jw_object(w, NULL);
        sl_jw_str(w, "pieceCid", cid);
        sl_jw_str(w, "sourceUrl", rc == SL_OK ? url : "");
        sl_jw_end_object(w);
    }
    sl_jw_end_array(w);
    sl_jw_end_object(w);
    return rc;
}

/* The state of one piece in the answer, which has an order of its own; -1: not told. */
static int state_in(const struct sl_json *list, const struct sl_piece_id *piece)
{
    for (const struct sl_json *one = sl_json_first(list); one != NULL; one = sl_json_next(one)) {
        struct sl_piece_id named;
        const char *cid = sl_json_str(sl_json_get(one, "pieceCid"));
        if (cid != NULL && sl_piece_parse_either(&named, cid, strlen(cid), NULL) == SL_OK &&
            memcmp(named.root, piece->root, sizeof named.root) == 0)
            return state_of(sl_json_str(sl_json_get(one, "status")));
    }
    return -1;
}

/* The overall status is not looked at: it says "complete" of a mixed result. */
static int decode_pull(struct sl_sp_pulled *out, const struct sl_json *root,
                       const struct sl_sp_commit *commit, struct sl_err *err)
{
    const struct sl_json *list = sl_json_get(root, "pieces");
    for (size_t i = 0; i < commit->count; i++) {
        const int state = sl_json_is_array(list) ? state_in(list, &commit->pieces[i]) : -1;
        if (state < 0)
            return sl_err_set(err, SL_EPROTO, "pull: the provider does not tell of every piece");
        out->pieces[i] = (enum sl_pull_state)state;
        out->complete += state == SL_PULL_COMPLETE;
        out->failed += state == SL_PULL_FAILED;
    }
    out->finished = out->complete + out->failed == commit->count;
    return SL_OK;
}

int sl_sp_pull(struct sl_sp *sp, const struct sl_sp_pull *pull, struct sl_sp_pulled *out,
               struct sl_err *err)
{
    struct sl_jw w = {0};
    struct sl_json *root;
    *out = (struct sl_sp_pulled){.finished = false};
    sp->fewer = 0;
    if (pull->commit.count < 1 || pull->commit.count > SL_SP_PIECES)
        return sl_err_set(err, SL_EINVAL, "a pull has 1 to %d pieces", SL_SP_PIECES);
    int rc = write_request(&w, pull, err);
    if (rc < 0) {
        sl_jw_free(&w);
        return rc;
    }
    rc = sl_sp_send_json(sp, "POST", "pdp/piece/pull", &w, err);
    if (rc < 0)
        return rc;
    if (sp->response.status != 200) {
        rc = sl_sp_chain_refusal(&sp->response, "pull", err);
        sl_sp_note_fewer(sp, rc, pull->commit.count);
        return rc;
    }
    rc = sl_sp_object(&root, sp, "pull", err);
    if (rc == SL_OK)
        rc = decode_pull(out, root, &pull->commit, err);
    sl_json_free(root);
    return rc;
}
