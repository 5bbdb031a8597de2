/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Transactions, receipts and logs as clients ask for them. */
#include "chain/ledger_read.h"

#include <stdlib.h>
#include <string.h>

#include "chain/ledger_internal.h"
#include "chain/ledger_state.h"

void sl_ledger_tx_free(struct sl_ledger_tx *tx)
{
    sl_buf_free(&tx->data);
    sl_buf_free(&tx->signature);
}

void sl_ledger_receipt_free(struct sl_ledger_receipt *receipt)
{
    free(receipt->logs);
    receipt->logs = NULL;
    receipt->log_count = 0;
    sl_buf_free(&receipt->returned);
    sl_buf_free(&receipt->log_bytes);
}

static int copy_blob(struct sl_buf *out, sqlite3_stmt *row, int column, struct sl_err *err)
{
    size_t len;
    const void *bytes = sl_ledger_db_blob(row, column, &len);
    sl_buf_clear(out);
    sl_buf_add(out, bytes, len);
    return out->failed != 0 ? sl_err_set(err, SL_ENOMEM, "out of memory") : SL_OK;
}

static int read_tx(struct sl_ledger_tx *out, sqlite3_stmt *row, struct sl_err *err)
{
    out->from = sl_ledger_db_address(row, 0);
    out->to = sl_ledger_db_address(row, 1);
    out->nonce = sl_ledger_db_u64(row, 2);
    out->value = sl_ledger_db_u256(row, 3);
    out->max_fee = sl_ledger_db_u256(row, 4);
    out->max_priority_fee = sl_ledger_db_u256(row, 5);
    out->gas_limit = sl_ledger_db_u64(row, 6);
    out->block = SL_LEDGER_PENDING;
    if (sqlite3_column_type(row, 7) != SQLITE_NULL) {
        out->block = sl_ledger_db_u64(row, 7);
        out->index = sl_ledger_db_u64(row, 8);
    }
    const int rc = copy_blob(&out->data, row, 9, err);
    return rc < 0 ? rc : copy_blob(&out->signature, row, 10, err);
}

int sl_ledger_transaction(struct sl_ledger *ledger, struct sl_ledger_tx *out,
                          const uint8_t hash[static SL_LEDGER_HASH_BYTES], struct sl_err *err)
{
    sqlite3_stmt *row = NULL;
    sl_ledger_lock(ledger);
    int rc = sl_ledger_db_walk(&ledger->db, &row, err,
                               "SELECT sender, recipient, nonce, value, max_fee, tip, gas_limit,"
                               " block, place, data, signature FROM tx WHERE hash = ?",
                               "h", hash);
    if (rc == SL_OK)
        rc = sl_ledger_db_next(&ledger->db, row, err);
    if (rc == 1) {
        memcpy(out->hash, hash, SL_LEDGER_HASH_BYTES);
        rc = read_tx(out, row, err);
        rc = rc < 0 ? rc : 1;
        sqlite3_reset(row);
    }
    sl_ledger_unlock(ledger);
    return rc;
}

/* ---- logs ---- */

#define LOG_COLUMNS "SELECT log.block, log.place, tx.place, log.address, topics, log.data, hash"

/* The data stays in the row. */
static void read_log(struct sl_ledger_log *out, sqlite3_stmt *row)
{
    size_t len;
    *out = (struct sl_ledger_log){.block = sl_ledger_db_u64(row, 0),
                                  .index = sl_ledger_db_u64(row, 1),
                                  .tx_index = sl_ledger_db_u64(row, 2),
                                  .address = sl_ledger_db_address(row, 3)};
    const void *topics = sl_ledger_db_blob(row, 4, &len);
    if (len > sizeof out->topics)
        len = sizeof out->topics;
    memcpy(out->topics, topics, len);
    out->topic_count = len / SL_LEDGER_HASH_BYTES;
    out->data = sl_ledger_db_blob(row, 5, &out->data_len);
    sl_ledger_db_hash(out->tx_hash, row, 6);
}

