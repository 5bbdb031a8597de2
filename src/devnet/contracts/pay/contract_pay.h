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

extern const struct sl_function sl_pay_functions[];

#endif
