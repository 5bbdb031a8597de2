/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What a commit request says, checked in the order in which the provider checks it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"

#include "commit.h"

void sl_ln_commit_body_free(struct sl_ln_commit_body *body)
{
    sl_json_free(body->root);
    sl_buf_free(&body->extra);
    body->root = NULL;
}

int sl_ln_commit_parse(struct sl_ln_request *request, struct sl_ln_commit_body *body,
                       const char *what)
{
    struct sl_err err = {0};
    const char *text = request->json.len > 0 ? request->json.data : "";
    if (sl_json_parse(&body->root, text, request->json.len, &err) == SL_OK &&
        sl_json_is_object(body->root))
        return 0;
    sl_ln_reply_error(&request->reply, 400, "%s: %s", what,
                      err.text[0] != '\0' ? err.text : "no object");
    return -1;
}

int sl_ln_commit_keeper(struct sl_ln_request *request, const struct sl_ln_commit_body *body)
{
    const char *text = sl_json_str(sl_json_get(body->root, "recordKeeper"));
    struct sl_address keeper;
    const struct sl_address *fwss = &sl_ledger_contracts(request->provider->net->ledger)->fwss;
    if (text == NULL || text[0] == '\0')
        sl_ln_reply_error(&request->reply, 400, "recordKeeper address is required");
    else if (sl_address_parse(&keeper, text, strlen(text), NULL) < 0)
        sl_ln_reply_error(&request->reply, 400, "Invalid recordKeeper address");
    else if (memcmp(&keeper, fwss, sizeof keeper) != 0)
        sl_ln_reply_error(&request->reply, 403,
                          "recordKeeper address not allowed for public service");
    else
        return 0;
    return -1;
}

int sl_ln_commit_extra(struct sl_ln_request *request, struct sl_ln_commit_body *body)
{
    const char *text = sl_json_str(sl_json_get(body->root, "extraData"));
    const size_t len = text != NULL ? strlen(text) : 0;
    uint8_t *bytes = malloc(len / 2 + 1);
    const int n =
        bytes != NULL ? sl_hex_decode(bytes, len / 2 + 1, text != NULL ? text : "", len, NULL) : -1;
    if (n > 0)
        sl_buf_add(&body->extra, bytes, (size_t)n);
    free(bytes);
    if (n >= 0 && body->extra.failed == SL_OK)
        return 0;
    sl_ln_reply_error(&request->reply, 400, "Invalid extraData format (must be hex encoded)");
    return -1;
}

/* A sub-piece may be named by either form; only the root counts here. */
static int parse_either(struct sl_piece_id *id, const char *text, struct sl_err *err)
{
    const size_t len = strlen(text);
    if (sl_piece_parse(id, text, len, err) == SL_OK)
        return SL_OK;
    return sl_piece_parse_v1(id->root, text, len, NULL);
}

static bool seen_before(const struct sl_ln_commit_body *body, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (memcmp(body->pieces[i].root, body->pieces[index].root, SL_PIECE_ROOT_BYTES) == 0)
            return true;
    }
    return false;
}

#define INVALID "Failed to process request: failed to validate subPieces: "

/* The one sub-piece of a piece: its text, or NULL with the reply set. */
static const char *sub_piece(struct sl_ln_request *request, const struct sl_json *piece)
{
    const struct sl_json *list = sl_json_get(piece, "subPieces");
    const char *text = sl_json_str(sl_json_get(sl_json_first(list), "subPieceCid"));
    const char *cid = sl_json_str(sl_json_get(piece, "pieceCid"));
    if (cid == NULL || cid[0] == '\0')
        sl_ln_reply_error(&request->reply, 400, INVALID "PieceCID is required for each piece");
    else if (sl_json_count(list) == 0)
        sl_ln_reply_error(&request->reply, 400,
                          INVALID "at least one subPiece is required per piece");
    else if (text == NULL || text[0] == '\0')
        sl_ln_reply_error(&request->reply, 400,
                          INVALID "subPieceCid is required for each subPiece");
    else if (sl_json_count(list) > 1) /* the real one fails after the transaction left */
        sl_ln_reply_error(&request->reply, 500, "Internal server error");
    else
        return text;
    return NULL;
}

