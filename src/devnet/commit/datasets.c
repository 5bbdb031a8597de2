/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* GET /pdp/data-sets/{id} and .../pieces/{id}: what the provider has recorded. */
#include "commit/datasets.h"

#include <string.h>

#include "sluice/hex.h"

#include "commit/chain_view.h"
#include "commit/commit.h"
#include "commit/commit_body.h"
#include "commit/data_set_table.h"
#include "commit/reply_chain.h"
#include "pieces/sql.h"

static void append_piece(struct sl_jw *w, sqlite3_stmt *statement)
{
    const char *cid = (const char *)sqlite3_column_text(statement, 1);
    sl_jw_object(w, NULL);
    sl_jw_u64(w, "pieceId", (uint64_t)sqlite3_column_int64(statement, 0));
    sl_jw_str(w, "pieceCid", cid);
    sl_jw_str(w, "subPieceCid", cid);
    sl_jw_u64(w, "subPieceOffset", 0);
    sl_jw_end_object(w);
}

static int append_pieces(struct sl_devnet_provider *provider, struct sl_jw *w, uint64_t id,
                         struct sl_err *err)
{
    sqlite3_stmt *statement = NULL;
    sqlite3 *db = sl_devnet_piece_store_lock(provider->store);
    int rc = sl_devnet_sql_prepare(&statement, db, err,
                                   "SELECT piece_id, cid FROM data_set_piece"
                                   " WHERE data_set = ? AND removing < 2 ORDER BY piece_id",
                                   "i", (int64_t)id);
    sl_jw_array(w, "pieces");
    while (rc >= 0 && (rc = sl_devnet_sql_step(db, statement, err)) == 1)
        append_piece(w, statement);
    sl_jw_end_array(w);
    sqlite3_finalize(statement);
    sl_devnet_piece_store_unlock(provider->store);
    return rc;
}

/* 0 when none is scheduled, or the chain has no answer. */
static uint64_t next_challenge(struct sl_devnet *net, uint64_t id)
{
    struct sl_abi_writer w = {0};
    struct sl_u256 epoch;
    uint64_t number = 0;
    sl_abi_call(&w, "getNextChallengeEpoch(uint256)");
    sl_abi_put_u64(&w, id);
    if (sl_devnet_view_word(net, &epoch, &sl_ledger_contracts(net->ledger)->pdp, &w, NULL) ==
            SL_OK &&
        !sl_u256_to_u64(&number, epoch))
        number = 0;
    return number;
}

void sl_devnet_data_set_get(struct sl_devnet_request *request)
{
    uint64_t id;
    struct sl_jw w = {0};
    struct sl_err err = {0};
    if (sl_devnet_data_set_find(request, &id, request->param, "Data set not found") < 0)
        return;
    sl_jw_object(&w, NULL);
    sl_jw_u64(&w, "id", id);
    const int rc = append_pieces(request->provider, &w, id, &err);
    sl_jw_u64(&w, "nextChallengeEpoch", next_challenge(request->provider->net, id));
    sl_jw_end_object(&w);
    sl_devnet_reply_written(request, &w, rc, &err);
}

static void reply_piece(struct sl_devnet_request *request, uint64_t piece_id,
                        const uint8_t root[static SL_PIECE_ROOT_BYTES])
{
    char cid[SL_PIECE_V1_CHARS];
    struct sl_jw w = {0};
    sl_piece_cid_v1(cid, root);
    sl_jw_object(&w, NULL);
    sl_jw_u64(&w, "pieceId", piece_id);
    sl_jw_str(&w, "pieceCid", cid);
    sl_jw_array(&w, "subPieces");
    sl_jw_object(&w, NULL);
    sl_jw_str(&w, "subPieceCid", cid);
    sl_jw_u64(&w, "subPieceOffset", 0);
    sl_jw_end_object(&w);
    sl_jw_end_array(&w);
    sl_jw_end_object(&w);
    sl_devnet_reply_json(&request->reply, &w.buf);
    sl_jw_free(&w);
}

/* Returns 1 and the root of a piece that is there, else 0. */
static int piece_root(struct sl_devnet_provider *provider, uint8_t root[static SL_PIECE_ROOT_BYTES],
                      uint64_t id, uint64_t piece_id, struct sl_err *err)
{
    sqlite3_stmt *statement = NULL;
    sqlite3 *db = sl_devnet_piece_store_lock(provider->store);
    int rc = sl_devnet_sql_prepare(&statement, db, err,
                                   "SELECT root FROM data_set_piece"
                                   " WHERE data_set = ? AND piece_id = ? AND removing < 2",
                                   "ii", (int64_t)id, (int64_t)piece_id);
    if (rc == SL_OK)
        rc = sl_devnet_sql_step(db, statement, err);
    if (rc == 1) {
        const char *text = (const char *)sqlite3_column_text(statement, 0);
        const int n = sl_hex_decode(root, SL_PIECE_ROOT_BYTES, text, strlen(text), err);
        rc = n < 0 ? n : 1;
    }
    sqlite3_finalize(statement);
    sl_devnet_piece_store_unlock(provider->store);
    return rc;
}

void sl_devnet_data_set_piece_get(struct sl_devnet_request *request)
{
    uint64_t id, piece_id;
    uint8_t root[SL_PIECE_ROOT_BYTES];
    struct sl_err err = {0};
    if (sl_devnet_data_set_find(request, &id, request->first, "Piece not found") < 0 ||
        sl_devnet_commit_id(request, &piece_id, request->param, "Invalid piece ID format") < 0)
        return;
    const int rc = piece_root(request->provider, root, id, piece_id, &err);
    if (rc == 1)
        reply_piece(request, piece_id, root);
    else if (rc == 0)
        sl_devnet_reply_plain(&request->reply, 404, "Piece not found");
    else
        sl_devnet_reply_failure(request, &err, "Database error");
}
