/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* rpc.h - JSON-RPC over HTTP: calls and batches. Private to devnet. */
#ifndef SL_DEVNET_RPC_H
#define SL_DEVNET_RPC_H

#include "http/server.h"

void sl_devnet_rpc(struct sl_devnet_request *request);

#endif
