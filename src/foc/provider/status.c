/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What became of a commit, and what a provider has of a data set. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "provider/call.h"

enum { LIST_CAP_BYTES = 16 << 20, STATUS_MS = 20000 };

static int malformed(const char *what, struct sl_err *err)
{
    return sl_err_set(err, SL_EPROTO, "%s: the provider's answer does not have the form it should",
                      what);
}

/* The members that both kinds of status have; `ok` is the key of the verdict. */
static bool decode_common(const struct sl_json *root, const char *asked, const char *hash_key,
                          const char *ok_key, enum sl_sp_phase *phase, bool *included,
                          char tx[static SL_TX_HASH_CHARS])
{
    char named[SL_TX_HASH_CHARS];
    const char *status = sl_json_str(sl_json_get(root, "txStatus"));
    const enum sl_sp_tri ok = sl_sp_tri(root, ok_key);
    if (status == NULL || ok == SL_SP_WRONG ||
        !sl_sp_tx(named, sl_json_str(sl_json_get(root, hash_key))) || strcmp(named, asked) != 0)
        return false;
    memcpy(tx, asked, SL_TX_HASH_CHARS);
    *included = strcmp(status, "confirmed") == 0;
    /* "confirmed" is said of a reverted transaction too: only the verdict counts. */
    *phase = ok == SL_SP_FALSE ? SL_SP_FAILED : SL_SP_PENDING;
    return sl_sp_optional_tx(tx, root, "confirmedTxHash");
}

static int decode_created(struct sl_sp_created *out, const struct sl_json *root, const char *asked,
                          struct sl_err *err)
{
    static const char what[] = "new data set";
    const enum sl_sp_tri created = sl_sp_tri(root, "dataSetCreated");
    if (!decode_common(root, asked, "createMessageHash", "ok", &out->phase, &out->included,
                       out->tx) ||
        (created != SL_SP_TRUE && created != SL_SP_FALSE))
        return malformed(what, err);
    if (created == SL_SP_FALSE)
        return SL_OK;
    out->phase = SL_SP_DONE;
    if (!sl_json_u64(sl_json_get(root, "dataSetId"), &out->data_set_id) || out->data_set_id == 0)
        return malformed(what, err);
    return SL_OK;
}

int sl_sp_created(struct sl_sp *sp, const char *tx, struct sl_sp_created *out, struct sl_err *err)
{
    char path[SL_SP_PATH_BYTES];
    char asked[SL_TX_HASH_CHARS];
    struct sl_json *root;
    *out = (struct sl_sp_created){.phase = SL_SP_UNKNOWN};
    if (!sl_sp_tx(asked, tx))
        return sl_err_set(err, SL_EINVAL, "not a transaction's hash");
    snprintf(path, sizeof path, "pdp/data-sets/created/%s", asked);
    int rc = sl_sp_get(sp, path, err);
    if (rc < 0 || sp->response.status == 404)
        return rc;
    if (sp->response.status != 200)
        return sl_http_status_err(&sp->response, "new data set", err);
    rc = sl_sp_object(&root, sp, "new data set", err);
    if (rc == SL_OK)
        rc = decode_created(out, root, asked, err);
    sl_json_free(root);
    return rc;
}

/* The ids: as many as pieces were asked for, ascending. */
static bool decode_ids(struct sl_sp_added *out, const struct sl_json *root, size_t count)
{
    const struct sl_json *list = sl_json_get(root, "confirmedPieceIds");
    if (!sl_json_is_array(list) || sl_json_count(list) != count || count > SL_SP_PIECES)
        return false;
    out->count = 0;
    for (const struct sl_json *id = sl_json_first(list); id != NULL; id = sl_json_next(id)) {
        uint64_t *place = &out->piece_ids[out->count];
        if (!sl_json_u64(id, place) || (out->count > 0 && *place <= place[-1]))
            return false;
        out->count++;
    }
    return true;
}

static int decode_added(struct sl_sp_added *out, const struct sl_json *root, const char *asked,
                        uint64_t data_set_id, size_t count, struct sl_err *err)
{
    static const char what[] = "add pieces";
    const enum sl_sp_tri added = sl_sp_tri(root, "piecesAdded");
    uint64_t id;
    if (!decode_common(root, asked, "txHash", "addMessageOk", &out->phase, &out->included,
                       out->tx) ||
        (added != SL_SP_TRUE && added != SL_SP_FALSE) ||
        !sl_json_u64(sl_json_get(root, "dataSetId"), &id) || id != data_set_id)
        return malformed(what, err);
    if (added == SL_SP_FALSE)
        return SL_OK;
    out->phase = SL_SP_DONE;
    return decode_ids(out, root, count) ? SL_OK : malformed(what, err);
}

