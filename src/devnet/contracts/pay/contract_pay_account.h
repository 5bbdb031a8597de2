/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* contract_pay_account.h - accounts and approvals. Private to devnet. */
#ifndef SL_DEVNET_CONTRACT_PAY_ACCOUNT_H
#define SL_DEVNET_CONTRACT_PAY_ACCOUNT_H

#include "contracts/pay/contract_pay.h"

int sl_pay_load(struct sl_vm *vm, struct sl_pay_account *out, const struct sl_address *token,
                const struct sl_address *owner) SL_MUST_CHECK;
int sl_pay_save(struct sl_vm *vm, const struct sl_pay_account *account) SL_MUST_CHECK;

/** Add to the funds of an account that nobody holds loaded. */
int sl_pay_credit(struct sl_vm *vm, const struct sl_address *token, const struct sl_address *owner,
                  struct sl_u256 amount) SL_MUST_CHECK;
int sl_pay_load_approval(struct sl_vm *vm, struct sl_pay_approval *out,
                         const struct sl_address *token, const struct sl_address *client,
                         const struct sl_address *operator) SL_MUST_CHECK;
int sl_pay_save_approval(struct sl_vm *vm, const struct sl_pay_approval *approval) SL_MUST_CHECK;

/** Lock what passed and check that the funds cover it; `fully`: all epochs up to now. */
int sl_pay_settle_before(struct sl_vm *vm, const struct sl_address *token,
                         const struct sl_address *owner, bool fully) SL_MUST_CHECK;
int sl_pay_settle_after(struct sl_vm *vm, const struct sl_address *token,
                        const struct sl_address *owner, bool fully) SL_MUST_CHECK;

/** What an account has now, without writing it down: epoch up to which the funds reach (all ones
 * when nothing is paid) and what could be withdrawn. */
void sl_pay_peek(struct sl_vm *vm, const struct sl_pay_account *account,
                 struct sl_u256 *funded_until, struct sl_u256 *available);

/** Usage of an operator's allowances going from one figure to another; reverts above them. */
int sl_pay_use_rate(struct sl_vm *vm, struct sl_pay_approval *approval, struct sl_u256 from,
                    struct sl_u256 to) SL_MUST_CHECK;
int sl_pay_use_lockup(struct sl_vm *vm, struct sl_pay_approval *approval, struct sl_u256 from,
                      struct sl_u256 to) SL_MUST_CHECK;

#endif
