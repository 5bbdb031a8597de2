/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* rpc_state.h - the chain, its head, accounts. Private to devnet. */
#ifndef SL_DEVNET_RPC_STATE_H
#define SL_DEVNET_RPC_STATE_H

#include "node/rpc_call.h"

void sl_devnet_eth_chain_id(struct sl_devnet_call *call);
void sl_devnet_eth_block_number(struct sl_devnet_call *call);
void sl_devnet_eth_get_balance(struct sl_devnet_call *call);
void sl_devnet_eth_get_transaction_count(struct sl_devnet_call *call);
void sl_devnet_eth_get_code(struct sl_devnet_call *call);
void sl_devnet_eth_gas_price(struct sl_devnet_call *call);
void sl_devnet_eth_max_priority_fee(struct sl_devnet_call *call);
void sl_devnet_eth_accounts(struct sl_devnet_call *call);
void sl_devnet_eth_syncing(struct sl_devnet_call *call);
void sl_devnet_net_version(struct sl_devnet_call *call);
void sl_devnet_client_version(struct sl_devnet_call *call);

#endif
