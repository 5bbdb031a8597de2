/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* POST /pdp/piece/pull: the same request starts a pull of pieces and asks for its progress. */
#include "provider/pull.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"
#include "sluice/keccak.h"

#include "block_timer.h"
#include "chain/ledger_call.h"
#include "commit/chain_view.h"
#include "commit/commit.h"
#include "commit/commit_body.h"
#include "commit/commit_send.h"
#include "commit/data_set_table.h"
#include "commit/reply_chain.h"
#include "pieces/sql.h"
#include "provider/profile.h"
#include "provider/pull_work.h"

enum { KEY_CHARS = 2 * SL_KECCAK_BYTES + 1, SOON_MAX_S = 300, SOON_MIN_S = 60 };

#define KEEP_MS (INT64_C(5) * 24 * 3600 * 1000)

struct item {
    struct sl_piece_id id;
    const char *cid;
    const char *source;
};

struct pull {
    struct sl_devnet_commit_body body;
    uint64_t data_set; /* 0: a new one */
    const char *keeper;
    size_t count;
    struct item *items; /* owned */
    char key[KEY_CHARS];
};

/* Each says what is wrong and returns -1. */
static int invalid(struct sl_devnet_request *request, const char *why)
{
    sl_devnet_reply_error(&request->reply, 400, "Validation error: %s", why);
    return -1;
}

static int invalid_piece(struct sl_devnet_request *request, size_t index, const char *why)
{
    sl_devnet_reply_error(&request->reply, 400, "Validation error: piece[%zu]: %s", index, why);
    return -1;
}

static bool is_loopback(const char *rest)
{
    return strncmp(rest, "127.", 4) == 0 || strncmp(rest, "localhost", 9) == 0 ||
           strncmp(rest, "[::1]", 5) == 0;
}

static bool scheme_is_fine(const struct sl_devnet *net, const char *source)
{
    if (strncmp(source, "https://", 8) == 0)
        return true;
    return !net->https_only && strncmp(source, "http://", 7) == 0 && is_loopback(source + 7);
}

static int read_item(struct sl_devnet_request *request, struct pull *pull,
                     const struct sl_json *json, size_t index)
{
    struct item *item = &pull->items[index];
    item->cid = sl_json_str(sl_json_get(json, "pieceCid"));
    item->source = sl_json_str(sl_json_get(json, "sourceUrl"));
    if (item->cid == NULL || item->cid[0] == '\0')
        return invalid_piece(request, index, "pieceCid is required");
    if (item->source == NULL || item->source[0] == '\0')
        return invalid_piece(request, index, "sourceUrl is required");
    if (strlen(item->source) >= SL_DEVNET_PULL_SOURCE_CHARS)
        return invalid_piece(request, index, "sourceUrl is too long");
    for (size_t i = 0; i < index; i++) {
        if (strcmp(pull->items[i].cid, item->cid) == 0 &&
            strcmp(pull->items[i].source, item->source) == 0)
            return invalid_piece(request, index, "duplicate pieceCid/sourceUrl");
    }
    if (!scheme_is_fine(request->provider->net, item->source)) {
        char why[64];
        snprintf(why, sizeof why, "URL must use HTTPS scheme, got \"%.*s\"",
                 (int)(strcspn(item->source, ":") % 16), item->source);
        return invalid_piece(request, index, why);
    }
    return 0;
}

static int read_items(struct sl_devnet_request *request, struct pull *pull)
{
    const struct sl_json *list = sl_json_get(pull->body.root, "pieces");
    const size_t count = sl_json_count(list);
    char why[80];
    if (count == 0)
        return invalid(request, "at least one piece is required");
    if (sl_devnet_is_old(request) && count > SL_DEVNET_PULL_PIECES) {
        snprintf(why, sizeof why, "piece count (%zu) exceeds the maximum allowed per pull (%d)",
                 count, SL_DEVNET_PULL_PIECES);
        return invalid(request, why);
    }
    pull->items = calloc(count, sizeof *pull->items);
    if (pull->items == NULL) {
        sl_devnet_reply_error(&request->reply, 500, "Internal error");
        return -1;
    }
    for (const struct sl_json *at = sl_json_first(list); at != NULL; at = sl_json_next(at)) {
        if (read_item(request, pull, at, pull->count) < 0)
            return -1;
        pull->count++;
    }
    return 0;
}

