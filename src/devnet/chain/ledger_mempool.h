/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* ledger_mempool.h - transactions that wait for a block. Private to devnet. */
#ifndef SL_DEVNET_LEDGER_MEMPOOL_H
#define SL_DEVNET_LEDGER_MEMPOOL_H

#include "chain/ledger.h"

/** The next nonce of an account; with `pending` after all that waits. */
int sl_ledger_nonce(struct sl_ledger *ledger, uint64_t *out, const struct sl_address *owner,
                    bool pending, struct sl_err *err) SL_MUST_CHECK;

/** Fees that a client is told: eth_maxPriorityFeePerGas. The base fee stands in the block. */
struct sl_u256 sl_ledger_priority_fee(void);

/**
 * Take a client's signed EIP-1559 transaction into the mempool: it runs in the next block, in the
 * order of its sender's nonces. The same bytes again are fine, as is what is already in a block.
 * Errors, with the words of a node: SL_EFORMAT (no such transaction), SL_EKEY (its signature),
 * SL_EREFUSED (another chain, a nonce that is used or too far ahead, a fee below the minimum, a
 * replacement that does not raise both fees by 25 %), SL_EMONEY (cannot pay value and gas),
 * SL_ETOOBIG.
 */
int sl_ledger_submit(struct sl_ledger *ledger, uint8_t hash[static SL_LEDGER_HASH_BYTES],
                     const uint8_t *raw, size_t len, struct sl_err *err) SL_MUST_CHECK;

/**
 * The provider's own transaction, without a signature: takes the next nonce of `from` and gas at
 * the going price. Not tried beforehand (sl_ledger_call() does that): when it reverts the receipt
 * says so. Errors: SL_EMONEY, SL_ETOOBIG, those of the database.
 */
int sl_ledger_send(struct sl_ledger *ledger, uint8_t hash[static SL_LEDGER_HASH_BYTES],
                   const struct sl_ledger_message *message, struct sl_err *err) SL_MUST_CHECK;

#endif