/* The uploaded piece that the sub-piece names, and whether it makes up the piece. */
static int match(struct sl_ln_request *request, const struct sl_json *piece,
                 const struct sl_piece_id *sub, const char *text, struct sl_piece_id *id)
{
    const char *cid = sl_json_str(sl_json_get(piece, "pieceCid"));
    struct sl_ln_piece stored = {0};
    struct sl_err err = {0};
    const int rc = sl_ln_shelf_find(request->provider->shelf, &stored, sub->root, &err);
    if (rc < 0) {
        sl_ln_reply_failure(request, &err, "Internal server error");
        return -1;
    }
    if (rc == 0 || !stored.findable) {
        sl_ln_reply_error(&request->reply, 400,
                          INVALID "subPiece CID %s not found or does not belong to service public",
                          text);
    } else if (sl_piece_parse(id, cid, strlen(cid), &err) < 0) {
        sl_ln_reply_error(&request->reply, 400, INVALID "invalid provided PieceCid: %s", err.text);
    } else if (memcmp(id->root, sub->root, sizeof id->root) != 0) {
        char a[SL_PIECE_V1_CHARS], b[SL_PIECE_V1_CHARS];
        sl_piece_cid_v1(a, id->root);
        sl_piece_cid_v1(b, sub->root);
        sl_ln_reply_error(&request->reply, 400,
                          INVALID "provided PieceCid does not match generated PieceCid: %s != %s",
                          a, b);
    } else if (id->payload_bytes != stored.payload_bytes) {
        sl_ln_reply_error(&request->reply, 400,
                          "Failed to process request: raw size mismatch: expected %" PRIu64
                          ", got %" PRIu64,
                          stored.payload_bytes, id->payload_bytes);
    } else {
        return 0;
    }
    return -1;
}

static int check_piece(struct sl_ln_request *request, struct sl_ln_commit_body *body,
                       const struct sl_json *piece, size_t index)
{
    struct sl_piece_id sub;
    struct sl_err err = {0};
    const char *text = sub_piece(request, piece);
    if (text == NULL)
        return -1;
    if (parse_either(&sub, text, &err) < 0) {
        sl_ln_reply_error(&request->reply, 400, "Invalid subPieceCid: %s", err.text);
        return -1;
    }
    body->pieces[index] = sub;
    if (seen_before(body, index)) {
        sl_ln_reply_error(&request->reply, 400,
                          "Failed to process request: duplicate subPieceCid in request");
        return -1;
    }
    return match(request, piece, &sub, text, &body->pieces[index]);
}

int sl_ln_commit_pieces(struct sl_ln_request *request, struct sl_ln_commit_body *body,
                        const char *call)
{
    const struct sl_json *list = sl_json_get(body->root, "pieces");
    const size_t count = sl_json_count(list);
    if (count == 0) {
        sl_ln_reply_error(&request->reply, 400, "At least one piece must be provided");
        return -1;
    }
    if (count > SL_LN_COMMIT_PIECES) {
        sl_ln_reply_error(&request->reply, 400,
                          "piece count (%zu) exceeds the maximum allowed per %s call (%d)", count,
                          call, SL_LN_COMMIT_PIECES);
        return -1;
    }
    for (const struct sl_json *at = sl_json_first(list); at != NULL; at = sl_json_next(at)) {
        if (check_piece(request, body, at, body->count) < 0)
            return -1;
        body->count++;
    }
    return 0;
}

int sl_ln_commit_id(struct sl_ln_request *request, uint64_t *out, const char *text,
                    const char *what)
{
    struct sl_u256 number;
    if (sl_u256_parse_dec(&number, text, strlen(text), NULL) == SL_OK &&
        sl_u256_to_u64(out, number) && *out <= INT64_MAX)
        return 0;
    sl_ln_reply_plain(&request->reply, 400, "%s", what);
    return -1;
}
