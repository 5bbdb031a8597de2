/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * contract_pay.h - FilecoinPay 1.0.0: accounts whose funds are locked as epochs pass, and rails
 * that pay out of what is locked. Source: protocol/chain.md sections 5 to 7, flows.md a.
 *
 * Every change of an account or a rail stands between two settlements of its payer: what the passed
 * epochs cost is locked first, and what is locked never exceeds the funds.
 */
#ifndef SL_DEVNET_CONTRACT_PAY_H
#define SL_DEVNET_CONTRACT_PAY_H

#include "chain/ledger_vm.h"

enum { SL_PAY_FEE_DIVISOR = 200 }; /* the network takes half a percent, rounded up */

struct sl_pay_account {
    struct sl_address token;
    struct sl_address owner;
    struct sl_u256 funds;
    struct sl_u256 lockup; /* part of the funds */
    struct sl_u256 rate;   /* what an epoch adds to it */
    uint64_t settled_at;   /* epoch up to which it was added */
};

struct sl_pay_approval {
    struct sl_address token;
    struct sl_address client;
    struct sl_address operator;
    bool approved;
    struct sl_u256 rate_allowance;
    struct sl_u256 lockup_allowance;
    struct sl_u256 rate_usage;
    struct sl_u256 lockup_usage;
    struct sl_u256 max_period;
};

struct sl_rail {
    uint64_t id;
    struct sl_address token;
    struct sl_address payer;
    struct sl_address payee;
    struct sl_address operator;
    struct sl_address validator; /* zero or the storage service */
    struct sl_address recipient; /* of a commission; it is always 0 */
    struct sl_u256 rate;
    uint64_t period;
    struct sl_u256 fixed;
    uint64_t settled_to;
    uint64_t end_epoch; /* 0: not terminated */
};

/** What settleRail() answers. */
struct sl_settlement {
    struct sl_u256 total;
    struct sl_u256 net;
    struct sl_u256 fee;
    uint64_t settled_to;
    struct sl_buf note; /* owned: sl_buf_free() */
};

/* ---- accounts and approvals (contract_pay_account.c) ---- */

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

/* ---- rails (contract_pay_rail.c); `operator` is who calls ---- */

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

/** Usage of an operator's allowances going from one figure to another; reverts above them. */
int sl_pay_use_rate(struct sl_vm *vm, struct sl_pay_approval *approval, struct sl_u256 from,
                    struct sl_u256 to) SL_MUST_CHECK;
int sl_pay_use_lockup(struct sl_vm *vm, struct sl_pay_approval *approval, struct sl_u256 from,
                      struct sl_u256 to) SL_MUST_CHECK;

/** The network's half percent of an amount goes to the contract's own account; returns the rest. */
int sl_pay_charge_fee(struct sl_vm *vm, const struct sl_address *token, struct sl_u256 amount,
                      struct sl_u256 *net, struct sl_u256 *fee) SL_MUST_CHECK;

/* ---- settling (contract_pay_settle.c) ---- */

int sl_rail_settle(struct sl_vm *vm, uint64_t id, struct sl_u256 until,
                   struct sl_settlement *out) SL_MUST_CHECK;
/** As the payer may do it after the end: all of the rest, proven or not. */
int sl_rail_settle_unproven(struct sl_vm *vm, uint64_t id, const struct sl_address *caller,
                            struct sl_settlement *out) SL_MUST_CHECK;

#endif
