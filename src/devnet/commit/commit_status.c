/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* GET /pdp/data-sets/created/{hash} and .../{id}/pieces/added/{hash}. */
#include "commit/commit_status.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "block_timer.h"
#include "commit/commit.h"
#include "commit/commit_body.h"
#include "commit/data_set_table.h"
#include "commit/reply_chain.h"
#include "pieces/sql.h"

struct status {
    char hash[SL_DEVNET_HASH_CHARS];
    char chain_hash[SL_DEVNET_HASH_CHARS];
    enum sl_devnet_kind kind;
    uint64_t data_set;
    int ok; /* -1: not known */
    bool confirmed;
    bool created;
    bool added;
    uint64_t pieces; /* different roots */
};

/* Lower case with its prefix into `out`; -1 with the reply set. */
static int parse_hash(struct sl_devnet_request *request, char out[static SL_DEVNET_HASH_CHARS],
                      const char *text)
{
    const size_t digits = SL_DEVNET_HASH_CHARS - 3;
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
        text += 2;
    if (strlen(text) != digits) {
        sl_devnet_reply_plain(&request->reply, 400, "Invalid txHash length");
        return -1;
    }
    out[0] = '0';
    out[1] = 'x';
    for (size_t i = 0; i <= digits; i++) {
        if (i < digits && !isxdigit((unsigned char)text[i])) {
            sl_devnet_reply_plain(&request->reply, 400, "Invalid txHash format");
            return -1;
        }
        out[2 + i] = (char)tolower((unsigned char)text[i]);
    }
    return 0;
}

static int read_status(struct sl_devnet_provider *provider, struct status *out, const char *kinds,
                       struct sl_err *err)
{
    char sql[512];
    sqlite3_stmt *statement = NULL;
    snprintf(sql, sizeof sql,
             "SELECT chain_hash, data_set, ok, confirmed_ms, created, added,"
             " (SELECT count(DISTINCT root) FROM message_piece p WHERE p.hash = message.hash), kind"
             " FROM message WHERE hash = ? AND kind IN (%s)",
             kinds);
    sqlite3 *db = sl_devnet_piece_store_lock(provider->store);
    int rc = sl_devnet_sql_prepare(&statement, db, err, sql, "t", out->hash);
    if (rc == SL_OK)
        rc = sl_devnet_sql_step(db, statement, err);
    if (rc == 1) {
        const char *chain_hash = (const char *)sqlite3_column_text(statement, 0);
        snprintf(out->chain_hash, sizeof out->chain_hash, "%s",
                 chain_hash != NULL ? chain_hash : "");
        out->data_set = (uint64_t)sqlite3_column_int64(statement, 1);
        out->ok = sqlite3_column_type(statement, 2) == SQLITE_NULL
                      ? -1
                      : sqlite3_column_int(statement, 2);
        out->confirmed = sqlite3_column_type(statement, 3) != SQLITE_NULL;
        out->created = sqlite3_column_int(statement, 4) != 0;
        out->added = sqlite3_column_int(statement, 5) != 0;
        out->pieces = (uint64_t)sqlite3_column_int64(statement, 6);
        out->kind = (enum sl_devnet_kind)sqlite3_column_int(statement, 7);
    }
    sqlite3_finalize(statement);
    sl_devnet_piece_store_unlock(provider->store);
    return rc;
}

static const char *state_of(const struct status *status)
{
    return status->confirmed ? "confirmed" : status->ok == 0 ? "failed" : "pending";
}

static void append_ok(struct sl_jw *w, const char *key, int ok)
{
    if (ok < 0)
        sl_jw_null(w, key);
    else
        sl_jw_bool(w, key, ok != 0);
}

