/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* contract_pay_settle.h - settling a rail. Private to devnet. */
#ifndef SL_DEVNET_CONTRACT_PAY_SETTLE_H
#define SL_DEVNET_CONTRACT_PAY_SETTLE_H

#include "contracts/pay/contract_pay.h"

int sl_rail_settle(struct sl_vm *vm, uint64_t id, struct sl_u256 until,
                   struct sl_settlement *out) SL_MUST_CHECK;

/** As the payer may do it after the end: all of the rest, proven or not. */
int sl_rail_settle_unproven(struct sl_vm *vm, uint64_t id, const struct sl_address *caller,
                            struct sl_settlement *out) SL_MUST_CHECK;

#endif
