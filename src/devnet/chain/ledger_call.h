/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* ledger_call.h - calls from outside of a block. Private to devnet. */
#ifndef SL_DEVNET_LEDGER_CALL_H
#define SL_DEVNET_LEDGER_CALL_H

#include "chain/ledger.h"

void sl_ledger_result_free(struct sl_ledger_result *result);

/**
 * eth_call on the newest block: views, and dry runs of everything else. A
 * revert is no failure: SL_OK with out->reverted. `from` may be any address; a value that it does
 * not have is an SL_EMONEY with the node's words. An address without code answers nothing, as on
 * chain. Errors: SL_ETOOBIG (data), SL_EMONEY, those of the database.
 */
int sl_ledger_call(struct sl_ledger *ledger, struct sl_ledger_result *out,
                   const struct sl_ledger_message *message, struct sl_err *err) SL_MUST_CHECK;

/** As sl_ledger_call(), in the next block and behind what waits in the mempool from the same
 * sender: as nodes estimate gas. A request that is repeated before its first transaction is in a
 * block reverts here already. */
int sl_ledger_estimate(struct sl_ledger *ledger, struct sl_ledger_result *out,
                       const struct sl_ledger_message *message, struct sl_err *err) SL_MUST_CHECK;

/**
 * What a node says about a revert, as observed: "message execution failed (exit=[33], revert
 * reason=[R], vm error=[message failed with backtrace: ...])". R is "0x..." in hex, "Error(text)"
 * for a string, "none" for no data. Appends to *out.
 */
void sl_ledger_revert_text(struct sl_buf *out, const void *data, size_t len);

#endif
