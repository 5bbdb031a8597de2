/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Removal of pieces, and the end of a data set. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "provider/answer.h"
#include "provider/call.h"

static int check_ids(const uint64_t *ids, size_t count, struct sl_err *err)
{
    if (count < 1 || count > SL_DELETE_PIECES)
        return sl_err_set(err, SL_EINVAL, "a removal has 1 to %d pieces", SL_DELETE_PIECES);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (ids[i] == ids[j])
                return sl_err_set(err, SL_EINVAL, "a removal has no piece twice");
        }
    }
    return SL_OK;
}

static int decode_tx(const struct sl_sp *sp, char tx[static SL_TX_HASH_CHARS], struct sl_err *err)
{
    struct sl_json *root;
    int rc = sl_sp_object(&root, sp, "remove pieces", err);
    if (rc == SL_OK && !sl_sp_tx(tx, sl_json_str(sl_json_get(root, "txHash"))))
        rc = sl_err_set(err, SL_EPROTO, "remove pieces: the provider named no transaction");
    sl_json_free(root);
    return rc;
}

int sl_sp_remove(struct sl_sp *sp, uint64_t data_set_id, const uint64_t *piece_ids, size_t count,
                 const uint8_t *extra_data, size_t extra_data_len, char tx[static SL_TX_HASH_CHARS],
                 struct sl_err *err)
{
    char path[SL_SP_PATH_BYTES];
    struct sl_jw w = {0};
    tx[0] = '\0';
    int rc = check_ids(piece_ids, count, err);
    if (rc < 0)
        return rc;
    snprintf(path, sizeof path, "pdp/data-sets/%" PRIu64 "/pieces/%" PRIu64, data_set_id,
             piece_ids[0]);
    sl_jw_object(&w, NULL);
    sl_jw_hex(&w, "extraData", extra_data, extra_data_len);
    sl_jw_array(&w, "pieceIds");
    for (size_t i = 0; i < count; i++)
        sl_jw_u64(&w, NULL, piece_ids[i]);
    sl_jw_end_array(&w);
    sl_jw_end_object(&w);
    rc = sl_sp_send_json(sp, "DELETE", path, &w, err);
    if (rc < 0)
        return rc;
    return sp->response.status == 200 ? decode_tx(sp, tx, err)
                                      : sl_sp_chain_refusal(&sp->response, "remove pieces", err);
}

/* ---- termination ---- */

static int malformed(struct sl_err *err)
{
    return sl_err_set(err, SL_EPROTO,
                      "terminate: the provider's answer does not have the form it should");
}

/* An epoch that may be null or absent. */
static bool decode_epoch(uint64_t *out, const struct sl_json *root)
{
    const struct sl_json *value = sl_json_get(root, "serviceTerminationEpoch");
    *out = 0;
    return value == NULL || sl_json_is_null(value) || sl_json_u64(value, out);
}

/* 409: code 0 is "done already", code 1 "queued already". */
static int decode_conflict(struct sl_sp_termination *out, const struct sl_json *root,
                           struct sl_err *err)
{
    uint64_t code;
    if (!sl_json_u64(sl_json_get(root, "code"), &code) || code > 1 ||
        !decode_epoch(&out->end_epoch, root))
        return malformed(err);
    out->state = code == 0 ? SL_TERMINATION_DONE : SL_TERMINATION_QUEUED;
    return SL_OK;
}

static bool says(const struct sl_http_response *response, const char *text)
{
    return response->body.data != NULL && strstr(response->body.data, text) != NULL;
}

int sl_sp_terminate(struct sl_sp *sp, uint64_t data_set_id, const uint8_t *extra_data,
                    size_t extra_data_len, struct sl_sp_termination *out, struct sl_err *err)
{
    char path[SL_SP_PATH_BYTES];
    struct sl_jw w = {0};
    struct sl_json *root;
    *out = (struct sl_sp_termination){.state = SL_TERMINATION_QUEUED};
    snprintf(path, sizeof path, "pdp/data-sets/%" PRIu64 "/terminate", data_set_id);
    sl_jw_object(&w, NULL);
    sl_jw_hex(&w, "extraData", extra_data, extra_data_len);
    sl_jw_end_object(&w);
    int rc = sl_sp_send_json(sp, "POST", path, &w, err);
    if (rc < 0 || sp->response.status == 202)
        return rc;
    if (sp->response.status == 503 && says(&sp->response, "does not support"))
        return sl_err_set(err, SL_EREFUSED,
                          "terminate: the storage service cannot do it through the provider");
    if (sp->response.status != 409)
        return sl_sp_chain_refusal(&sp->response, "terminate", err);
    rc = sl_sp_object(&root, sp, "terminate", err);
    if (rc == SL_OK)
        rc = decode_conflict(out, root, err);
    sl_json_free(root);
    return rc;
}

static int decode_termination(struct sl_sp_termination *out, const struct sl_json *root,
                              struct sl_err *err)
{
    const char *tx = sl_json_str(sl_json_get(root, "terminationTxHash"));
    const enum sl_sp_tri done = sl_sp_tri(root, "fwssTerminated");
    if (tx == NULL || (tx[0] != '\0' && !sl_sp_tx(out->tx, tx)) || done == SL_SP_WRONG ||
        !sl_sp_optional_tx(out->tx, root, "confirmedTxHash") ||
        !decode_epoch(&out->end_epoch, root))
        return malformed(err);
    if (done == SL_SP_TRUE)
        out->state = SL_TERMINATION_DONE;
    else
        out->state = tx[0] != '\0' ? SL_TERMINATION_SENT : SL_TERMINATION_QUEUED;
    return SL_OK;
}

int sl_sp_termination(struct sl_sp *sp, uint64_t data_set_id, struct sl_sp_termination *out,
                      struct sl_err *err)
{
    char path[SL_SP_PATH_BYTES];
    struct sl_json *root;
    *out = (struct sl_sp_termination){.state = SL_TERMINATION_NONE};
    snprintf(path, sizeof path, "pdp/data-sets/%" PRIu64 "/terminate", data_set_id);
    int rc = sl_sp_get(sp, path, err);
    if (rc < 0 || sp->response.status == 404)
        return rc;
    if (sp->response.status != 200)
        return sl_http_status_err(&sp->response, "terminate", err);
    rc = sl_sp_object(&root, sp, "terminate", err);
    if (rc == SL_OK)
        rc = decode_termination(out, root, err);
    sl_json_free(root);
    return rc;
}
