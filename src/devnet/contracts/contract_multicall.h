/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* contract_multicall.h - Multicall3. Private to devnet. */
#ifndef SL_DEVNET_CONTRACT_MULTICALL_H
#define SL_DEVNET_CONTRACT_MULTICALL_H

#include "chain/ledger_vm.h"

extern const struct sl_function sl_contract_multicall_functions[];

#endif
