/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The journal's own transactions: SQLite's, around a change. */
#include <stdatomic.h>

#include "sluice/journal.h"

#include "db.h"

static atomic_int changing; /* connections of this process between begin and commit or rollback */

bool sl_journal_is_changing(void)
{
    return atomic_load(&changing) > 0;
}

int sl_journal_txn_begin(struct sl_journal *journal, struct sl_err *err)
{
    if (!journal->writer || journal->in_transaction)
        return sl_err_set(err, SL_EINVAL, "begin a change of the journal: %s",
                          journal->writer ? "one is under way" : "opened for reading");
    struct sl_db_call call = sl_db_call(journal, SL_DB_BEGIN);
    const int rc = sl_db_run(&call, "begin a change of the journal", err);
    if (rc < 0)
        return rc;
    journal->in_transaction = true;
    atomic_fetch_add(&changing, 1);
    return SL_OK;
}

int sl_journal_txn_commit(struct sl_journal *journal, struct sl_err *err)
{
    if (!journal->in_transaction)
        return sl_err_set(err, SL_EINVAL, "save a change of the journal: none was begun");
    struct sl_db_call call = sl_db_call(journal, SL_DB_COMMIT);
    const int rc = sl_db_run(&call, "save a change of the journal", err);
    sl_journal_txn_rollback(journal); /* what a failed commit left open */
    return rc < 0 ? rc : SL_OK;
}

void sl_journal_txn_rollback(struct sl_journal *journal)
{
    if (!sqlite3_get_autocommit(journal->db))
        (void)sqlite3_exec(journal->db, "ROLLBACK", NULL, NULL, NULL);
    if (journal->in_transaction)
        atomic_fetch_sub(&changing, 1);
    journal->in_transaction = false;
}
