/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* rpc_blocks.h - blocks and fees. Private to devnet. */
#ifndef SL_DEVNET_RPC_BLOCKS_H
#define SL_DEVNET_RPC_BLOCKS_H

#include "node/rpc_call.h"

void sl_devnet_eth_block_by_number(struct sl_devnet_call *call);
void sl_devnet_eth_block_by_hash(struct sl_devnet_call *call);
void sl_devnet_eth_fee_history(struct sl_devnet_call *call);

#endif
