/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Approvals that are too small, and accounts that have too little. */
#include <stdlib.h>
#include <string.h>

#include "support/test.h"
#include "unit/observed.h"

static void revoke_operator(struct ledger_kit *kit)
{
    assert_true(kit_approve(kit, false, sl_u256(0), sl_u256(0), 0));
}

static void no_rate(struct ledger_kit *kit)
{
    assert_true(kit_approve(kit, true, sl_u256(0), sl_u256_max(), 86400));
}

static void no_lockup(struct ledger_kit *kit)
{
    assert_true(kit_approve(kit, true, sl_u256_max(), sl_u256(0), 86400));
}

static void short_period(struct ledger_kit *kit)
{
    assert_true(kit_approve(kit, true, sl_u256_max(), sl_u256_max(), 86399));
}

static void little_rate(struct ledger_kit *kit)
{
    assert_true(kit_approve(kit, true, sl_u256(UINT64_C(400000000000)), sl_u256_max(), 86400));
}

/* Withdraws all but 0.1 USDFC of what is free; eleven epochs later the case was run. */
static void little_money(struct ledger_kit *kit)
{
    struct sl_abi_writer w = {0};
    const struct sl_address client = kit_address(kit, CLIENT);
    struct sl_u256 amount;
    sl_abi_call(&w, "getAccountInfoIfSettled(address,address)");
    sl_abi_put_address(&w, &kit->at->usdfc);
    sl_abi_put_address(&w, &client);
    struct sl_abi_reader r = kit_view(kit, &kit->at->pay, "(uint256,uint256,uint256,uint256)", &w);
    (void)sl_abi_get_u256(&r);
    (void)sl_abi_get_u256(&r);
    amount = sl_abi_get_u256(&r);
    assert_true(sl_u256_sub(&amount, amount, sl_u256(UINT64_C(100000000000000000))));
    sl_abi_call(&w, "withdraw(address,uint256)");
    sl_abi_put_address(&w, &kit->at->usdfc);
    sl_abi_put_u256(&w, amount);
    assert_true(kit_send(kit, CLIENT, &kit->at->pay, sl_u256(0), &w));
    kit_skip(kit, 10);
}

#define ERROR_TEXT  "Error(string)"
#define ERROR_RATE  "OperatorRateAllowanceExceeded(uint256,uint256)"
#define ERROR_FUNDS "InsufficientLockupFunds(address,uint256,uint256)"

static const struct observed_case cases[] = {
    {.name = "money: operator approval withdrawn, create+add",
     .before = revoke_operator,
     .error = "OperatorNotApproved(address,address)",
     .args = "@client,@fwss"},
    {.name = "money: operator approval withdrawn, add to existing",
     .action = ADD,
     .bytes = 2000,
     .before = revoke_operator,
     .error = ERROR_RATE,
     .args = "0,555557585074"},
    {.name = "money: rate allowance 0, create+add",
     .before = no_rate,
     .error = "InsufficientRateAllowance(address,address,uint256,uint256,uint256)",
     .args = "@client,@fwss,0,555557532441,277777777777"},
    {.name = "money: lockup allowance 0, create+add",
     .before = no_lockup,
     .error = "InsufficientLockupAllowance(address,address,uint256,uint256,uint256)",
     .args = "@client,@fwss,0,131900170802902400,124000000000000000"},
    {.name = "money: max lockup period 86399, create+add",
     .before = short_period,
     .error = "InsufficientMaxLockupPeriod(address,address,uint256,uint256)",
     .args = "@client,@fwss,86399,86400"},
    {.name = "money: add of a 64 TiB piece with 100 USDFC deposited",
     .action = ADD,
     .bytes = UINT64_C(127) << 39,
     .error = ERROR_TEXT,
     .args = "invariant failure: insufficient funds to cover lockup after function execution"},
    {.name = "money: add of a 1 GiB piece above the rate allowance",
     .action = ADD,
     .bytes = 1065353216,
     .before = little_rate,
     .error = ERROR_RATE,
     .args = "400000000000,583593791280"},
    {.name = "money: 0.1 USDFC free, create+add",
     .before = little_money,
     .error = ERROR_FUNDS,
     .args = "@client,124000000000000000,99993888867143149"},
    {.name = "money: 0.1 USDFC free, add a small piece to existing set",
     .action = ADD,
     .before = little_money},
};

const struct observed_list observed_money = OBSERVED_LIST(cases);
