/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* rpc_transactions.h - transactions and receipts. Private to devnet. */
#ifndef SL_DEVNET_RPC_TRANSACTIONS_H
#define SL_DEVNET_RPC_TRANSACTIONS_H

#include "node/rpc_call.h"

void sl_devnet_eth_send_raw(struct sl_devnet_call *call);
void sl_devnet_eth_receipt(struct sl_devnet_call *call);
void sl_devnet_eth_transaction(struct sl_devnet_call *call);

#endif
