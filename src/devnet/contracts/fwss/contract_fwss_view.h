/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* contract_fwss_view.h - the functions of the storage service's View. Private to devnet. */
#ifndef SL_DEVNET_CONTRACT_FWSS_VIEW_H
#define SL_DEVNET_CONTRACT_FWSS_VIEW_H

#include "chain/ledger_vm.h"

extern const struct sl_function sl_contract_view_functions[];
extern const struct sl_function sl_contract_view_1_3_functions[]; /* besides, by profile */

extern const struct sl_function sl_contract_view_today_functions[];

#endif
