/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Follows the provider's transactions on the chain, step by step: sent, included, recorded. */
#include "commit/commit_watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"
#include "sluice/log.h"

#include "chain/ledger_chain.h"
#include "chain/ledger_mempool.h"
#include "chain/ledger_read.h"
#include "commit/chain_view.h"
#include "commit/commit.h"
#include "commit/relay.h"
#include "pieces/sql.h"

enum { BATCH = 64 };

#define CLEAN_MS INT64_C(300000)

/* A message that is not done yet. */
struct open_message {
    char hash[SL_DEVNET_HASH_CHARS];
    char chain_hash[SL_DEVNET_HASH_CHARS]; /* "": not sent */
    enum sl_devnet_kind kind;
    uint64_t data_set;
    int64_t send_ms, lose_ms, gap_ms;
    int64_t confirmed_ms; /* 0: not yet */
    bool created;
};

static void copy_text(char *out, size_t cap, sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    snprintf(out, cap, "%s", text != NULL ? text : "");
}

static void read_open(struct open_message *out, sqlite3_stmt *statement)
{
    *out = (struct open_message){
        .kind = (enum sl_devnet_kind)sqlite3_column_int(statement, 2),
        .data_set = (uint64_t)sqlite3_column_int64(statement, 3),
        .send_ms = sqlite3_column_int64(statement, 4),
        .lose_ms = sqlite3_column_int64(statement, 5),
        .gap_ms = sqlite3_column_int64(statement, 6),
        .confirmed_ms = sqlite3_column_int64(statement, 7),
        .created = sqlite3_column_int(statement, 8) != 0,
    };
    copy_text(out->hash, sizeof out->hash, statement, 0);
    copy_text(out->chain_hash, sizeof out->chain_hash, statement, 1);
}

/* Up to BATCH open messages whose hash is above `after`. Returns their number. */
static int list_open(struct sl_devnet_provider *provider, struct open_message out[static BATCH],
                     const char *after, struct sl_err *err)
{
    sqlite3_stmt *statement = NULL;
    int count = 0;
    sqlite3 *db = sl_devnet_piece_store_lock(provider->store);
    int rc =
        sl_devnet_sql_prepare(&statement, db, err,
                              "SELECT hash, chain_hash, kind, data_set, send_ms, lose_ms, gap_ms,"
                              " confirmed_ms, created FROM message"
                              " WHERE added = 0 AND coalesce(ok, 1) = 1 AND hash > ?"
                              " ORDER BY hash",
                              "t", after);
    while (rc >= 0 && count < BATCH && (rc = sl_devnet_sql_step(db, statement, err)) == 1)
        read_open(&out[count++], statement);
    sqlite3_finalize(statement);
    sl_devnet_piece_store_unlock(provider->store);
    return rc < 0 ? rc : count;
}

/* One statement about one message. */
static int update(struct sl_devnet_provider *provider, struct sl_err *err, const char *sql,
                  const char *types, int64_t number, const char *text, const char *hash)
{
    sqlite3 *db = sl_devnet_piece_store_lock(provider->store);
    const int rc = strcmp(types, "it") == 0
                       ? sl_devnet_sql_run(db, err, sql, "it", number, hash)
                       : sl_devnet_sql_run(db, err, sql, "itt", number, text, hash);
    sl_devnet_piece_store_unlock(provider->store);
    return rc;
}

/* ---- sent ---- */

/* The call of a held message, as it was written down. Owned: *data. */
static int read_call(struct sl_devnet_provider *provider, const char *hash,
                     struct sl_ledger_message *message, uint8_t **data, struct sl_err *err)
{
    sqlite3_stmt *statement = NULL;
    sqlite3 *db = sl_devnet_piece_store_lock(provider->store);
    int rc = sl_devnet_sql_prepare(
        &statement, db, err, "SELECT target, value, data FROM message WHERE hash = ?", "t", hash);
    if (rc == SL_OK)
        rc = sl_devnet_sql_step(db, statement, err);
    if (rc == 1) {
        const char *to = (const char *)sqlite3_column_text(statement, 0);
        const char *value = (const char *)sqlite3_column_text(statement, 1);
        const char *text = (const char *)sqlite3_column_text(statement, 2);
        const size_t len = text != NULL ? strlen(text) : 0;
        *data = malloc(len / 2 + 1);
        const int n = *data != NULL
                          ? sl_hex_decode(*data, len / 2 + 1, text != NULL ? text : "", len, err)
                          : sl_err_set(err, SL_ENOMEM, "out of memory");
        rc = n < 0 ? n : sl_address_parse(&message->to, to, strlen(to), err);
        if (rc == SL_OK)
            rc = sl_u256_parse_dec(&message->value, value, strlen(value), err);
        message->data = *data;
        message->data_len = n > 0 ? (size_t)n : 0;
    }
    sqlite3_finalize(statement);
    sl_devnet_piece_store_unlock(provider->store);
    return rc;
}