static int read_pull(struct sl_devnet_request *request, struct pull *pull)
{
    const char *extra;
    if (sl_devnet_commit_parse(request, &pull->body, "Invalid request body") < 0)
        return -1;
    extra = sl_json_str(sl_json_get(pull->body.root, "extraData"));
    pull->keeper = sl_json_str(sl_json_get(pull->body.root, "recordKeeper"));
    (void)sl_json_u64(sl_json_get(pull->body.root, "dataSetId"), &pull->data_set);
    if (extra == NULL || extra[0] == '\0')
        return invalid(request, "extraData is required");
    if (pull->data_set == 0 && (pull->keeper == NULL || pull->keeper[0] == '\0'))
        return invalid(request, "recordKeeper is required when dataSetId is not provided or is 0");
    return read_items(request, pull);
}

static void make_key(struct pull *pull)
{
    struct sl_keccak hash;
    uint8_t digest[SL_KECCAK_BYTES];
    char id[24];
    const int n = snprintf(id, sizeof id, "|%" PRIu64 "|", pull->data_set);
    sl_keccak_init(&hash);
    sl_keccak_add(&hash, pull->body.extra.data, pull->body.extra.len);
    sl_keccak_add(&hash, id, (size_t)n);
    if (pull->keeper != NULL)
        sl_keccak_add(&hash, pull->keeper, strlen(pull->keeper));
    sl_keccak_end(digest, &hash);
    sl_hex_encode(pull->key, digest, sizeof digest);
}

/* ---- what is known of it ---- */

static const char *const names[] = {"pending", "inProgress", "retrying", "complete", "failed"};

/* The status of the whole by how many pieces have each. */
static enum sl_devnet_pull_status overall(const size_t counts[static SL_DEVNET_PULL_FAILED + 1])
{
    if (counts[SL_DEVNET_PULL_RETRYING] > 0)
        return SL_DEVNET_PULL_RETRYING;
    if (counts[SL_DEVNET_PULL_IN_PROGRESS] > 0)
        return SL_DEVNET_PULL_IN_PROGRESS;
    if (counts[SL_DEVNET_PULL_PENDING] > 0)
        return SL_DEVNET_PULL_PENDING;
    return counts[SL_DEVNET_PULL_COMPLETE] > 0 ? SL_DEVNET_PULL_COMPLETE : SL_DEVNET_PULL_FAILED;
}

/* Writes the pieces of a known key into *list. Returns their number. */
static int list_known(struct sl_devnet_provider *provider, struct sl_jw *list,
                      size_t counts[static SL_DEVNET_PULL_FAILED + 1], const char *key,
                      struct sl_err *err)
{
    sqlite3_stmt *statement = NULL;
    int rows = 0;
    sqlite3 *db = sl_devnet_piece_store_lock(provider->store);
    int rc = sl_devnet_sql_prepare(&statement, db, err,
                                   "SELECT p.cid, p.status FROM pull_piece p JOIN pull ON pull.id ="
                                   " p.pull WHERE pull.key = ? ORDER BY p.cid_v1, p.source",
                                   "t", key);
    sl_jw_array(list, NULL);
    while (rc >= 0 && (rc = sl_devnet_sql_step(db, statement, err)) == 1) {
        const int status = sqlite3_column_int(statement, 1) % (SL_DEVNET_PULL_FAILED + 1);
        sl_jw_object(list, NULL);
        sl_jw_str(list, "pieceCid", (const char *)sqlite3_column_text(statement, 0));
        sl_jw_str(list, "status", names[status]);
        sl_jw_end_object(list);
        counts[status]++;
        rows++;
    }
    sl_jw_end_array(list);
    sqlite3_finalize(statement);
    sl_devnet_piece_store_unlock(provider->store);
    return rc < 0 ? rc : rows;
}

/* Answers when the key is known: 1. 0: it is not. -1: the reply is a failure. */
static int reply_known(struct sl_devnet_request *request, const struct pull *pull)
{
    struct sl_jw list = {0};
    struct sl_buf json = {0};
    struct sl_err err = {0};
    size_t counts[SL_DEVNET_PULL_FAILED + 1] = {0};
    const int rows = list_known(request->provider, &list, counts, pull->key, &err);
    if (rows < 0)
        sl_devnet_reply_failure(request, &err, "Internal error");
    if (rows > 0) {
        sl_buf_printf(&json, "{\"status\":\"%s\",\"pieces\":", names[overall(counts)]);
        sl_buf_add(&json, list.buf.data, list.buf.len);
        sl_buf_str(&json, "}");
        sl_devnet_reply_json(&request->reply, &json);
    }
    sl_buf_free(&json);
    sl_jw_free(&list);
    return rows < 0 ? -1 : rows > 0;
}

