/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* ledger_chain.h - blocks, and the funds of accounts. Private to devnet. */
#ifndef SL_DEVNET_LEDGER_CHAIN_H
#define SL_DEVNET_LEDGER_CHAIN_H

#include "chain/ledger.h"
#include "chain/ledger_internal.h"

/**
 * The newest block (number SL_LEDGER_PENDING) or a block by number. Returns 1, or 0 for a future
 * block or a null round.
 */
int sl_ledger_block(struct sl_ledger *ledger, struct sl_ledger_block *out, uint64_t number,
                    struct sl_err *err) SL_MUST_CHECK;
int sl_ledger_block_by_hash(struct sl_ledger *ledger, struct sl_ledger_block *out,
                            const uint8_t hash[static SL_LEDGER_HASH_BYTES],
                            struct sl_err *err) SL_MUST_CHECK;

/** Make the next block now, whatever the clock says: run what is pending, let providers prove. */
int sl_ledger_tick(struct sl_ledger *ledger, struct sl_err *err) SL_MUST_CHECK;

/** Advance by `count` epochs; only the last one gets a block. Much faster than as many ticks, for
 * tests that span a month. */
int sl_ledger_skip(struct sl_ledger *ledger, uint64_t count, struct sl_err *err) SL_MUST_CHECK;

/**
 * Advance the chain to the clock's time: make a block unless the current epoch is already reached.
 * *wait_ms (may be NULL) is the time until the next epoch. Returns the number of new blocks.
 */
int sl_ledger_catch_up(struct sl_ledger *ledger, int64_t *wait_ms,
                       struct sl_err *err) SL_MUST_CHECK;

/** FIL in attoFIL; USDFC in its wallet, not in FilecoinPay. Zero for an address never seen. */
int sl_ledger_balance(struct sl_ledger *ledger, struct sl_u256 *fil, struct sl_u256 *usdfc,
                      const struct sl_address *owner, struct sl_err *err) SL_MUST_CHECK;

/** The faucet: creates coins at once. Errors: SL_EOVERFLOW and those of the database. */
int sl_ledger_fund(struct sl_ledger *ledger, const struct sl_address *owner, struct sl_u256 fil,
                   struct sl_u256 usdfc, struct sl_err *err) SL_MUST_CHECK;

/** Run the pending transactions of one sender, as of an epoch above head, inside an SQLite
 * transaction that is rolled back. Call it under the lock. */
int sl_ledger_run_pending(struct sl_ledger *ledger, uint64_t epoch, const struct sl_address *sender,
                          struct sl_err *err) SL_MUST_CHECK;

#endif
