/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Reads a commit request and checks it in the order in which the real provider does. */
#include "commit/commit_body.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"

#include "commit/commit.h"
#include "commit/reply_chain.h"
#include "pieces/aggregate.h"
#include "provider/profile.h"

void sl_devnet_commit_body_free(struct sl_devnet_commit_body *body)
{
    sl_json_free(body->root);
    sl_buf_free(&body->extra);
    free(body->pieces);
    body->root = NULL;
    body->pieces = NULL;
}

int sl_devnet_commit_parse(struct sl_devnet_request *request, struct sl_devnet_commit_body *body,
                           const char *what)
{
    struct sl_err err = {0};
    const char *text = request->json.len > 0 ? request->json.data : "";
    if (sl_json_parse(&body->root, text, request->json.len, &err) == SL_OK &&
        sl_json_is_object(body->root))
        return 0;
    sl_devnet_reply_error(&request->reply, 400, "%s: %s", what,
                          err.text[0] != '\0' ? err.text : "no object");
    return -1;
}

int sl_devnet_commit_keeper(struct sl_devnet_request *request,
                            const struct sl_devnet_commit_body *body)
{
    const char *text = sl_json_str(sl_json_get(body->root, "recordKeeper"));
    struct sl_address keeper;
    const struct sl_address *fwss = &sl_ledger_contracts(request->provider->net->ledger)->fwss;
    if (text == NULL || text[0] == '\0')
        sl_devnet_reply_error(&request->reply, 400, "recordKeeper address is required");
    else if (sl_address_parse(&keeper, text, strlen(text), NULL) < 0)
        sl_devnet_reply_error(&request->reply, 400, "Invalid recordKeeper address");
    else if (memcmp(&keeper, fwss, sizeof keeper) != 0)
        sl_devnet_reply_error(&request->reply, 403,
                              "recordKeeper address not allowed for public service");
    else
        return 0;
    return -1;
}

int sl_devnet_commit_extra(struct sl_devnet_request *request, struct sl_devnet_commit_body *body)
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
    sl_devnet_reply_error(&request->reply, 400, "Invalid extraData format (must be hex encoded)");
    return -1;
}

#define INVALID "Failed to process request: failed to validate subPieces: "

/* Roots that the request has named so far. */
struct seen {
    struct sl_buf roots; /* one behind the other */
};

/* -1 with the reply set: it was there before, or there is no end of them. */
static int see(struct sl_devnet_request *request, struct seen *seen,
               const uint8_t root[static SL_PIECE_ROOT_BYTES])
{
    for (size_t at = 0; at < seen->roots.len; at += SL_PIECE_ROOT_BYTES) {
        if (memcmp(seen->roots.data + at, root, SL_PIECE_ROOT_BYTES) == 0) {
            sl_devnet_reply_error(&request->reply, 400,
                                  "Failed to process request: duplicate subPieceCid in request");
            return -1;
        }
    }
    sl_buf_add(&seen->roots, root, SL_PIECE_ROOT_BYTES);
    if (seen->roots.failed == SL_OK)
        return 0;
    sl_devnet_reply_error(&request->reply, 500, "Internal server error");
    return -1;
}

/* An uploaded piece that a sub-piece names. */
static int find_sub(struct sl_devnet_request *request, struct seen *seen,
                    const struct sl_json *json, struct sl_piece_id *sub)
{
    const char *text = sl_json_str(sl_json_get(json, "subPieceCid"));
    struct sl_devnet_piece stored = {0};
    struct sl_err err = {0};
    if (text == NULL || text[0] == '\0') {
        sl_devnet_reply_error(&request->reply, 400,
                              INVALID "subPieceCid is required for each subPiece");
        return -1;
    }
    /* either version: only the root counts here */
    if (sl_piece_parse_either(sub, text, strlen(text), &err) < 0) {
        sl_devnet_reply_error(&request->reply, 400, "Invalid subPieceCid: %s", err.text);
        return -1;
    }
    if (see(request, seen, sub->root) < 0)
        return -1;
    const int rc = sl_devnet_piece_store_find(request->provider->store, &stored, sub->root, &err);
    if (rc < 0) {
        sl_devnet_reply_failure(request, &err, "Internal server error");
    } else if (rc == 0 || !stored.findable) {
        sl_devnet_reply_error(
            &request->reply, 400,
            INVALID "subPiece CID %s not found or does not belong to service public", text);
    } else {
        sub->payload_bytes = stored.payload_bytes;
        sub->height = sl_piece_height(stored.payload_bytes);
        return 0;
    }
    return -1;
}

static int check_order(struct sl_devnet_request *request, const struct sl_piece_id *subs,
                       size_t count)
{
    for (size_t i = 1; i < count; i++) {
        char larger[SL_PIECE_V1_CHARS], before[SL_PIECE_V1_CHARS];
        if (subs[i].height <= subs[i - 1].height)
            continue;
        sl_piece_cid_v1(larger, subs[i].root);
        sl_piece_cid_v1(before, subs[i - 1].root);
        sl_devnet_reply_error(&request->reply, 400,
                              "Failed to process request: subPieces must be in descending order of "
                              "size, piece %zu %s is larger than prev subPiece %s",
                              i, larger, before);
        return -1;
    }
    return 0;
}

