/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* contract_fwss_proving.h - proving periods. Private to devnet. */
#ifndef SL_DEVNET_CONTRACT_FWSS_PROVING_H
#define SL_DEVNET_CONTRACT_FWSS_PROVING_H

#include "contracts/fwss/contract_fwss.h"

int sl_fwss_next_period(struct sl_vm *vm, uint64_t id, uint64_t challenge_epoch,
                        uint64_t leaves) SL_MUST_CHECK;

/** The provider proved in this period. */
int sl_fwss_proven(struct sl_vm *vm, uint64_t id) SL_MUST_CHECK;

#endif
