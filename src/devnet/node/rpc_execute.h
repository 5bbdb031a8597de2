/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* rpc_execute.h - eth_call and eth_estimateGas. Private to devnet. */
#ifndef SL_DEVNET_RPC_EXECUTE_H
#define SL_DEVNET_RPC_EXECUTE_H

#include "node/rpc_call.h"

void sl_devnet_eth_call(struct sl_devnet_call *call);
void sl_devnet_eth_estimate_gas(struct sl_devnet_call *call);

#endif
