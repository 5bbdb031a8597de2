/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* contract_fwss_rail.h - the rails of a data set. Private to devnet. */
#ifndef SL_DEVNET_CONTRACT_FWSS_RAIL_H
#define SL_DEVNET_CONTRACT_FWSS_RAIL_H

#include "contracts/fwss/contract_fwss.h"

int sl_fwss_create_rails(struct sl_vm *vm, struct sl_fwss_set *set, bool cdn) SL_MUST_CHECK;

/** Pay the pending fees and set the rate for so many leaves; `ends_now` gives the reserve back. */
int sl_fwss_update_rate(struct sl_vm *vm, struct sl_fwss_set *set, uint64_t leaves,
                        bool ends_now) SL_MUST_CHECK;

/** Fill the reserve up when it runs low. */
int sl_fwss_replenish(struct sl_vm *vm, struct sl_fwss_set *set) SL_MUST_CHECK;
int sl_fwss_terminate_cdn(struct sl_vm *vm, const struct sl_fwss_set *set,
                          const struct sl_address *caller) SL_MUST_CHECK;

#endif