static int send_held(struct sl_devnet_provider *provider, struct open_message *open,
                     struct sl_err *err)
{
    struct sl_ledger_message message = {.from = provider->address};
    uint8_t *data = NULL;
    uint8_t hash[SL_LEDGER_HASH_BYTES];
    int rc = read_call(provider, open->hash, &message, &data, err);
    if (rc >= 0)
        rc = sl_ledger_send(provider->net->ledger, hash, &message, err);
    free(data);
    if (rc < 0)
        return rc;
    memcpy(open->chain_hash, "0x", 3);
    sl_hex_encode(open->chain_hash + 2, hash, sizeof hash);
    rc = update(provider, err,
                "UPDATE message SET send_ms = ?, chain_hash = ?, data = NULL"
                " WHERE hash = ?",
                "itt", open->send_ms, open->chain_hash, open->hash);
    return rc < 0 ? rc : SL_OK;
}

/* ---- recorded ---- */

/* The set's id of the verifier's DataSetCreated. */
static bool created_id(const struct sl_devnet *net, const struct sl_ledger_receipt *receipt,
                       uint64_t *id)
{
    uint8_t topic[SL_ABI_WORD];
    struct sl_u256 number;
    sl_abi_topic(topic, "DataSetCreated(uint256,address)");
    for (size_t i = 0; i < receipt->log_count; i++) {
        const struct sl_ledger_log *log = &receipt->logs[i];
        if (memcmp(&log->address, &sl_ledger_contracts(net->ledger)->pdp, sizeof log->address) ==
                0 &&
            log->topic_count == 3 && memcmp(log->topics[0], topic, sizeof topic) == 0 &&
            sl_u256_from_be(&number, log->topics[1], SL_ABI_WORD) && sl_u256_to_u64(id, number))
            return true;
    }
    return false;
}

static int record_set(struct sl_devnet_provider *provider, struct open_message *open,
                      const struct sl_ledger_receipt *receipt, struct sl_err *err)
{
    if (!created_id(provider->net, receipt, &open->data_set))
        return sl_err_set(err, SL_EPROTO, "a receipt without its DataSetCreated");
    const int64_t now = sl_wall_ms(&provider->net->clock);
    sqlite3 *db = sl_devnet_piece_store_lock(provider->store);
    int rc = sl_devnet_piece_store_begin(provider->store, err);
    if (rc >= 0) {
        rc = sl_devnet_sql_run(db, err, "INSERT OR IGNORE INTO data_set(id, made_ms) VALUES(?, ?)",
                               "ii", (int64_t)open->data_set, now);
        if (rc >= 0)
            rc = sl_devnet_sql_run(db, err,
                                   "UPDATE message SET created = 1, data_set = ? WHERE hash = ?",
                                   "it", (int64_t)open->data_set, open->hash);
        rc = sl_devnet_piece_store_finish(provider->store, rc, err);
    }
    sl_devnet_piece_store_unlock(provider->store);
    open->created = rc >= 0;
    return rc < 0 ? rc : SL_OK;
}

/* What one event of the verifier says about added pieces: their ids one by one, or how many follow
 * the first. */
struct added {
    struct sl_abi_reader r;
    bool packed; /* today's PiecesAddedV2, of which a large request has several */
    uint64_t first;
    size_t count;
};

/* False for a log that is none of these events. */
static bool read_added(const struct sl_devnet *net, const struct sl_ledger_log *log,
                       struct added *added)
{
    uint8_t packed[SL_ABI_WORD], listed[SL_ABI_WORD];
    sl_abi_topic(packed, "PiecesAddedV2(uint256,uint256,(bytes32,bytes32)[])");
    sl_abi_topic(listed, "PiecesAdded(uint256,uint256[],(bytes)[])");
    if (memcmp(&log->address, &sl_ledger_contracts(net->ledger)->pdp, sizeof log->address) != 0 ||
        log->topic_count != 2)
        return false;
    added->packed = memcmp(log->topics[0], packed, sizeof packed) == 0;
    if (!added->packed && memcmp(log->topics[0], listed, sizeof listed) != 0)
        return false;
    sl_abi_read(&added->r,
                added->packed ? "(uint256,(bytes32,bytes32)[])" : "(uint256[],(bytes)[])",
                log->data, log->data_len);
    added->first = added->packed ? sl_abi_get_u64(&added->r) : 0;
    added->count = sl_abi_enter_list(&added->r);
    return true;
}