int sl_sp_added(struct sl_sp *sp, uint64_t data_set_id, const char *tx, size_t count,
                struct sl_sp_added *out, struct sl_err *err)
{
    char path[SL_SP_PATH_BYTES];
    char asked[SL_TX_HASH_CHARS];
    struct sl_json *root;
    *out = (struct sl_sp_added){.phase = SL_SP_UNKNOWN};
    if (!sl_sp_tx(asked, tx))
        return sl_err_set(err, SL_EINVAL, "not a transaction's hash");
    snprintf(path, sizeof path, "pdp/data-sets/%" PRIu64 "/pieces/added/%s", data_set_id, asked);
    int rc = sl_sp_get(sp, path, err);
    if (rc < 0 || sp->response.status == 404)
        return rc;
    if (sp->response.status != 200)
        return sl_http_status_err(&sp->response, "add pieces", err);
    rc = sl_sp_object(&root, sp, "add pieces", err);
    if (rc == SL_OK)
        rc = decode_added(out, root, asked, data_set_id, count, err);
    sl_json_free(root);
    return rc;
}

/* ---- what a provider has ---- */

/* A PieceCID v1 names only the root. */
static bool is_named(const struct sl_piece_id *piece, const struct sl_piece_id *named)
{
    return named->height == 0 ? memcmp(named->root, piece->root, sizeof piece->root) == 0
                              : sl_piece_id_equal(named, piece);
}

int sl_sp_kept_bytes(struct sl_sp *sp, const struct sl_piece_id *piece, uint64_t *bytes,
                     struct sl_err *err)
{
    char path[SL_PIECE_CID_CHARS + 32];
    char cid[SL_PIECE_CID_CHARS];
    struct sl_piece_id kept;
    struct sl_json *root;
    sl_piece_cid(cid, piece);
    snprintf(path, sizeof path, "pdp/piece/%s/status", cid);
    int rc = sl_sp_call(sp, (struct sl_http_request){.method = "GET", .timeout_ms = STATUS_MS},
                        path, err);
    if (rc < 0 || sp->response.status == 404)
        return rc;
    if (sp->response.status != 200)
        return sl_http_status_err(&sp->response, "status of a piece", err);
    rc = sl_sp_object(&root, sp, "status of a piece", err);
    if (rc < 0)
        return rc;
    const char *text = sl_json_str(sl_json_get(root, "pieceCid"));
    const bool told = text != NULL &&
                      sl_piece_parse_either(&kept, text, strlen(text), NULL) == SL_OK &&
                      memcmp(kept.root, piece->root, sizeof kept.root) == 0 && kept.height != 0;
    sl_json_free(root);
    if (told)
        *bytes = kept.payload_bytes;
    return told;
}

int sl_sp_has_piece(struct sl_sp *sp, uint64_t data_set_id, uint64_t piece_id,
                    const struct sl_piece_id *piece, struct sl_err *err)
{
    char path[SL_SP_PATH_BYTES];
    struct sl_piece_id named;
    struct sl_json *root;
    snprintf(path, sizeof path, "pdp/data-sets/%" PRIu64 "/pieces/%" PRIu64, data_set_id, piece_id);
    int rc = sl_sp_get(sp, path, err);
    if (rc < 0 || sp->response.status == 404)
        return rc;
    if (sp->response.status != 200)
        return sl_http_status_err(&sp->response, "piece", err);
    rc = sl_sp_object(&root, sp, "piece", err);
    if (rc < 0)
        return rc;
    const char *cid = sl_json_str(sl_json_get(root, "pieceCid"));
    if (cid == NULL || sl_piece_parse_either(&named, cid, strlen(cid), NULL) < 0)
        rc = malformed("piece", err);
    else if (!is_named(piece, &named))
        rc = sl_err_set(err, SL_EMISMATCH, "the provider has another piece under this id");
    sl_json_free(root);
    return rc < 0 ? rc : 1;
}

static int walk(const struct sl_json *list, sl_sp_piece_fn each, void *ctx, struct sl_err *err)
{
    int count = 0;
    for (const struct sl_json *one = sl_json_first(list); one != NULL; one = sl_json_next(one)) {
        struct sl_piece_id piece;
        uint64_t id;
        const char *cid = sl_json_str(sl_json_get(one, "pieceCid"));
        if (cid == NULL || !sl_json_u64(sl_json_get(one, "pieceId"), &id) ||
            sl_piece_parse_either(&piece, cid, strlen(cid), NULL) < 0)
            return malformed("data set", err);
        const int rc = each(ctx, id, &piece, err);
        if (rc < 0)
            return rc;
        count++;
    }
    return count;
}

int sl_sp_each_piece(struct sl_sp *sp, uint64_t data_set_id, sl_sp_piece_fn each, void *ctx,
                     struct sl_err *err)
{
    char path[SL_SP_PATH_BYTES];
    struct sl_json *root;
    uint64_t id;
    snprintf(path, sizeof path, "pdp/data-sets/%" PRIu64, data_set_id);
    int rc = sl_sp_call(
        sp, (struct sl_http_request){.method = "GET", .response_cap = LIST_CAP_BYTES}, path, err);
    if (rc < 0)
        return rc;
    if (sp->response.status != 200)
        return sl_http_status_err(&sp->response, "data set", err);
    rc = sl_sp_object(&root, sp, "data set", err);
    if (rc < 0)
        return rc;
    const struct sl_json *list = sl_json_get(root, "pieces");
    if (!sl_json_u64(sl_json_get(root, "id"), &id) || id != data_set_id || !sl_json_is_array(list))
        rc = malformed("data set", err);
    else
        rc = walk(list, each, ctx, err);
    sl_json_free(root);
    return rc;
}
