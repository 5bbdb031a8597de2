/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What every part of the ledger uses: lock, transaction, accounts, the functions of contracts. */
#include "chain/ledger_state.h"

#include <string.h>

#include "chain/ledger_internal.h"

/* profiles in the database */

void sl_ledger_lock(struct sl_ledger *ledger)
{
    pthread_mutex_lock(&ledger->lock);
}

void sl_ledger_unlock(struct sl_ledger *ledger)
{
    pthread_mutex_unlock(&ledger->lock);
}

int sl_ledger_begin(struct sl_ledger *ledger, struct sl_err *err)
{
    return sl_ledger_db_exec(&ledger->db, "BEGIN IMMEDIATE", err);
}

int sl_ledger_end(struct sl_ledger *ledger, int rc, struct sl_err *err)
{
    if (rc >= 0) {
        const int done = sl_ledger_db_exec(&ledger->db, "COMMIT", err);
        if (done == SL_OK)
            return rc;
        rc = done;
    }
    if (sqlite3_get_autocommit(ledger->db.handle) == 0)
        (void)sqlite3_exec(ledger->db.handle, "ROLLBACK", NULL, NULL, NULL);
    return rc;
}

int64_t sl_ledger_time_s(const struct sl_ledger *ledger, uint64_t epoch)
{
    return ledger->genesis_s + (int64_t)epoch * ledger->epoch_ms / 1000;
}

struct sl_vm sl_ledger_vm(struct sl_ledger *ledger, uint64_t epoch, struct sl_err *err)
{
    return (struct sl_vm){.ledger = ledger,
                          .db = &ledger->db,
                          .at = &ledger->at,
                          .err = err,
                          .chain_id = ledger->chain_id,
                          .epoch = epoch,
                          .time_s = sl_ledger_time_s(ledger, epoch),
                          .period = ledger->period,
                          .window = ledger->window,
                          .profile = ledger->profile,
                          .migrated = ledger->migrated,
                          .legacy_limit = ledger->legacy_limit};
}

const struct sl_ledger_entry *sl_ledger_find(const struct sl_ledger *ledger,
                                             const struct sl_address *to, const uint8_t *data,
                                             size_t len, bool *is_contract)
{
    *is_contract = false;
    for (size_t i = 0; i < ledger->entry_count; i++) {
        const struct sl_ledger_entry *entry = &ledger->entries[i];
        if (!sl_address_equal(entry->contract, to))
            continue;
        *is_contract = true;
        if (len >= SL_ABI_SELECTOR && memcmp(entry->selector, data, SL_ABI_SELECTOR) == 0)
            return entry;
    }
    return NULL;
}

int sl_ledger_account(struct sl_ledger *ledger, const struct sl_address *owner, struct sl_u256 *fil,
                      uint64_t *nonce, struct sl_err *err)
{
    uint64_t used = 0;
    *fil = sl_u256(0);
    const int rc =
        sl_ledger_db_row(&ledger->db, err, "SELECT fil, nonce FROM account WHERE address = ?", "a",
                         "ui", owner, fil, &used);
    if (nonce != NULL)
        *nonce = used;
    return rc < 0 ? rc : SL_OK;
}

int sl_ledger_set_fil(struct sl_ledger *ledger, const struct sl_address *owner, struct sl_u256 fil,
                      struct sl_err *err)
{
    const int rc = sl_ledger_db_run(&ledger->db, err,
                                    "INSERT INTO account(address, fil) VALUES(?, ?)"
                                    " ON CONFLICT(address) DO UPDATE SET fil = excluded.fil",
                                    "au", owner, fil);
    return rc < 0 ? rc : SL_OK;
}