static void reply_created(struct sl_devnet_request *request, const struct status *status)
{
    struct sl_jw w = {0};
    sl_jw_object(&w, NULL);
    sl_jw_str(&w, "createMessageHash", status->hash);
    sl_jw_bool(&w, "dataSetCreated", status->created);
    sl_jw_str(&w, "service", "public");
    sl_jw_str(&w, "txStatus", state_of(status));
    append_ok(&w, "ok", status->ok);
    if (status->created)
        sl_jw_u64(&w, "dataSetId", status->data_set);
    if (status->confirmed)
        sl_jw_str(&w, "confirmedTxHash", status->chain_hash);
    sl_jw_end_object(&w);
    sl_devnet_reply_json(&request->reply, &w.buf);
    sl_jw_free(&w);
}

/* Of the kinds (a list for SQL); 1, or -1 with the reply set: `missing` when there is none. */
static int find(struct sl_devnet_request *request, struct status *status, const char *kinds,
                const char *missing)
{
    struct sl_err err = {0};
    if (parse_hash(request, status->hash, request->param) < 0)
        return -1;
    if (request->provider->net->ledger != NULL)
        sl_devnet_catch_up(request->provider->net);
    const int rc = read_status(request->provider, status, kinds, &err);
    if (rc == 0)
        sl_devnet_reply_plain(&request->reply, 404, "%s", missing);
    else if (rc < 0)
        sl_devnet_reply_failure(request, &err, "Database error");
    return rc == 1 ? 1 : -1;
}

void sl_devnet_created_status(struct sl_devnet_request *request)
{
    struct status status;
    if (find(request, &status, "0", "Data set creation not found for given txHash") > 0)
        reply_created(request, &status);
}

static int append_piece_ids(struct sl_devnet_provider *provider, struct sl_jw *w, const char *hash,
                            struct sl_err *err)
{
    sqlite3_stmt *statement = NULL;
    sqlite3 *db = sl_devnet_piece_store_lock(provider->store);
    int rc = sl_devnet_sql_prepare(
        &statement, db, err, "SELECT piece_id FROM message_piece WHERE hash = ? ORDER BY place",
        "t", hash);
    sl_jw_array(w, "confirmedPieceIds");
    while (rc >= 0 && (rc = sl_devnet_sql_step(db, statement, err)) == 1)
        sl_jw_u64(w, NULL, (uint64_t)sqlite3_column_int64(statement, 0));
    sl_jw_end_array(w);
    sqlite3_finalize(statement);
    sl_devnet_piece_store_unlock(provider->store);
    return rc;
}

static void reply_added(struct sl_devnet_request *request, const struct status *status)
{
    struct sl_jw w = {0};
    struct sl_err err = {0};
    int rc = SL_OK;
    sl_jw_object(&w, NULL);
    sl_jw_str(&w, "txHash", status->hash);
    sl_jw_str(&w, "txStatus", state_of(status));
    sl_jw_u64(&w, "dataSetId", status->data_set);
    sl_jw_u64(&w, "pieceCount", status->pieces);
    append_ok(&w, "addMessageOk", status->ok);
    sl_jw_bool(&w, "piecesAdded", status->added);
    if (status->added)
        rc = append_piece_ids(request->provider, &w, status->hash, &err);
    if (status->confirmed)
        sl_jw_str(&w, "confirmedTxHash", status->chain_hash);
    sl_jw_end_object(&w);
    sl_devnet_reply_written(request, &w, rc, &err);
}

void sl_devnet_added_status(struct sl_devnet_request *request)
{
    static const char missing[] = "Piece addition not found for given transaction";
    struct status status;
    struct sl_err err = {0};
    uint64_t id;
    if (sl_devnet_commit_id(request, &id, request->first, "Invalid data set ID format") < 0)
        return;
    if (find(request, &status, "0, 1", missing) < 0)
        return;
    const int known = sl_devnet_data_set_known(request->provider, id, &err);
    if (known < 0)
        sl_devnet_reply_failure(request, &err, "Database error");
    else if (known == 0)
        sl_devnet_reply_plain(&request->reply, 404, "Data set not found");
    else if (status.data_set != id || status.pieces == 0 ||
             (status.kind == SL_DEVNET_CREATE &&
              !status.added)) /* the row has no data set till then */
        sl_devnet_reply_plain(&request->reply, 404, "%s", missing);
    else
        reply_added(request, &status);
}
