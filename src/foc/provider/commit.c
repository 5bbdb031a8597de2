/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Adds and creates: what is asked of the provider, and what its refusals mean. */
#include "provider/commit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sluice/eip712.h"

#include "provider/answer.h"
#include "provider/call.h"

_Static_assert((int)SL_SP_PIECES == (int)SL_COMMIT_PIECES, "what is signed is what is sent");

static int check_commit(const struct sl_sp_commit *commit, struct sl_err *err)
{
    if (commit->count < 1 || commit->count > SL_SP_PIECES)
        return sl_err_set(err, SL_EINVAL, "a commit has 1 to %d pieces", SL_SP_PIECES);
    for (size_t i = 0; i < commit->count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (memcmp(commit->pieces[i].root, commit->pieces[j].root,
                       sizeof commit->pieces[i].root) == 0)
                return sl_err_set(err, SL_EINVAL, "a commit has no piece twice");
        }
    }
    return SL_OK;
}

/* One sub-piece per piece, the piece itself: providers cannot track anything else. */
static void append_pieces(struct sl_jw *w, const struct sl_sp_commit *commit)
{
    sl_jw_array(w, "pieces");
    for (size_t i = 0; i < commit->count; i++) {
        char cid[SL_PIECE_CID_CHARS];
        sl_piece_cid(cid, &commit->pieces[i]);
        sl_jw_object(w, NULL);
        sl_jw_str(w, "pieceCid", cid);
        sl_jw_array(w, "subPieces");
        sl_jw_object(w, NULL);
        sl_jw_str(w, "subPieceCid", cid);
        sl_jw_end_object(w);
        sl_jw_end_array(w);
        sl_jw_end_object(w);
    }
    sl_jw_end_array(w);
}

static void append_fwss(struct sl_jw *w, const struct sl_address *fwss)
{
    char text[SL_ADDRESS_CHARS];
    sl_address_text(text, fwss);
    sl_jw_str(w, "recordKeeper", text);
}

/* The hash at the end of "{folder}{hash}"; only the hash is used. */
static int tx_of_location(char tx[static SL_TX_HASH_CHARS], const char *location,
                          const char *folder, struct sl_err *err)
{
    const char *at = strstr(location, folder);
    if (at == NULL || !sl_sp_tx(tx, at + strlen(folder)))
        return sl_err_set(err, SL_EPROTO,
                          "the provider took the commit and named no transaction: whether it was "
                          "sent shows on the chain");
    return SL_OK;
}

/* A proxy whose provider is away has pages of its own for 404. */
static bool says_data_set(const struct sl_http_response *response)
{
    return response->body.data != NULL && strstr(response->body.data, "Data set not found") != NULL;
}

void sl_sp_note_fewer(struct sl_sp *sp, int refusal, size_t count)
{
    const char *text = sp->response.body.data;
    sp->fewer = refusal == SL_EREFUSED && text != NULL ? sl_sp_fewer_pieces(text, count) : 0;
}

size_t sl_sp_most_pieces(const struct sl_sp *sp)
{
    return sp->fewer;
}

/* The answer to a commit of `count` pieces: 0, 1 (landed before), or an error. */
static int judge(struct sl_sp *sp, const char *folder, char tx[static SL_TX_HASH_CHARS],
                 const char *what, size_t count, struct sl_err *err)
{
    if (sp->response.status == 201)
        return tx_of_location(tx, sp->response.location, folder, err);
    const int rc = sl_sp_chain_refusal(&sp->response, what, err);
    sl_sp_note_fewer(sp, rc, count);
    if (sp->response.status != 404 || says_data_set(&sp->response))
        return rc;
    if (err != NULL)
        err->code = SL_EREFUSED;
    return SL_EREFUSED;
}

int sl_sp_add(struct sl_sp *sp, uint64_t data_set_id, const struct sl_sp_commit *commit,
              char tx[static SL_TX_HASH_CHARS], struct sl_err *err)
{
    char path[SL_SP_PATH_BYTES];
    char folder[SL_SP_PATH_BYTES];
    struct sl_jw w = {0};
    tx[0] = '\0';
    sp->fewer = 0;
    int rc = check_commit(commit, err);
    if (rc < 0)
        return rc;
    snprintf(path, sizeof path, "pdp/data-sets/%" PRIu64 "/pieces", data_set_id);
    snprintf(folder, sizeof folder, "/pdp/data-sets/%" PRIu64 "/pieces/added/", data_set_id);
    sl_jw_object(&w, NULL);
    append_pieces(&w, commit);
    sl_jw_hex(&w, "extraData", commit->extra_data, commit->extra_data_len);
    sl_jw_end_object(&w);
    rc = sl_sp_send_json(sp, "POST", path, &w, err);
    return rc < 0 ? rc : judge(sp, folder, tx, "add pieces", commit->count, err);
}

static const char created_folder[] = "/pdp/data-sets/created/";

int sl_sp_create_and_add(struct sl_sp *sp, const struct sl_address *fwss,
                         const struct sl_sp_commit *commit, char tx[static SL_TX_HASH_CHARS],
                         struct sl_err *err)
{
    struct sl_jw w = {0};
    tx[0] = '\0';
    sp->fewer = 0;
    int rc = check_commit(commit, err);
    if (rc < 0)
        return rc;
    sl_jw_object(&w, NULL);
    append_fwss(&w, fwss);
    append_pieces(&w, commit);
    sl_jw_hex(&w, "extraData", commit->extra_data, commit->extra_data_len);
    sl_jw_end_object(&w);
    rc = sl_sp_send_json(sp, "POST", "pdp/data-sets/create-and-add", &w, err);
    return rc < 0 ? rc : judge(sp, created_folder, tx, "new data set", commit->count, err);
}

int sl_sp_create(struct sl_sp *sp, const struct sl_address *fwss, const uint8_t *extra_data,
                 size_t extra_data_len, char tx[static SL_TX_HASH_CHARS], struct sl_err *err)
{
    struct sl_jw w = {0};
    tx[0] = '\0';
    sl_jw_object(&w, NULL);
    append_fwss(&w, fwss);
    sl_jw_hex(&w, "extraData", extra_data, extra_data_len);
    sl_jw_end_object(&w);
    const int rc = sl_sp_send_json(sp, "POST", "pdp/data-sets", &w, err);
    return rc < 0 ? rc : judge(sp, created_folder, tx, "new data set", 0, err);
}

bool sl_sp_is_unclear(const struct sl_err *err)
{
    switch (err->code) {
    case SL_OK:
    case SL_EREVERT:
    case SL_EMONEY:
    case SL_EKEY:
    case SL_EREFUSED:
    case SL_EALIKE:
    case SL_ENOTFOUND:
    case SL_EINVAL:
    case SL_ENOMEM:
    case SL_EFORMAT:
    case SL_ECONFIG:
        return false;
    case SL_EBUSY: /* the provider's own word; 408 and 503 may come from a proxy in front of it */
        return err->detail != 429;
    default:
        return true;
    }
}
