/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* From a checked request to a transaction, and to the row that remembers it. */
#include "commit/commit_send.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"
#include "sluice/log.h"
#include "sluice/path.h"

#include "chain/ledger_call.h"
#include "chain/ledger_mempool.h"
#include "commit/commit.h"
#include "commit/commit_body.h"
#include "commit/reply_chain.h"
#include "pieces/sql.h"

void sl_devnet_abi_add_pieces(struct sl_abi_writer *w, uint64_t data_set,
                              const struct sl_address *listener, const struct sl_piece_id *pieces,
                              size_t count, const struct sl_buf *extra)
{
    sl_abi_call(w, "addPieces(uint256,address,(bytes)[],bytes)");
    sl_abi_put_u64(w, data_set);
    sl_abi_put_address(w, listener);
    sl_abi_open_list(w, count);
    for (size_t i = 0; i < count; i++) {
        uint8_t cid[SL_PIECE_CID_BYTES];
        const size_t len = sl_piece_cid_bytes(cid, &pieces[i]);
        sl_abi_open(w);
        sl_abi_put_bytes(w, cid, len);
        sl_abi_close(w);
    }
    sl_abi_close(w);
    sl_abi_put_bytes(w, extra->len > 0 ? extra->data : "", extra->len);
}

static void hash_text(char out[static SL_DEVNET_HASH_CHARS],
                      const uint8_t hash[static SL_LEDGER_HASH_BYTES])
{
    memcpy(out, "0x", 3);
    sl_hex_encode(out + 2, hash, SL_LEDGER_HASH_BYTES);
}

/* The estimate of its gas comes first: what would revert is not sent. -1 with the reply set. */
static int try_message(struct sl_devnet_request *request, const struct sl_ledger_message *message)
{
    struct sl_ledger_result result = {0};
    struct sl_err err = {0};
    const int rc = sl_ledger_estimate(request->provider->net->ledger, &result, message, &err);
    if (rc < 0)
        sl_devnet_reply_failure(request, &err, "Failed to send transaction");
    else if (result.reverted)
        sl_devnet_reply_chain(&request->reply, &result.data);
    const bool fine = rc >= 0 && !result.reverted;
    sl_ledger_result_free(&result);
    return fine ? 0 : -1;
}

/* A row of `message` to be written. */
struct row {
    char hash[SL_DEVNET_HASH_CHARS];
    char chain_hash[SL_DEVNET_HASH_CHARS]; /* "": not sent yet */
    int64_t send_ms;
    int64_t lose_ms;
    int64_t gap_ms;
};

static int insert(sqlite3 *db, const struct row *row, const struct sl_devnet_message *message,
                  const char *data, struct sl_err *err)
{
    char to[SL_ADDRESS_CHARS], value[SL_U256_DEC_CHARS];
    const bool sent = row->chain_hash[0] != '\0';
    sl_address_text(to, &message->to);
    sl_u256_dec(value, message->value);
    int rc = sl_devnet_sql_run(
        db, err,
        "INSERT INTO message(hash, kind, data_set, chain_hash, target, value, data, send_ms,"
        " lose_ms, gap_ms) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        "tiittttiii", row->hash, (int64_t)message->kind, (int64_t)message->data_set,
        sent ? row->chain_hash : NULL, to, value, sent ? NULL : data, row->send_ms, row->lose_ms,
        row->gap_ms);
    for (size_t i = 0; i < message->count && rc >= 0; i++) {
        char cid[SL_PIECE_CID_CHARS], root[2 * SL_PIECE_ROOT_BYTES + 1];
        sl_piece_cid(cid, &message->pieces[i]);
        sl_hex_encode(root, message->pieces[i].root, SL_PIECE_ROOT_BYTES);
        rc = sl_devnet_sql_run(
            db, err, "INSERT INTO message_piece(hash, place, cid, root) VALUES(?, ?, ?, ?)", "titt",
            row->hash, (int64_t)i, cid, root);
    }
    return rc < 0 ? rc : SL_OK;
}