static int record_piece(sqlite3 *db, const struct open_message *open, uint64_t place,
                        uint64_t piece_id, struct sl_err *err)
{
    int rc = sl_devnet_sql_run(db, err,
                               "UPDATE message_piece SET piece_id = ? WHERE hash = ? AND place = ?",
                               "iti", (int64_t)piece_id, open->hash, (int64_t)place);
    if (rc >= 0)
        rc = sl_devnet_sql_run(
            db, err,
            "INSERT OR IGNORE INTO data_set_piece(data_set, piece_id, cid, root)"
            " SELECT ?, piece_id, cid, root FROM message_piece WHERE hash = ? AND place = ?",
            "iti", (int64_t)open->data_set, open->hash, (int64_t)place);
    return rc;
}

/* The pieces of one event are those of the request from *place on. */
static int record_event(sqlite3 *db, const struct open_message *open, struct added *added,
                        uint64_t *place, struct sl_err *err)
{
    int rc = SL_OK;
    for (size_t i = 0; i < added->count && rc >= 0; i++)
        rc = record_piece(db, open, (*place)++,
                          added->packed ? added->first + i : sl_abi_get_u64(&added->r), err);
    return rc < 0 ? rc : sl_abi_done(&added->r, err);
}

static int record_pieces(struct sl_devnet_provider *provider, struct open_message *open,
                         const struct sl_ledger_receipt *receipt, struct sl_err *err)
{
    uint64_t place = 0;
    sqlite3 *db = sl_devnet_piece_store_lock(provider->store);
    int rc = sl_devnet_piece_store_begin(provider->store, err);
    if (rc >= 0) {
        for (size_t i = 0; i < receipt->log_count && rc >= 0; i++) {
            struct added added;
            if (read_added(provider->net, &receipt->logs[i], &added))
                rc = record_event(db, open, &added, &place, err);
        }
        if (rc >= 0)
            rc = sl_devnet_sql_run(db, err, "UPDATE message SET added = 1 WHERE hash = ?", "t",
                                   open->hash);
        rc = sl_devnet_piece_store_finish(provider->store, rc, err);
    }
    sl_devnet_piece_store_unlock(provider->store);
    return rc < 0 ? rc : SL_OK;
}

/* A termination went through: the epoch at which it ends is what the chain says now. */
static int record_end(struct sl_devnet_provider *provider, const struct open_message *open,
                      struct sl_err *err)
{
    uint64_t epoch = 0;
    int rc = sl_devnet_end_epoch(provider->net, &epoch, open->data_set, err);
    if (rc < 0)
        return rc;
    sqlite3 *db = sl_devnet_piece_store_lock(provider->store);
    rc = sl_devnet_sql_run(db, err, "UPDATE termination SET epoch = ? WHERE data_set = ?", "ii",
                           (int64_t)epoch, (int64_t)open->data_set);
    if (rc >= 0)
        rc = sl_devnet_sql_run(db, err, "UPDATE message SET added = 1 WHERE hash = ?", "t",
                               open->hash);
    sl_devnet_piece_store_unlock(provider->store);
    return rc < 0 ? rc : SL_OK;
}

static int record(struct sl_devnet_provider *provider, struct open_message *open,
                  const struct sl_ledger_receipt *receipt, struct sl_err *err)
{
    const int64_t due =
        sl_wall_ms(&provider->net->clock) - open->confirmed_ms - provider->net->watch_delay_ms;
    int rc = SL_OK;
    if (due < 0)
        return SL_OK;
    if (open->kind == SL_DEVNET_CREATE && !open->created)
        rc = record_set(provider, open, receipt, err);
    if (rc == SL_OK && open->kind == SL_DEVNET_TERMINATE)
        return record_end(provider, open, err);
    return rc == SL_OK && due >= open->gap_ms ? record_pieces(provider, open, receipt, err) : rc;
}

/* ---- included ---- */

/* Returns 1 when the transaction is in a block that another one stands on. */
static int confirmed(struct sl_devnet_provider *provider, const char *hash,
                     struct sl_ledger_receipt *receipt, struct sl_err *err)
{
    uint8_t bytes[SL_LEDGER_HASH_BYTES];
    struct sl_ledger_block head;
    int rc = sl_hex_decode(bytes, sizeof bytes, hash, strlen(hash), err);
    if (rc >= 0)
        rc = sl_ledger_receipt(provider->net->ledger, receipt, bytes, err);
    if (rc <= 0)
        return rc;
    rc = sl_ledger_block(provider->net->ledger, &head, SL_LEDGER_PENDING, err);
    return rc <= 0 ? rc : head.number > receipt->block;
}

static int settle_open(struct sl_devnet_provider *provider, struct open_message *open,
                       const struct sl_ledger_receipt *receipt, struct sl_err *err)
{
    if (open->confirmed_ms == 0) {
        open->confirmed_ms = sl_wall_ms(&provider->net->clock);
        const int rc =
            update(provider, err,
                   receipt->ok ? "UPDATE message SET ok = 1, confirmed_ms = ? WHERE hash = ?"
                               : "UPDATE message SET ok = 0, confirmed_ms = ? WHERE hash = ?",
                   "it", open->confirmed_ms, NULL, open->hash);
        if (rc < 0)
            return rc;
    }
    return receipt->ok ? record(provider, open, receipt, err) : SL_OK;
}

