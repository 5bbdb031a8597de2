/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* contract_fwss_calls.h - the functions of the storage service. Private to devnet. */
#ifndef SL_DEVNET_CONTRACT_FWSS_CALLS_H
#define SL_DEVNET_CONTRACT_FWSS_CALLS_H

#include "chain/ledger_vm.h"

/* The functions of each contract, ending with an empty row. */
extern const struct sl_function sl_fwss_functions[];
extern const struct sl_function sl_fwss_today_functions[];

#endif
