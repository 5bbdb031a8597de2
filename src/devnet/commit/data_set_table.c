/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The data sets that a provider knows. */
#include "commit/data_set_table.h"

#include "block_timer.h"
#include "commit/commit.h"
#include "commit/commit_body.h"
#include "commit/reply_chain.h"
#include "pieces/sql.h"

int sl_devnet_data_set_known(struct sl_devnet_provider *provider, uint64_t id, struct sl_err *err)
{
    sqlite3_stmt *statement = NULL;
    sqlite3 *db = sl_devnet_piece_store_lock(provider->store);
    int rc = sl_devnet_sql_prepare(&statement, db, err, "SELECT 1 FROM data_set WHERE id = ?", "i",
                                   (int64_t)id);
    if (rc == SL_OK)
        rc = sl_devnet_sql_step(db, statement, err);
    sqlite3_finalize(statement);
    sl_devnet_piece_store_unlock(provider->store);
    return rc;
}

int sl_devnet_data_set_find(struct sl_devnet_request *request, uint64_t *id, const char *text,
                            const char *missing)
{
    struct sl_err err = {0};
    if (sl_devnet_commit_id(request, id, text, "Invalid data set ID format") < 0)
        return -1;
    if (request->provider->net->ledger != NULL)
        sl_devnet_catch_up(request->provider->net);
    const int known = sl_devnet_data_set_known(request->provider, *id, &err);
    if (known < 0)
        sl_devnet_reply_failure(request, &err, "Database error");
    else if (known == 0)
        sl_devnet_reply_plain(&request->reply, 404, "%s", missing);
    return known == 1 ? 0 : -1;
}
