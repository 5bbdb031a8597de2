/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The payer's signed transactions: kept before they are sent, until it is known what became of
 * them. */
#include <stdio.h>
#include <string.h>

#include "change.h"
#include "read.h"

static const char *const states[SL_JOURNAL_TX_STATE_COUNT] = {
#define STATE_NAME(id, name) [id] = (name),
    SL_JOURNAL_TX_STATES(STATE_NAME)
#undef STATE_NAME
};

/* ---- changes ---- */

static void bind_progress(struct sl_db_call *call, const struct sl_journal_tx *tx)
{
    sl_db_text(call, states[tx->state]);
    sl_db_int(call, tx->changed_ms);
    sl_db_u64(call, tx->block);
    sl_db_error(call, &tx->err);
}

static int write_tx(struct sl_journal *journal, const struct sl_journal_tx *tx, const void *raw,
                    size_t len, struct sl_err *err)
{
    struct sl_db_call call = sl_db_call(journal, SL_DB_ADD_TX);
    sl_db_u64(&call, tx->chain_id);
    sl_db_bytes(&call, tx->sender, sizeof tx->sender);
    sl_db_u64(&call, tx->nonce);
    sl_db_text(&call, tx->what);
    sl_db_bytes(&call, tx->hash, sizeof tx->hash);
    sl_db_bytes(&call, raw, len);
    sl_db_int(&call, tx->added_ms);
    bind_progress(&call, tx);
    const int rc = sl_db_run(&call, "save a transaction", err);
    return rc < 0 ? rc : SL_OK;
}

int sl_journal_put_tx(struct sl_journal *journal, struct sl_journal_tx *tx, const void *raw,
                      size_t len, struct sl_err *err)
{
    if (journal->in_transaction) /* it would not be on disk when this returns */
        return sl_err_set(err, SL_EINVAL, "save a transaction: inside of another change");
    if (len == 0 || len > SL_JOURNAL_TX_RAW_BYTES)
        return sl_err_set(err, SL_EOVERFLOW, "save a transaction of %zu bytes", len);
    struct sl_journal_tx row = *tx;
    row.state = SL_JOURNAL_TX_SIGNED;
    row.added_ms = row.changed_ms = sl_wall_ms(&journal->clock);
    int rc = sl_db_begin_change(journal, err);
    if (rc < 0)
        return rc;
    rc = write_tx(journal, &row, raw, len, err);
    row.id = sqlite3_last_insert_rowid(journal->db);
    rc = sl_db_end_change(journal, rc, err);
    if (rc == SL_OK)
        *tx = row;
    return rc;
}

int sl_journal_update_tx(struct sl_journal *journal, struct sl_journal_tx *tx, struct sl_err *err)
{
    if ((unsigned)tx->state >= SL_JOURNAL_TX_STATE_COUNT)
        return sl_err_set(err, SL_EINVAL, "change a transaction: no such state");
    struct sl_journal_tx row = *tx;
    row.changed_ms = sl_wall_ms(&journal->clock);
    int rc = sl_db_begin_change(journal, err);
    if (rc < 0)
        return rc;
    struct sl_db_call call = sl_db_call(journal, SL_DB_SET_TX);
    bind_progress(&call, &row);
    sl_db_int(&call, row.id);
    rc = sl_db_run(&call, "change a transaction", err);
    if (rc == 0)
        rc = sl_err_set(err, SL_EINVAL, "change a transaction: %lld is not in the journal",
                        (long long)row.id);
    rc = sl_db_end_change(journal, rc < 0 ? rc : SL_OK, err);
    if (rc == SL_OK)
        *tx = row;
    return rc;
}

/* ---- reading ---- */

static bool read_state(struct sl_db_call *call, enum sl_journal_tx_state *out)
{
    size_t len;
    const char *name = sl_db_next_text(call, &len);
    for (unsigned i = 0; name != NULL && i < SL_JOURNAL_TX_STATE_COUNT; i++) {
        if (strcmp(name, states[i]) == 0) {
            *out = (enum sl_journal_tx_state)i;
            return true;
        }
    }
    return false;
}

/* A row of SL_DB_TX_COLUMNS; *raw is borrowed until the next. */
static bool read_tx(struct sl_db_call *call, struct sl_journal_tx *tx, const void **raw,
                    size_t *len)
{
    *tx = (struct sl_journal_tx){.id = sl_db_next_int(call)};
    tx->chain_id = sl_db_next_u64(call);
    bool good = sl_db_copy_bytes(call, tx->sender, sizeof tx->sender);
    tx->nonce = sl_db_next_u64(call);
    good = read_state(call, &tx->state) && good;
    good = sl_db_copy_text(call, tx->what, sizeof tx->what) && good;
    good = sl_db_copy_bytes(call, tx->hash, sizeof tx->hash) && good;
    tx->block = sl_db_next_u64(call);
    tx->added_ms = sl_db_next_int(call);
    tx->changed_ms = sl_db_next_int(call);
    good = sl_db_next_error(call, &tx->err) && good;
    *raw = sl_db_next_bytes(call, len);
    return good && *raw != NULL && *len <= SL_JOURNAL_TX_RAW_BYTES && sl_db_sound(call);
}

int sl_journal_each_tx(struct sl_journal *journal, bool open, sl_journal_tx_fn fn, void *ctx,
                       struct sl_err *err)
{
    struct sl_journal_tx tx;
    const void *raw;
    size_t len;
    struct sl_db_call call = sl_db_call(journal, open ? SL_DB_OPEN_TX : SL_DB_EACH_TX);
    int rc;
    while ((rc = sl_db_row(&call, "read the transactions", err)) == 1) {
        if (read_tx(&call, &tx, &raw, &len))
            rc = fn(ctx, &tx, raw, len);
        else
            rc = sl_db_damaged(journal, "read the transactions", err);
        if (rc != 0)
            break;
    }
    sl_db_end(&call);
    return rc;
}