/* ---- a new one ---- */

static int check_sizes(struct sl_devnet_request *request, struct pull *pull)
{
    for (size_t i = 0; i < pull->count; i++) {
        struct item *item = &pull->items[i];
        struct sl_err err = {0};
        if (sl_piece_parse(&item->id, item->cid, strlen(item->cid), &err) < 0)
            sl_devnet_reply_error(&request->reply, 400, "Invalid pieceCid[%zu]: %s", i, err.text);
        else if (item->id.payload_bytes < SL_PIECE_MIN_BYTES)
            sl_devnet_reply_error(&request->reply, 400,
                                  "pieceCid[%zu]: size %" PRIu64 " is below minimum %" PRIu64, i,
                                  item->id.payload_bytes, SL_PIECE_MIN_BYTES);
        else if (item->id.payload_bytes > SL_PIECE_MAX_BYTES)
            sl_devnet_reply_error(&request->reply, 400,
                                  "pieceCid[%zu]: size %" PRIu64 " exceeds maximum %" PRIu64, i,
                                  item->id.payload_bytes, SL_PIECE_MAX_BYTES);
        else
            continue;
        return -1;
    }
    return 0;
}

/* The pieces without repetitions: one that has several sources is added once. `out` has space for
 * all. */
static size_t distinct(struct sl_piece_id *out, const struct pull *pull)
{
    size_t count = 0;
    for (size_t i = 0; i < pull->count; i++) {
        size_t j = 0;
        while (j < count && !sl_piece_id_equal(&out[j], &pull->items[i].id))
            j++;
        if (j == count)
            out[count++] = pull->items[i].id;
    }
    return count;
}

/* Begins the commit that will follow. Returns the number of its pieces, 0 when memory is out. */
static size_t write_commit(struct sl_abi_writer *w, const struct pull *pull,
                           const struct sl_ledger_contracts *at)
{
    const struct sl_address none = {{0}};
    struct sl_piece_id *pieces = calloc(pull->count, sizeof *pieces);
    const size_t count = pieces != NULL ? distinct(pieces, pull) : 0;
    if (count > 0)
        sl_devnet_abi_add_pieces(w, pull->data_set, pull->data_set == 0 ? &at->fwss : &none, pieces,
                                 count, &pull->body.extra);
    free(pieces);
    return count;
}

/* Runs the commit that will follow as a call; -1 with the reply set. */
static int simulate(struct sl_devnet_request *request, const struct pull *pull)
{
    struct sl_devnet *net = request->provider->net;
    const struct sl_ledger_contracts *at = sl_ledger_contracts(net->ledger);
    struct sl_ledger_message message = {.from = request->provider->address, .to = at->pdp};
    struct sl_abi_writer w = {0};
    struct sl_ledger_result result = {0};
    struct sl_err err = {0};
    const size_t count = write_commit(&w, pull, at);
    int rc = count > 0 ? SL_OK : sl_err_set(&err, SL_ENOMEM, "out of memory");
    if (rc == SL_OK && pull->data_set == 0)
        rc = sl_devnet_commit_deposit(net, &message.value, &err);
    if (rc == SL_OK)
        rc = sl_abi_end(&w, &err);
    if (rc == SL_OK && sl_devnet_commit_fits(request, &w, count) < 0) {
        sl_abi_free(&w);
        return -1;
    }
    message.data = (const uint8_t *)w.buf.data;
    message.data_len = w.buf.len;
    if (rc == SL_OK)
        rc = sl_ledger_call(net->ledger, &result, &message, &err);
    if (rc < 0)
        sl_devnet_reply_failure(request, &err, "Internal error");
    else if (result.reverted) {
        sl_devnet_reply_chain(&request->reply, &result.data);
        request->reply.status = 400;
    }
    const bool fine = rc == SL_OK && !result.reverted;
    sl_ledger_result_free(&result);
    sl_abi_free(&w);
    return fine ? 0 : -1;
}

