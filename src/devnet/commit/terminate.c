/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* POST and GET /pdp/data-sets/{id}/terminate: the end of a service, agreed on by its payer. */
#include "commit/terminate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"

#include "commit/chain_view.h"
#include "commit/commit.h"
#include "commit/commit_body.h"
#include "commit/data_set_table.h"
#include "commit/reply_chain.h"
#include "pieces/sql.h"

struct end {
    char hash[SL_DEVNET_HASH_CHARS]; /* "": queued */
    bool has_epoch;
    uint64_t epoch;
};

/* Returns 1 and *out when a termination of the data set is known. */
static int read_end(struct sl_devnet_provider *provider, struct end *out, uint64_t data_set,
                    struct sl_err *err)
{
    sqlite3_stmt *statement = NULL;
    sqlite3 *db = sl_devnet_piece_store_lock(provider->store);
    /* one whose transaction reverted is forgotten: it may be asked for again */
    int rc = sl_devnet_sql_prepare(
        &statement, db, err,
        "SELECT t.hash, t.epoch FROM termination t LEFT JOIN message m ON m.hash = t.hash"
        " WHERE t.data_set = ? AND coalesce(m.ok, 1) = 1",
        "i", (int64_t)data_set);
    if (rc == SL_OK)
        rc = sl_devnet_sql_step(db, statement, err);
    if (rc == 1) {
        const char *hash = (const char *)sqlite3_column_text(statement, 0);
        snprintf(out->hash, sizeof out->hash, "%s", hash != NULL ? hash : "");
        out->has_epoch = sqlite3_column_type(statement, 1) != SQLITE_NULL;
        out->epoch = (uint64_t)sqlite3_column_int64(statement, 1);
    }
    sqlite3_finalize(statement);
    sl_devnet_piece_store_unlock(provider->store);
    return rc;
}

static void reply_known(struct sl_devnet_request *request, const struct end *end)
{
    struct sl_jw w = {0};
    sl_jw_object(&w, NULL);
    sl_jw_u64(&w, "code", end->has_epoch ? 0 : 1);
    sl_jw_str(&w, "message", end->has_epoch ? "already terminated" : "termination queued");
    if (end->has_epoch)
        sl_jw_u64(&w, "serviceTerminationEpoch", end->epoch);
    else
        sl_jw_null(&w, "serviceTerminationEpoch");
    sl_jw_end_object(&w);
    sl_devnet_reply_json(&request->reply, &w.buf);
    request->reply.status = 409;
    sl_jw_free(&w);
}

static int enqueue(struct sl_devnet_provider *provider, uint64_t data_set,
                   const struct sl_buf *extra, struct sl_err *err)
{
    char *text = malloc(2 * extra->len + 1);
    if (text == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    sl_hex_encode(text, (const uint8_t *)extra->data, extra->len);
    sqlite3 *db = sl_devnet_piece_store_lock(provider->store);
    const int rc = sl_devnet_sql_run(
        db, err, "INSERT OR REPLACE INTO termination(data_set, extra) VALUES(?, ?)", "it",
        (int64_t)data_set, text);
    sl_devnet_piece_store_unlock(provider->store);
    free(text);
    return rc;
}

/* One that its payer ended by itself is written down. Returns 1 and *end for it. */
static int find_ended(struct sl_devnet_provider *provider, struct end *end, uint64_t data_set,
                      struct sl_err *err)
{
    int rc = sl_devnet_end_epoch(provider->net, &end->epoch, data_set, err);
    end->has_epoch = rc == SL_OK && end->epoch != 0;
    if (!end->has_epoch)
        return rc;
    sqlite3 *db = sl_devnet_piece_store_lock(provider->store);
    rc = sl_devnet_sql_run(db, err,
                           "INSERT OR REPLACE INTO termination(data_set, extra, epoch)"
                           " VALUES(?, '', ?)",
                           "ii", (int64_t)data_set, (int64_t)end->epoch);
    sl_devnet_piece_store_unlock(provider->store);
    return rc < 0 ? rc : 1;
}

static void terminate(struct sl_devnet_request *request, struct sl_devnet_commit_body *body)
{
    struct sl_err err = {0};
    struct end end = {0};
    uint64_t id;
    if (sl_devnet_data_set_find(request, &id, request->param, "Data set not found") < 0 ||
        sl_devnet_commit_parse(request, body, "Invalid request body") < 0)
        return;
    int rc = read_end(request->provider, &end, id, &err);
    if (rc == 0)
        rc = find_ended(request->provider, &end, id, &err);
    if (rc == 1) {
        reply_known(request, &end);
        return;
    }
    if (rc == 0 && sl_devnet_commit_extra(request, body) < 0) {
        sl_devnet_reply_plain(&request->reply, 400,
                              "Invalid extraData format (must be hex encoded)");
        return;
    }
    if (rc == 0 && body->extra.len == 0) {
        sl_devnet_reply_plain(&request->reply, 400,
                              "extraData is required for client-requested termination");
        return;
    }
    if (rc == 0)
        rc = enqueue(request->provider, id, &body->extra, &err);
    if (rc < 0)
        sl_devnet_reply_failure(request, &err, "Internal server error");
    else
        sl_devnet_reply_status(&request->reply, 202);
}

void sl_devnet_terminate(struct sl_devnet_request *request)
{
    struct sl_devnet_commit_body body = {0};
    terminate(request, &body);
    sl_devnet_commit_body_free(&body);
}

void sl_devnet_terminate_status(struct sl_devnet_request *request)
{
    struct sl_err err = {0};
    struct end end = {0};
    uint64_t id;
    if (sl_devnet_data_set_find(request, &id, request->param, "Data set not found") < 0)
        return;
    const int rc = read_end(request->provider, &end, id, &err);
    if (rc < 0) {
        sl_devnet_reply_failure(request, &err, "Database error");
        return;
    }
    if (rc == 0) {
        sl_devnet_reply_plain(&request->reply, 404, "Termination not found");
        return;
    }
    struct sl_jw w = {0};
    sl_jw_object(&w, NULL);
    sl_jw_str(&w, "terminationTxHash", end.hash);
    if (end.has_epoch) {
        if (end.hash[0] != '\0')
            sl_jw_str(&w, "confirmedTxHash", end.hash);
        sl_jw_bool(&w, "fwssTerminated", true);
        sl_jw_u64(&w, "serviceTerminationEpoch", end.epoch);
    } else {
        sl_jw_null(&w, "fwssTerminated");
        sl_jw_null(&w, "serviceTerminationEpoch");
    }
    sl_jw_end_object(&w);
    sl_devnet_reply_json(&request->reply, &w.buf);
    sl_jw_free(&w);
}
