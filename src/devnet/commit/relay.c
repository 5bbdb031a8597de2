/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Sends the queued terminations to the chain. */
#include "commit/relay.h"

#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"
#include "sluice/log.h"

#include "chain/ledger_call.h"
#include "chain/ledger_mempool.h"
#include "commit/commit.h"
#include "pieces/sql.h"

enum { RELAY_MAX = 16 };

struct queued {
    uint64_t data_set;
    struct sl_buf extra;
};

static int list_queued(struct sl_devnet_provider *provider, struct queued out[static RELAY_MAX],
                       struct sl_err *err)
{
    sqlite3_stmt *statement = NULL;
    int count = 0;
    sqlite3 *db = sl_devnet_piece_store_lock(provider->store);
    int rc = sl_devnet_sql_prepare(&statement, db, err,
                                   "SELECT data_set, extra FROM termination"
                                   " WHERE hash IS NULL AND epoch IS NULL",
                                   "");
    while (rc >= 0 && count < RELAY_MAX && (rc = sl_devnet_sql_step(db, statement, err)) == 1) {
        const char *text = (const char *)sqlite3_column_text(statement, 1);
        uint8_t *bytes = malloc(strlen(text) / 2 + 1);
        const int n = bytes != NULL
                          ? sl_hex_decode(bytes, strlen(text) / 2 + 1, text, strlen(text), NULL)
                          : -1;
        out[count].data_set = (uint64_t)sqlite3_column_int64(statement, 0);
        if (n > 0)
            sl_buf_add(&out[count].extra, bytes, (size_t)n);
        free(bytes);
        count++;
    }
    sqlite3_finalize(statement);
    sl_devnet_piece_store_unlock(provider->store);
    return rc < 0 ? rc : count;
}

static int note_sent(struct sl_devnet_provider *provider, uint64_t data_set, const char *hash,
                     struct sl_err *err)
{
    sqlite3 *db = sl_devnet_piece_store_lock(provider->store);
    int rc = sl_devnet_piece_store_begin(provider->store, err);
    if (rc >= 0) {
        rc = sl_devnet_sql_run(
            db, err,
            "INSERT INTO message(hash, kind, data_set, chain_hash, send_ms, lose_ms,"
            " gap_ms) VALUES(?, ?, ?, ?, ?, 0, 0)",
            "tiiti", hash, (int64_t)SL_DEVNET_TERMINATE, (int64_t)data_set, hash,
            sl_wall_ms(&provider->net->clock));
        if (rc >= 0)
            rc = sl_devnet_sql_run(db, err, "UPDATE termination SET hash = ? WHERE data_set = ?",
                                   "ti", hash, (int64_t)data_set);
        rc = sl_devnet_piece_store_finish(provider->store, rc, err);
    }
    sl_devnet_piece_store_unlock(provider->store);
    return rc;
}

/* A relay that the chain would refuse is thrown away. */
static int forget(struct sl_devnet_provider *provider, uint64_t data_set, struct sl_err *err)
{
    sqlite3 *db = sl_devnet_piece_store_lock(provider->store);
    const int rc = sl_devnet_sql_run(db, err, "DELETE FROM termination WHERE data_set = ?", "i",
                                     (int64_t)data_set);
    sl_devnet_piece_store_unlock(provider->store);
    return rc;
}

static int relay(struct sl_devnet_provider *provider, const struct queued *queued,
                 struct sl_err *err)
{
    struct sl_ledger *ledger = provider->net->ledger;
    struct sl_abi_writer w = {0};
    struct sl_ledger_result result = {0};
    uint8_t hash[SL_LEDGER_HASH_BYTES];
    char text[SL_DEVNET_HASH_CHARS] = "0x";
    sl_abi_call(&w, "terminateService(uint256,bytes)");
    sl_abi_put_u64(&w, queued->data_set);
    sl_abi_put_bytes(&w, queued->extra.len > 0 ? queued->extra.data : "", queued->extra.len);
    int rc = sl_abi_end(&w, err);
    const struct sl_ledger_message message = {.from = provider->address,
                                              .to = sl_ledger_contracts(ledger)->fwss,
                                              .data = (const uint8_t *)w.buf.data,
                                              .data_len = w.buf.len};
    if (rc == SL_OK)
        rc = sl_ledger_call(ledger, &result, &message, err);
    if (rc == SL_OK && result.reverted) {
        rc = forget(provider, queued->data_set, err);
    } else if (rc == SL_OK) {
        rc = sl_ledger_send(ledger, hash, &message, err);
        sl_hex_encode(text + 2, hash, sizeof hash);
        if (rc == SL_OK)
            rc = note_sent(provider, queued->data_set, text, err);
    }
    sl_ledger_result_free(&result);
    sl_abi_free(&w);
    return rc;
}

void sl_devnet_terminations_relay(struct sl_devnet_provider *provider)
{
    struct queued list[RELAY_MAX] = {0};
    struct sl_err err = {0};
    const int count = list_queued(provider, list, &err);
    int rc = count;
    for (int i = 0; i < count; i++) {
        if (rc >= 0)
            rc = relay(provider, &list[i], &err);
        sl_buf_free(&list[i].extra);
    }
    if (rc < 0)
        sl_log(SL_LOG_ERROR, SL_LOG_DEVNET, "termination: %s", err.text);
}
