/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* contract_pay_rail.h - rails. Private to devnet. */
#ifndef SL_DEVNET_CONTRACT_PAY_RAIL_H
#define SL_DEVNET_CONTRACT_PAY_RAIL_H

#include "contracts/pay/contract_pay.h"

/** Reverts when the rail is unknown or finalized. */
int sl_rail_load(struct sl_vm *vm, struct sl_rail *out, uint64_t id) SL_MUST_CHECK;
int sl_rail_save(struct sl_vm *vm, const struct sl_rail *rail) SL_MUST_CHECK;

/** token, payer, payee, validator and recipient of `rail` say which; its id is filled in. */
int sl_rail_create(struct sl_vm *vm, struct sl_rail *rail,
                   const struct sl_address *operator) SL_MUST_CHECK;
int sl_rail_lockup(struct sl_vm *vm, uint64_t id, const struct sl_address *operator,
                   uint64_t period, struct sl_u256 fixed) SL_MUST_CHECK;
int sl_rail_payment(struct sl_vm *vm, uint64_t id, const struct sl_address *operator,
                    struct sl_u256 rate, struct sl_u256 one_time) SL_MUST_CHECK;
int sl_rail_terminate(struct sl_vm *vm, uint64_t id, const struct sl_address *caller) SL_MUST_CHECK;

/** The network's half percent of an amount goes to the contract's own account; returns the rest. */
int sl_pay_charge_fee(struct sl_vm *vm, const struct sl_address *token, struct sl_u256 amount,
                      struct sl_u256 *net, struct sl_u256 *fee) SL_MUST_CHECK;

#endif
