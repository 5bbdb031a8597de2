/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* ledger_chain.h - blocks, and the funds of accounts. Private to devnet. */
#ifndef SL_DEVNET_LEDGER_CHAIN_H
#define SL_DEVNET_LEDGER_CHAIN_H

#include "chain/ledger.h"
#include "chain/ledger_internal.h"

/**
 * The newest block (number SL_LEDGER_PENDING) or one by number. Returns 1, or 0 when there is none:
 * of the future, or a null round.
 */
int sl_ledger_block(struct sl_ledger *ledger, struct sl_ledger_block *out, uint64_t number,
                    struct sl_err *err) SL_MUST_CHECK;
int sl_ledger_block_by_hash(struct sl_ledger *ledger, struct sl_ledger_block *out,
                            const uint8_t hash[static SL_LEDGER_HASH_BYTES],
                            struct sl_err *err) SL_MUST_CHECK;

/** Make the next block now, whatever the clock says: run what is pending, let providers prove. */
int sl_ledger_tick(struct sl_ledger *ledger, struct sl_err *err) SL_MUST_CHECK;

/** `count` epochs at once, as a chain whose only block among them is the last. Much faster than as
 * many ticks: for tests of what happens in a month. */
int sl_ledger_skip(struct sl_ledger *ledger, uint64_t count, struct sl_err *err) SL_MUST_CHECK;

/**
 * Bring the chain up to the clock: a block when the epoch of now is not reached yet, nothing
 * otherwise. *wait_ms (may be NULL) is when to ask again: the next epoch. Returns the blocks made.
 */
int sl_ledger_catch_up(struct sl_ledger *ledger, int64_t *wait_ms,
                       struct sl_err *err) SL_MUST_CHECK;

/** FIL in attoFIL; USDFC in its wallet, not in FilecoinPay. Zero for an address never seen. */
int sl_ledger_balance(struct sl_ledger *ledger, struct sl_u256 *fil, struct sl_u256 *usdfc,
                      const struct sl_address *owner, struct sl_err *err) SL_MUST_CHECK;

/** The faucet: new coins out of nothing, at once. Errors: SL_EOVERFLOW and those of the database.
 */
int sl_ledger_fund(struct sl_ledger *ledger, const struct sl_address *owner, struct sl_u256 fil,
                   struct sl_u256 usdfc, struct sl_err *err) SL_MUST_CHECK;

/** Run what waits of one sender, as of an epoch above head, within an SQLite transaction that is
 * rolled back. */
int sl_ledger_run_pending(struct sl_ledger *ledger, uint64_t epoch, const struct sl_address *sender,
                          struct sl_err *err) SL_MUST_CHECK;

#endif