static int remember(struct sl_devnet_provider *provider, const struct row *row,
                    const struct sl_devnet_message *message, struct sl_err *err)
{
    const struct sl_buf *call = &message->w.buf;
    char *data = malloc(2 * call->len + 1);
    if (data == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    sl_hex_encode(data, (const uint8_t *)call->data, call->len);
    sqlite3 *db = sl_devnet_piece_store_lock(provider->store);
    int rc = sl_devnet_piece_store_begin(provider->store, err);
    if (rc >= 0)
        rc =
            sl_devnet_piece_store_finish(provider->store, insert(db, row, message, data, err), err);
    sl_devnet_piece_store_unlock(provider->store);
    free(data);
    return rc;
}

/* A hash that no transaction has: of one that leaves later, under another. */
static void made_up(char out[static SL_DEVNET_HASH_CHARS])
{
    uint8_t hash[SL_LEDGER_HASH_BYTES];
    sl_random(hash, sizeof hash);
    hash_text(out, hash);
}

/* Sends at once, or sets up what the request's fault asks for. */
static int send_or_hold(struct sl_devnet_request *request, struct sl_ledger_message *message,
                        struct row *row, struct sl_err *err)
{
    const struct sl_devnet_fault *fault = &request->fault;
    const int64_t now = sl_wall_ms(&request->provider->net->clock);
    const int64_t ms = fault->ms < INT64_MAX / 2 ? (int64_t)fault->ms : INT64_MAX / 2;
    uint8_t hash[SL_LEDGER_HASH_BYTES];
    row->send_ms = now;
    if (fault->action == SL_DEVNET_FAULT_GAP)
        row->gap_ms = ms;
    if (fault->action == SL_DEVNET_FAULT_HOLD || fault->action == SL_DEVNET_FAULT_LOSE) {
        made_up(row->hash);
        row->send_ms = fault->action == SL_DEVNET_FAULT_HOLD ? now + ms : INT64_MAX;
        row->lose_ms = fault->action == SL_DEVNET_FAULT_LOSE ? now + ms : 0;
        return SL_OK;
    }
    if (fault->action == SL_DEVNET_FAULT_FAIL) /* without its arguments it reverts in the block */
        message->data_len = SL_ABI_SELECTOR;
    const int rc = sl_ledger_send(request->provider->net->ledger, hash, message, err);
    if (rc < 0)
        return rc;
    hash_text(row->chain_hash, hash);
    if (fault->action == SL_DEVNET_FAULT_REPLACE)
        made_up(row->hash);
    else
        memcpy(row->hash, row->chain_hash, sizeof row->hash);
    return SL_OK;
}

int sl_devnet_commit_send(struct sl_devnet_request *request, struct sl_devnet_message *message,
                          char hash[static SL_DEVNET_HASH_CHARS])
{
    struct row row = {0};
    struct sl_err err = {0};
    int done = -1;
    if (sl_abi_end(&message->w, &err) < 0) {
        sl_devnet_reply_failure(request, &err, "Failed to pack method call");
        goto out;
    }
    if (message->count > 0 && sl_devnet_commit_fits(request, &message->w, message->count) < 0)
        goto out;
    struct sl_ledger_message call = {
        .from = request->provider->address,
        .to = message->to,
        .value = message->value,
        .data = (const uint8_t *)message->w.buf.data,
        .data_len = message->w.buf.len,
    };
    if (try_message(request, &call) < 0)
        goto out;
    if (send_or_hold(request, &call, &row, &err) < 0) {
        sl_devnet_reply_failure(request, &err, "Failed to send transaction");
        goto out;
    }
    if (message->untracked) {
        sl_devnet_reply_error(&request->reply, 500, "Internal server error");
        goto out;
    }
    if (remember(request->provider, &row, message, &err) < 0) {
        sl_devnet_reply_failure(request, &err, "Internal server error");
        goto out;
    }
    memcpy(hash, row.hash, SL_DEVNET_HASH_CHARS);
    done = 0;
out:
    sl_abi_free(&message->w);
    return done;
}