static int look_at(struct sl_devnet_provider *provider, struct open_message *open,
                   struct sl_err *err)
{
    const int64_t now = sl_wall_ms(&provider->net->clock);
    if (open->chain_hash[0] == '\0' && open->lose_ms != 0)
        return now < open->lose_ms
                   ? SL_OK
                   : update(provider, err, "UPDATE message SET ok = ? WHERE hash = ?", "it", 0,
                            NULL, open->hash);
    if (open->chain_hash[0] == '\0')
        return now < open->send_ms ? SL_OK : send_held(provider, open, err);
    struct sl_ledger_receipt receipt = {0};
    int rc = confirmed(provider, open->chain_hash, &receipt, err);
    if (rc > 0)
        rc = settle_open(provider, open, &receipt, err);
    sl_ledger_receipt_free(&receipt);
    return rc;
}

/* ---- removed ---- */

/* Pieces whose removal was scheduled and is done by now. */
static int drop_removed(struct sl_devnet_provider *provider, struct sl_err *err)
{
    struct {
        uint64_t data_set, piece_id;
    } list[BATCH];
    int count = 0;
    sqlite3_stmt *statement = NULL;
    sqlite3 *db = sl_devnet_piece_store_lock(provider->store);
    int rc = sl_devnet_sql_prepare(
        &statement, db, err, "SELECT data_set, piece_id FROM data_set_piece WHERE removing = 1",
        "");
    while (rc >= 0 && count < BATCH && (rc = sl_devnet_sql_step(db, statement, err)) == 1) {
        list[count].data_set = (uint64_t)sqlite3_column_int64(statement, 0);
        list[count++].piece_id = (uint64_t)sqlite3_column_int64(statement, 1);
    }
    sqlite3_finalize(statement);
    sl_devnet_piece_store_unlock(provider->store);
    for (int i = 0; i < count && rc >= 0; i++) {
        struct sl_abi_writer w = {0};
        struct sl_u256 live;
        sl_abi_call(&w, "pieceLive(uint256,uint256)");
        sl_abi_put_u64(&w, list[i].data_set);
        sl_abi_put_u64(&w, list[i].piece_id);
        rc = sl_devnet_view_word(provider->net, &live,
                                 &sl_ledger_contracts(provider->net->ledger)->pdp, &w, err);
        if (rc < 0 || !sl_u256_is_zero(live))
            continue;
        db = sl_devnet_piece_store_lock(provider->store);
        rc = sl_devnet_sql_run(db, err,
                               "UPDATE data_set_piece SET removing = 2"
                               " WHERE data_set = ? AND piece_id = ?",
                               "ii", (int64_t)list[i].data_set, (int64_t)list[i].piece_id);
        sl_devnet_piece_store_unlock(provider->store);
    }
    return rc;
}

/* ---- public functions ---- */

static int watch(struct sl_devnet_provider *provider, struct sl_err *err)
{
    struct open_message *list = malloc(BATCH * sizeof *list);
    char after[SL_DEVNET_HASH_CHARS] = "";
    if (list == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    int count = BATCH;
    int rc = SL_OK;
    while (count == BATCH && rc >= 0) {
        rc = count = list_open(provider, list, after, err);
        for (int i = 0; i < count && rc >= 0; i++)
            rc = look_at(provider, &list[i], err);
        if (count > 0)
            memcpy(after, list[count - 1].hash, sizeof after);
    }
    free(list);
    return rc < 0 ? rc : drop_removed(provider, err);
}

void sl_devnet_commit_watch(struct sl_devnet_provider *provider)
{
    struct sl_err err;
    pthread_mutex_lock(&provider->watch_lock);
    sl_devnet_terminations_relay(provider);
    if (watch(provider, &err) < 0)
        sl_log(SL_LOG_ERROR, SL_LOG_DEVNET, "provider %llu: %s", (unsigned long long)provider->id,
               err.text);
    pthread_mutex_unlock(&provider->watch_lock);
}

void sl_devnet_commit_clean(struct sl_devnet_provider *provider)
{
    struct sl_err err;
    const int64_t now = sl_now_ms(&provider->net->clock);
    pthread_mutex_lock(&provider->watch_lock);
    if (provider->cleaned_ms == INT64_MIN || now - provider->cleaned_ms >= CLEAN_MS) {
        provider->cleaned_ms = now;
        if (sl_devnet_piece_store_clean(provider->store, &err) < 0)
            sl_log(SL_LOG_ERROR, SL_LOG_DEVNET, "clean up: %s", err.text);
    }
    pthread_mutex_unlock(&provider->watch_lock);
}
