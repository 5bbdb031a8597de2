/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* contract_registry.h - ServiceProviderRegistry as the storage service asks it. */
#ifndef SL_DEVNET_CONTRACT_REGISTRY_H
#define SL_DEVNET_CONTRACT_REGISTRY_H

#include "chain/ledger_vm.h"

/** The id and the payee of a provider by the address that sends for it; id 0 when unknown. */
int sl_registry_find(struct sl_vm *vm, const struct sl_address *provider, uint64_t *id,
                     struct sl_address *payee) SL_MUST_CHECK;

extern const struct sl_function sl_registry_functions[];
extern const struct sl_function sl_endorsement_functions[];

#endif
