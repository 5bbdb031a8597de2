/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* rpc_logs.h - eth_getLogs, and logs in receipts. Private to devnet. */
#ifndef SL_DEVNET_RPC_LOGS_H
#define SL_DEVNET_RPC_LOGS_H

#include "node/rpc_call.h"

/** An array of logs, as the call's fault wants it: called while the ledger is not. */
void sl_devnet_append_logs(struct sl_devnet_call *call, const char *key,
                           const struct sl_ledger_log *logs, size_t count);

/** Whether the call's fault hides a block of this number, for its age. False when the ledger
 * failed. */
bool sl_devnet_is_too_old(struct sl_devnet_call *call, uint64_t block);
void sl_devnet_eth_logs(struct sl_devnet_call *call);

#endif
