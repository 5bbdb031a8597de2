/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* DELETE /pdp/data-sets/{id}/pieces/{id}: removals scheduled on chain. */
#include "commit/delete.h"

#include <inttypes.h>

#include "block_timer.h"
#include "chain/ledger_call.h"
#include "commit/commit.h"
#include "commit/commit_body.h"
#include "commit/commit_send.h"
#include "commit/data_set_table.h"
#include "commit/reply_chain.h"
#include "pieces/sql.h"

enum { EXTRA_BYTES = 1024 };

struct removal {
    uint64_t data_set;
    uint64_t ids[SL_DEVNET_REMOVALS];
    size_t count;
    struct sl_devnet_commit_body body;
};

/* Without an own text for bad hex, as the provider's other endpoints have one with an error id. */
static int read_extra(struct sl_devnet_request *request, struct sl_devnet_commit_body *body)
{
    if (sl_devnet_commit_extra(request, body) < 0)
        sl_devnet_reply_plain(&request->reply, 400,
                              "Invalid extraData format (must be hex encoded)");
    else if (body->extra.len > EXTRA_BYTES)
        sl_devnet_reply_plain(&request->reply, 400,
                              "extraData size (%zu bytes) exceeds the maximum allowed limit for"
                              " DeletePiece (%d bytes)",
                              body->extra.len, EXTRA_BYTES);
    else
        return 0;
    return -1;
}

static void add_id(struct removal *removal, uint64_t id)
{
    for (size_t i = 0; i < removal->count; i++) {
        if (removal->ids[i] == id)
            return;
    }
    removal->ids[removal->count++] = id;
}

/* The list of the body replaces the id of the path. */
static int read_ids(struct sl_devnet_request *request, struct removal *removal)
{
    const struct sl_json *list = sl_json_get(removal->body.root, "pieceIds");
    uint64_t id;
    if (sl_json_count(list) == 0) {
        if (sl_devnet_commit_id(request, &id, request->param, "Invalid piece ID format") < 0)
            return -1;
        add_id(removal, id);
        return 0;
    }
    if (sl_json_count(list) > SL_DEVNET_REMOVALS) {
        sl_devnet_reply_plain(
            &request->reply, 400,
            "piece count (%zu) exceeds the maximum allowed per DeletePiece call (%d)",
            sl_json_count(list), SL_DEVNET_REMOVALS);
        return -1;
    }
    for (const struct sl_json *at = sl_json_first(list); at != NULL; at = sl_json_next(at)) {
        if (!sl_json_u64(at, &id)) {
            sl_devnet_reply_plain(&request->reply, 400, "Invalid request body: no piece ID");
            return -1;
        }
        add_id(removal, id);
    }
    return 0;
}

/* Returns how many of the ids the provider has recorded; marks them when `mark`. */
static int count_known(struct sl_devnet_provider *provider, const struct removal *removal,
                       bool mark, struct sl_err *err)
{
    int known = 0;
    int rc = SL_OK;
    sqlite3 *db = sl_devnet_piece_store_lock(provider->store);
    for (size_t i = 0; i < removal->count && rc >= 0; i++) {
        /* an update that changes nothing counts the row, too */
        rc = sl_devnet_sql_run(db, err,
                               mark ? "UPDATE data_set_piece SET removing = 1"
                                      " WHERE data_set = ? AND piece_id = ? AND removing < 2"
                                    : "UPDATE data_set_piece SET removing = removing"
                                      " WHERE data_set = ? AND piece_id = ? AND removing < 2",
                               "ii", (int64_t)removal->data_set, (int64_t)removal->ids[i]);
        known += rc > 0;
    }
    sl_devnet_piece_store_unlock(provider->store);
    return rc < 0 ? rc : known;
}

