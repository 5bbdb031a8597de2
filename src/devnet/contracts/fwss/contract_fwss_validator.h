/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* contract_fwss_validator.h - what FilecoinPay asks about the rail of a data set. Private to
 * devnet. */
#ifndef SL_DEVNET_CONTRACT_FWSS_VALIDATOR_H
#define SL_DEVNET_CONTRACT_FWSS_VALIDATOR_H

#include "contracts/fwss/contract_fwss.h"

/** How much of `amount` for the epochs from .. to is due: what was proven. */
int sl_fwss_validate(struct sl_vm *vm, uint64_t rail, struct sl_u256 amount, uint64_t from,
                     uint64_t to, struct sl_fwss_verdict *out) SL_MUST_CHECK;
int sl_fwss_rail_terminated(struct sl_vm *vm, uint64_t rail, const struct sl_address *caller,
                            uint64_t end_epoch) SL_MUST_CHECK;

/** Epoch `period` (from 0) of a data set's proving ends. */
uint64_t sl_fwss_deadline_of(const struct sl_vm *vm, uint64_t activation, uint64_t period);

/** The period that an epoch after the activation lies in. */
uint64_t sl_fwss_period_of(const struct sl_vm *vm, uint64_t activation, uint64_t epoch);

#endif