static int read_receipt_logs(struct sl_ledger *ledger, struct sl_ledger_receipt *out, uint64_t id,
                             struct sl_err *err)
{
    sqlite3_stmt *row = NULL;
    uint64_t count = 0;
    int rc = sl_ledger_db_row(&ledger->db, err, "SELECT count(*) FROM log WHERE tx = ?", "i", "i",
                              id, &count);
    if (rc < 0)
        return rc;
    out->logs = calloc(count + 1, sizeof *out->logs);
    if (out->logs == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    rc = sl_ledger_db_walk(&ledger->db, &row, err,
                           LOG_COLUMNS " FROM log JOIN tx ON tx.id = log.tx WHERE log.tx = ?"
                                       " ORDER BY log.place",
                           "i", id);
    while (rc >= 0 && (rc = sl_ledger_db_next(&ledger->db, row, err)) == 1) {
        struct sl_ledger_log *log = &out->logs[out->log_count++];
        read_log(log, row);
        sl_buf_add(&out->log_bytes, log->data, log->data_len);
    }
    if (rc >= 0 && out->log_bytes.failed != 0)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    const uint8_t *data = (const uint8_t *)out->log_bytes.data;
    for (size_t i = 0; i < out->log_count; i++) {
        out->logs[i].data = data;
        data += out->logs[i].data_len;
    }
    return rc;
}

static int read_receipt(struct sl_ledger *ledger, struct sl_ledger_receipt *out, sqlite3_stmt *row,
                        struct sl_err *err)
{
    const uint64_t id = sl_ledger_db_u64(row, 0);
    out->from = sl_ledger_db_address(row, 1);
    out->to = sl_ledger_db_address(row, 2);
    out->block = sl_ledger_db_u64(row, 3);
    out->index = sl_ledger_db_u64(row, 4);
    out->ok = sl_ledger_db_u64(row, 5) != 0;
    out->gas_used = sl_ledger_db_u64(row, 6);
    out->gas_price = sl_ledger_db_u256(row, 7);
    sl_ledger_db_hash(out->block_hash, row, 9);
    const int rc = copy_blob(&out->returned, row, 8, err);
    sqlite3_reset(row);
    return rc < 0 ? rc : read_receipt_logs(ledger, out, id, err);
}

int sl_ledger_receipt(struct sl_ledger *ledger, struct sl_ledger_receipt *out,
                      const uint8_t hash[static SL_LEDGER_HASH_BYTES], struct sl_err *err)
{
    sqlite3_stmt *row = NULL;
    sl_ledger_receipt_free(out);
    sl_ledger_lock(ledger);
    int rc = sl_ledger_db_walk(
        &ledger->db, &row, err,
        "SELECT id, sender, recipient, tx.block, place, ok, tx.gas_used, gas_price, returned,"
        " block.hash FROM tx JOIN block ON block.number = tx.block WHERE tx.hash = ?",
        "h", hash);
    if (rc == SL_OK)
        rc = sl_ledger_db_next(&ledger->db, row, err);
    if (rc == 1) {
        memcpy(out->tx_hash, hash, SL_LEDGER_HASH_BYTES);
        rc = read_receipt(ledger, out, row, err);
        rc = rc < 0 ? rc : 1;
    }
    sl_ledger_unlock(ledger);
    return rc;
}

static bool matches(const struct sl_ledger_log *log, const struct sl_ledger_log_filter *filter)
{
    if (filter->address != NULL && !sl_address_equal(filter->address, &log->address))
        return false;
    for (size_t i = 0; i < SL_LEDGER_TOPICS; i++) {
        if (filter->topics[i] != NULL &&
            (i >= log->topic_count ||
             memcmp(filter->topics[i], log->topics[i], SL_LEDGER_HASH_BYTES) != 0))
            return false;
    }
    return true;
}

int sl_ledger_logs(struct sl_ledger *ledger, const struct sl_ledger_log_filter *filter,
                   sl_ledger_log_fn each, void *ctx, struct sl_err *err)
{
    sqlite3_stmt *row = NULL;
    struct sl_ledger_log log;
    sl_ledger_lock(ledger);
    const uint64_t to = filter->to_block < ledger->head ? filter->to_block : ledger->head;
    int rc = SL_OK;
    if (filter->from_block <= to)
        rc = sl_ledger_db_walk(&ledger->db, &row, err,
                               LOG_COLUMNS " FROM log JOIN tx ON tx.id = log.tx"
                                           " WHERE log.block BETWEEN ? AND ?"
                                           " ORDER BY log.block, log.place",
                               "ii", filter->from_block, to);
    while (row != NULL && rc >= 0 && (rc = sl_ledger_db_next(&ledger->db, row, err)) == 1) {
        read_log(&log, row);
        if (matches(&log, filter))
            each(ctx, &log);
    }
    sl_ledger_unlock(ledger);
    return rc;
}
