/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* contract_fwss_store.h - rows of the storage service's data sets. Private to devnet. */
#ifndef SL_DEVNET_CONTRACT_FWSS_STORE_H
#define SL_DEVNET_CONTRACT_FWSS_STORE_H

#include "contracts/fwss/contract_fwss.h"

/** Returns 1, or 0 when there is none (*out is zero but for its id). */
int sl_fwss_load(struct sl_vm *vm, struct sl_fwss_set *out, uint64_t id) SL_MUST_CHECK;
int sl_fwss_save(struct sl_vm *vm, const struct sl_fwss_set *set) SL_MUST_CHECK;

/** When the provider has to look at the set again. */
int sl_fwss_set_due(struct sl_vm *vm, uint64_t id, uint64_t epoch) SL_MUST_CHECK;

#endif
