/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* contract_pdp_store.h - rows of PDPVerifier's data sets. Private to devnet. */
#ifndef SL_DEVNET_CONTRACT_PDP_STORE_H
#define SL_DEVNET_CONTRACT_PDP_STORE_H

#include "contracts/pdp/contract_pdp.h"

/** Returns 1, or 0 when there is none. */
int sl_pdp_load(struct sl_vm *vm, struct sl_pdp_set *out, uint64_t id) SL_MUST_CHECK;
int sl_pdp_save(struct sl_vm *vm, const struct sl_pdp_set *set) SL_MUST_CHECK;

/** Reverts unless the set is there. */
int sl_pdp_load_live(struct sl_vm *vm, struct sl_pdp_set *out, struct sl_u256 id) SL_MUST_CHECK;
bool sl_pdp_has_listener(const struct sl_pdp_set *set);

#endif