static int check_data_set(struct sl_devnet_request *request, const struct pull *pull)
{
    struct sl_err err = {0};
    if (pull->data_set == 0)
        return sl_devnet_commit_keeper(request, &pull->body);
    const int known = sl_devnet_data_set_known(request->provider, pull->data_set, &err);
    if (known < 0)
        sl_devnet_reply_failure(request, &err, "Failed to retrieve data set");
    else if (known == 0)
        sl_devnet_reply_error(&request->reply, 404, "Data set not found");
    return known == 1 ? 0 : -1;
}

static int insert(sqlite3 *db, const struct pull *pull, int64_t now, struct sl_err *err)
{
    int rc = sl_devnet_sql_run(db, err, "DELETE FROM pull WHERE made_ms < ?", "i", now - KEEP_MS);
    if (rc >= 0)
        rc = sl_devnet_sql_run(db, err, "INSERT INTO pull(key, made_ms) VALUES(?, ?)", "ti",
                               pull->key, now);
    const int64_t id = sqlite3_last_insert_rowid(db);
    for (size_t i = 0; i < pull->count && rc >= 0; i++) {
        char v1[SL_PIECE_V1_CHARS];
        sl_piece_cid_v1(v1, pull->items[i].id.root);
        rc = sl_devnet_sql_run(db, err,
                               "INSERT OR IGNORE INTO pull_piece(pull, cid, cid_v1, source, status,"
                               " next_ms) VALUES(?, ?, ?, ?, ?, ?)",
                               "itttii", id, pull->items[i].cid, v1, pull->items[i].source,
                               (int64_t)SL_DEVNET_PULL_PENDING, now);
    }
    return rc;
}

/* How many different pieces wait. */
static int count_waiting(sqlite3 *db, struct sl_err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = sl_devnet_sql_prepare(&statement, db, err,
                                   "SELECT count(DISTINCT cid_v1) FROM pull_piece WHERE status < ?",
                                   "i", (int64_t)SL_DEVNET_PULL_COMPLETE);
    if (rc == SL_OK)
        rc = sl_devnet_sql_step(db, statement, err);
    if (rc == 1)
        rc = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return rc;
}

static void reply_later(struct sl_devnet_request *request, int over)
{
    const int wait_s = over / 10 * SOON_MIN_S + SOON_MIN_S;
    sl_devnet_reply_plain(&request->reply, 429, "pull queue backpressure");
    sl_devnet_reply_header(&request->reply, "Retry-After", "%d",
                           wait_s < SOON_MAX_S ? wait_s : SOON_MAX_S);
}

static int enqueue(struct sl_devnet_request *request, const struct pull *pull)
{
    struct sl_devnet_provider *provider = request->provider;
    struct sl_err err = {0};
    sqlite3 *db = sl_devnet_piece_store_lock(provider->store);
    const int waiting = count_waiting(db, &err);
    const int over = waiting + (int)pull->count - SL_DEVNET_PULL_QUEUE;
    int rc = waiting < 0 ? waiting
             : over > 0  ? 0
                         : sl_devnet_piece_store_begin(provider->store, &err);
    if (rc >= 0 && over <= 0)
        rc = sl_devnet_piece_store_finish(
            provider->store, insert(db, pull, sl_wall_ms(&provider->net->clock), &err), &err);
    sl_devnet_piece_store_unlock(provider->store);
    if (rc < 0)
        sl_devnet_reply_failure(request, &err, "Internal error");
    else if (over > 0)
        reply_later(request, over);
    return rc >= 0 && over <= 0 ? 0 : -1;
}

static void pull_pieces(struct sl_devnet_request *request, struct pull *pull)
{
    if (read_pull(request, pull) < 0 || sl_devnet_commit_extra(request, &pull->body) < 0)
        return;
    make_key(pull);
    if (reply_known(request, pull) != 0)
        return;
    if (check_sizes(request, pull) < 0 || check_data_set(request, pull) < 0 ||
        simulate(request, pull) < 0 || enqueue(request, pull) < 0)
        return;
    sl_devnet_pulls_wake(request->provider);
    (void)reply_known(request, pull);
}

void sl_devnet_pull(struct sl_devnet_request *request)
{
    struct pull pull = {0};
    if (request->provider->net->ledger == NULL) {
        sl_devnet_reply_plain(&request->reply, 404, "Requested resource not found");
        return;
    }
    sl_devnet_catch_up(request->provider->net);
    pull_pieces(request, &pull);
    free(pull.items);
    sl_devnet_commit_body_free(&pull.body);
}
