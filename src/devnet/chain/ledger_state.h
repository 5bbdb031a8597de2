/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* ledger_state.h - what every part of the ledger uses. Call it under the lock, sl_ledger_lock()
 * apart. Private to devnet. */
#ifndef SL_DEVNET_LEDGER_STATE_H
#define SL_DEVNET_LEDGER_STATE_H

#include "chain/ledger_internal.h"

void sl_ledger_lock(struct sl_ledger *ledger);
void sl_ledger_unlock(struct sl_ledger *ledger);

/** Between these stands one SQLite transaction: end() commits when rc >= 0, else rolls back and
 * returns rc. */
int sl_ledger_begin(struct sl_ledger *ledger, struct sl_err *err) SL_MUST_CHECK;
int sl_ledger_end(struct sl_ledger *ledger, int rc, struct sl_err *err) SL_MUST_CHECK;

/** A machine at an epoch; free with sl_vm_free(). */
struct sl_vm sl_ledger_vm(struct sl_ledger *ledger, uint64_t epoch, struct sl_err *err);

/** The row of a function, or NULL. *is_contract: whether code stands at the address. */
const struct sl_ledger_entry *sl_ledger_find(const struct sl_ledger *ledger,
                                             const struct sl_address *to, const uint8_t *data,
                                             size_t len, bool *is_contract);

/** The seconds of an epoch. */
int64_t sl_ledger_time_s(const struct sl_ledger *ledger, uint64_t epoch);

/** FIL of an account and its next nonce; zero when it was never seen. */
int sl_ledger_account(struct sl_ledger *ledger, const struct sl_address *owner, struct sl_u256 *fil,
                      uint64_t *nonce, struct sl_err *err) SL_MUST_CHECK;
int sl_ledger_set_fil(struct sl_ledger *ledger, const struct sl_address *owner, struct sl_u256 fil,
                      struct sl_err *err) SL_MUST_CHECK;

#endif
