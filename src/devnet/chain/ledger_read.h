/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* ledger_read.h - transactions, receipts and logs that are in blocks. Private to devnet. */
#ifndef SL_DEVNET_LEDGER_READ_H
#define SL_DEVNET_LEDGER_READ_H

#include "chain/ledger.h"

void sl_ledger_tx_free(struct sl_ledger_tx *tx);

/** Returns 1, or 0 when the hash is unknown. */
int sl_ledger_transaction(struct sl_ledger *ledger, struct sl_ledger_tx *out,
                          const uint8_t hash[static SL_LEDGER_HASH_BYTES],
                          struct sl_err *err) SL_MUST_CHECK;
void sl_ledger_receipt_free(struct sl_ledger_receipt *receipt);

/** Returns 1, or 0 while the transaction is unknown or in no block. */
int sl_ledger_receipt(struct sl_ledger *ledger, struct sl_ledger_receipt *out,
                      const uint8_t hash[static SL_LEDGER_HASH_BYTES],
                      struct sl_err *err) SL_MUST_CHECK;
int sl_ledger_logs(struct sl_ledger *ledger, const struct sl_ledger_log_filter *filter,
                   sl_ledger_log_fn each, void *ctx, struct sl_err *err) SL_MUST_CHECK;

#endif