/* Whether the sub-pieces make up the piece: their trees side by side. */
static int match(struct sl_devnet_request *request, const char *cid, const struct sl_piece_id *subs,
                 size_t count, struct sl_piece_id *id)
{
    struct sl_piece_id whole;
    struct sl_err err = {0};
    if (check_order(request, subs, count) < 0)
        return -1;
    if (sl_devnet_aggregate(&whole, subs, count, &err) < 0) {
        sl_devnet_reply_error(&request->reply, 400, INVALID "failed to generate PieceCid: %s",
                              err.text);
    } else if (sl_piece_parse(id, cid, strlen(cid), &err) < 0) {
        sl_devnet_reply_error(&request->reply, 400, INVALID "invalid provided PieceCid: %s",
                              err.text);
    } else if (memcmp(id->root, whole.root, sizeof id->root) != 0) {
        char a[SL_PIECE_V1_CHARS], b[SL_PIECE_V1_CHARS];
        sl_piece_cid_v1(a, id->root);
        sl_piece_cid_v1(b, whole.root);
        sl_devnet_reply_error(
            &request->reply, 400,
            INVALID "provided PieceCid does not match generated PieceCid: %s != %s", a, b);
    } else if (id->payload_bytes != whole.payload_bytes) {
        sl_devnet_reply_error(&request->reply, 400,
                              "Failed to process request: raw size mismatch: expected %" PRIu64
                              ", got %" PRIu64,
                              whole.payload_bytes, id->payload_bytes);
    } else {
        return 0;
    }
    return -1;
}

/* `subs` has space for the sub-pieces of any one piece. */
static int check_piece(struct sl_devnet_request *request, struct sl_devnet_commit_body *body,
                       struct seen *seen, struct sl_piece_id *subs, const struct sl_json *piece)
{
    const struct sl_json *list = sl_json_get(piece, "subPieces");
    const char *cid = sl_json_str(sl_json_get(piece, "pieceCid"));
    size_t count = 0;
    if (cid == NULL || cid[0] == '\0') {
        sl_devnet_reply_error(&request->reply, 400, INVALID "PieceCID is required for each piece");
        return -1;
    }
    if (sl_json_count(list) == 0) {
        sl_devnet_reply_error(&request->reply, 400,
                              INVALID "at least one subPiece is required per piece");
        return -1;
    }
    for (const struct sl_json *at = sl_json_first(list); at != NULL; at = sl_json_next(at)) {
        if (find_sub(request, seen, at, &subs[count]) < 0)
            return -1;
        count++;
    }
    body->untracked = body->untracked || count > 1;
    return match(request, cid, subs, count, &body->pieces[body->count]);
}

/* Of the piece that has most of them. */
static size_t most_subs(const struct sl_json *list)
{
    size_t most = 1;
    for (const struct sl_json *at = sl_json_first(list); at != NULL; at = sl_json_next(at)) {
        const size_t count = sl_json_count(sl_json_get(at, "subPieces"));
        most = count > most ? count : most;
    }
    return most;
}

static int check_pieces(struct sl_devnet_request *request, struct sl_devnet_commit_body *body,
                        const struct sl_json *list)
{
    struct seen seen = {.roots.cap = (size_t)SL_DEVNET_SUB_PIECES * SL_PIECE_ROOT_BYTES};
    struct sl_piece_id *subs = calloc(most_subs(list), sizeof *subs);
    int rc = 0;
    body->pieces = calloc(sl_json_count(list), sizeof *body->pieces);
    if (subs == NULL || body->pieces == NULL) {
        sl_devnet_reply_error(&request->reply, 500, "Internal server error");
        rc = -1;
    }
    for (const struct sl_json *at = sl_json_first(list); at != NULL && rc == 0;
         at = sl_json_next(at)) {
        rc = check_piece(request, body, &seen, subs, at);
        body->count += rc == 0;
    }
    sl_buf_free(&seen.roots);
    free(subs);
    return rc;
}

int sl_devnet_commit_pieces(struct sl_devnet_request *request, struct sl_devnet_commit_body *body,
                            const char *call)
{
    const struct sl_json *list = sl_json_get(body->root, "pieces");
    const size_t count = sl_json_count(list);
    if (count == 0) {
        sl_devnet_reply_error(&request->reply, 400, "At least one piece must be provided");
        return -1;
    }
    if (sl_devnet_is_old(request) && count > SL_DEVNET_COMMIT_PIECES) {
        sl_devnet_reply_error(&request->reply, 400,
                              "piece count (%zu) exceeds the maximum allowed per %s call (%d)",
                              count, call, SL_DEVNET_COMMIT_PIECES);
        return -1;
    }
    return check_pieces(request, body, list);
}

/* A message to the chain holds 64 KiB, less what its envelope may take. The calldata is a CBOR byte
 * string in it, whose head has 3 bytes, and 5 above 65,535. */
enum { MESSAGE_BYTES = 64 * 1024, ENVELOPE_BYTES = 128 };

int sl_devnet_commit_fits(struct sl_devnet_request *request, const struct sl_abi_writer *w,
                          size_t count)
{
    const size_t packed = w->buf.len + (w->buf.len > UINT16_MAX ? 5 : 3);
    if (sl_devnet_is_old(request) || packed <= MESSAGE_BYTES - ENVELOPE_BYTES)
        return 0;
    sl_devnet_reply_error(
        &request->reply, 400,
        "addPieces packed size %zu bytes exceeds the Filecoin %d-byte message limit"
        " (%zu pieces)",
        packed, MESSAGE_BYTES, count);
    return -1;
}

int sl_devnet_commit_id(struct sl_devnet_request *request, uint64_t *out, const char *text,
                        const char *what)
{
    struct sl_u256 number;
    if (sl_u256_parse_dec(&number, text, strlen(text), NULL) == SL_OK &&
        sl_u256_to_u64(out, number) && *out <= INT64_MAX)
        return 0;
    sl_devnet_reply_plain(&request->reply, 400, "%s", what);
    return -1;
}