/* How many removals wait on chain. */
static int queued(struct sl_devnet *net, uint64_t data_set, uint64_t *count, struct sl_err *err)
{
    struct sl_abi_writer w = {0};
    struct sl_ledger_result result = {0};
    struct sl_abi_reader r;
    sl_abi_call(&w, "getScheduledRemovals(uint256)");
    sl_abi_put_u64(&w, data_set);
    int rc = sl_abi_end(&w, err);
    const struct sl_ledger_message call = {.to = sl_ledger_contracts(net->ledger)->pdp,
                                           .data = (const uint8_t *)w.buf.data,
                                           .data_len = w.buf.len};
    if (rc == SL_OK)
        rc = sl_ledger_call(net->ledger, &result, &call, err);
    if (rc == SL_OK) {
        sl_abi_read(&r, "(uint256[])", (const uint8_t *)result.data.data, result.data.len);
        *count = result.reverted ? 0 : sl_abi_enter_list(&r);
    }
    sl_ledger_result_free(&result);
    sl_abi_free(&w);
    return rc;
}

/* Check that the piece is known and the queue is not full; -1 with the reply set. */
static int check(struct sl_devnet_request *request, const struct removal *removal)
{
    struct sl_devnet_provider *provider = request->provider;
    struct sl_err err = {0};
    uint64_t waiting = 0;
    int rc = sl_devnet_data_set_known(provider, removal->data_set, &err);
    if (rc == 0) {
        sl_devnet_reply_plain(&request->reply, 404, "Data set not found");
        return -1;
    }
    if (rc > 0)
        rc = count_known(provider, removal, false, &err);
    if (rc >= 0 && (size_t)rc != removal->count) {
        sl_devnet_reply_plain(&request->reply, 404, "One or more piece not found");
        return -1;
    }
    if (rc >= 0)
        rc = queued(provider->net, removal->data_set, &waiting, &err);
    if (rc < 0) {
        sl_devnet_reply_failure(request, &err, "Database error");
        return -1;
    }
    if (waiting < SL_DEVNET_REMOVALS)
        return 0;
    sl_devnet_reply_plain(
        &request->reply, 429,
        "data set %" PRIu64 " already has %" PRIu64
        " scheduled removals queued (limit %d); retry after the next proving period"
        " flushes the queue",
        removal->data_set, waiting, SL_DEVNET_REMOVALS);
    return -1;
}

static void send_removal(struct sl_devnet_request *request, const struct removal *removal)
{
    struct sl_devnet *net = request->provider->net;
    struct sl_devnet_message message = {.kind = SL_DEVNET_REMOVE,
                                        .data_set = removal->data_set,
                                        .to = sl_ledger_contracts(net->ledger)->pdp};
    char hash[SL_DEVNET_HASH_CHARS];
    struct sl_err err = {0};
    sl_abi_call(&message.w, "schedulePieceDeletions(uint256,uint256[],bytes)");
    sl_abi_put_u64(&message.w, removal->data_set);
    sl_abi_open_list(&message.w, removal->count);
    for (size_t i = 0; i < removal->count; i++)
        sl_abi_put_u64(&message.w, removal->ids[i]);
    sl_abi_close(&message.w);
    const struct sl_buf *extra = &removal->body.extra;
    sl_abi_put_bytes(&message.w, extra->len > 0 ? extra->data : "", extra->len);
    if (sl_devnet_commit_send(request, &message, hash) < 0)
        return;
    if (count_known(request->provider, removal, true, &err) < 0) {
        sl_devnet_reply_failure(request, &err, "Failed to schedule delete piece");
        return;
    }
    struct sl_jw w = {0};
    sl_jw_object(&w, NULL);
    sl_jw_str(&w, "txHash", hash);
    sl_jw_end_object(&w);
    sl_devnet_reply_json(&request->reply, &w.buf);
    sl_jw_free(&w);
}

void sl_devnet_piece_delete(struct sl_devnet_request *request)
{
    struct removal removal = {0};
    uint64_t path_id;
    if (request->provider->net->ledger == NULL) {
        sl_devnet_reply_plain(&request->reply, 404, "Requested resource not found");
        return;
    }
    sl_devnet_catch_up(request->provider->net);
    if (sl_devnet_commit_id(request, &removal.data_set, request->first,
                            "Invalid data set ID format") == 0 &&
        sl_devnet_commit_id(request, &path_id, request->param, "Invalid piece ID format") == 0 &&
        sl_devnet_commit_parse(request, &removal.body, "Invalid request body") == 0 &&
        read_extra(request, &removal.body) == 0 && read_ids(request, &removal) == 0 &&
        check(request, &removal) == 0)
        send_removal(request, &removal);
    sl_devnet_commit_body_free(&removal.body);
}
