/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "contracts/pay/contract_pay_account.h"

#include "contracts/pay/contract_pay.h"

int sl_pay_load(struct sl_vm *vm, struct sl_pay_account *out, const struct sl_address *token,
                const struct sl_address *owner)
{
    *out = (struct sl_pay_account){.token = *token, .owner = *owner};
    const int rc = sl_ledger_db_row(
        vm->db, vm->err,
        "SELECT funds, lockup, rate, settled_at FROM pay_account WHERE token = ? AND owner = ?",
        "aa", "uuui", token, owner, &out->funds, &out->lockup, &out->rate, &out->settled_at);
    return rc < 0 ? rc : SL_OK;
}

int sl_pay_save(struct sl_vm *vm, const struct sl_pay_account *account)
{
    int rc = sl_vm_sums(vm);
    if (rc == SL_OK)
        rc = sl_ledger_db_run(vm->db, vm->err,
                              "INSERT OR REPLACE INTO pay_account VALUES(?, ?, ?, ?, ?, ?)",
                              "aauuui", &account->token, &account->owner, account->funds,
                              account->lockup, account->rate, account->settled_at);
    return rc < 0 ? rc : SL_OK;
}

int sl_pay_credit(struct sl_vm *vm, const struct sl_address *token, const struct sl_address *owner,
                  struct sl_u256 amount)
{
    struct sl_pay_account account;
    const int rc = sl_pay_load(vm, &account, token, owner);
    if (rc < 0)
        return rc;
    account.funds = sl_vm_add(vm, account.funds, amount);
    return sl_pay_save(vm, &account);
}

int sl_pay_load_approval(struct sl_vm *vm, struct sl_pay_approval *out,
                         const struct sl_address *token, const struct sl_address *client,
                         const struct sl_address *operator)
{
    uint64_t approved = 0;
    *out = (struct sl_pay_approval){.token = *token, .client = *client, .operator= * operator};
    const int rc = sl_ledger_db_row(
        vm->db, vm->err,
        "SELECT approved, rate_allowance, lockup_allowance, rate_usage, lockup_usage, max_period"
        " FROM pay_approval WHERE token = ? AND client = ? AND operator = ?",
        "aaa", "iuuuuu", token, client, operator, & approved, &out->rate_allowance,
        &out->lockup_allowance, &out->rate_usage, &out->lockup_usage, &out->max_period);
    out->approved = approved != 0;
    return rc < 0 ? rc : SL_OK;
}

int sl_pay_save_approval(struct sl_vm *vm, const struct sl_pay_approval *approval)
{
    int rc = sl_vm_sums(vm);
    if (rc == SL_OK)
        rc = sl_ledger_db_run(
            vm->db, vm->err,
            "INSERT OR REPLACE INTO pay_approval VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)", "aaaiuuuuu",
            &approval->token, &approval->client, &approval->operator,(uint64_t) approval->approved,
            approval->rate_allowance, approval->lockup_allowance, approval->rate_usage,
            approval->lockup_usage, approval->max_period);
    return rc < 0 ? rc : SL_OK;
}

/* Locks as many whole epochs as the funds reach for. Returns 1 when it moved. */
static int lock_passed(struct sl_vm *vm, struct sl_pay_account *account)
{
    uint64_t epochs = vm->epoch - account->settled_at;
    struct sl_u256 affordable, cost;
    if (epochs == 0)
        return 0;
    if (!sl_u256_is_zero(account->rate)) {
        const struct sl_u256 free_funds = sl_vm_sub(vm, account->funds, account->lockup);
        if (sl_u256_is_zero(free_funds))
            return 0;
        if (sl_u256_div(&affordable, free_funds, account->rate))
            epochs = sl_u256_min_of(affordable, sl_u256(epochs)).limb[0];
        cost = sl_vm_mul(vm, account->rate, sl_u256(epochs));
        account->lockup = sl_vm_add(vm, account->lockup, cost);
    }
    account->settled_at += epochs;
    const int rc = sl_vm_sums(vm);
    return rc < 0 ? rc : 1;
}

static int settle(struct sl_vm *vm, const struct sl_address *token, const struct sl_address *owner)
{
    struct sl_pay_account account;
    int rc = sl_pay_load(vm, &account, token, owner);
    if (rc < 0 || (rc = lock_passed(vm, &account)) <= 0)
        return rc;
    if ((rc = sl_pay_save(vm, &account)) < 0)
        return rc;
    return sl_vm_emit(vm, &vm->at->pay,
                      "AccountLockupSettled(address,address,uint256,uint256,uint256)", 2, "aauui",
                      token, owner, account.lockup, account.rate, account.settled_at);
}

static int check(struct sl_vm *vm, const struct sl_address *token, const struct sl_address *owner,
                 bool fully, const char *uncovered, const char *unsettled)
{
    struct sl_pay_account account;
    int rc = sl_pay_load(vm, &account, token, owner);
    if (rc < 0)
        return rc;
    if (sl_u256_cmp(account.funds, account.lockup) < 0)
        return sl_vm_revert_text(vm, uncovered);
    if ((rc = settle(vm, token, owner)) < 0 || !fully)
        return rc;
    rc = sl_pay_load(vm, &account, token, owner);
    if (rc == SL_OK && account.settled_at != vm->epoch)
        return sl_vm_revert_text(vm, unsettled);
    return rc;
}

int sl_pay_settle_before(struct sl_vm *vm, const struct sl_address *token,
                         const struct sl_address *owner, bool fully)
{
    return check(
        vm, token, owner, fully,
        "invariant failure: insufficient funds to cover lockup before function execution",
        "payers's full account lockup was not met as a precondition of the requested operation");
}

int sl_pay_settle_after(struct sl_vm *vm, const struct sl_address *token,
                        const struct sl_address *owner, bool fully)
{
    return check(
        vm, token, owner, fully,
        "invariant failure: insufficient funds to cover lockup after function execution",
        "payers's full account lockup was not met as a postcondition of the requested operation");
}

void sl_pay_peek(struct sl_vm *vm, const struct sl_pay_account *account,
                 struct sl_u256 *funded_until, struct sl_u256 *available)
{
    const struct sl_u256 free_funds = sl_vm_sub(vm, account->funds, account->lockup);
    const struct sl_u256 settled_at = sl_u256(account->settled_at);
    struct sl_u256 epochs;
    *funded_until = sl_u256_max();
    if (sl_u256_div(&epochs, free_funds, account->rate))
        *funded_until = sl_vm_add(vm, settled_at, epochs);
    const struct sl_u256 until = sl_u256_min_of(*funded_until, sl_u256(vm->epoch));
    const struct sl_u256 owed = sl_vm_mul(vm, account->rate, sl_vm_sub(vm, until, settled_at));
    *available = sl_vm_sub(vm, free_funds, owed);
}

/* ---- usage of allowances ---- */

static struct sl_u256 lowered(struct sl_u256 usage, struct sl_u256 from, struct sl_u256 to)
{
    struct sl_u256 down;
    if (!sl_u256_sub(&down, from, to) || !sl_u256_sub(&usage, usage, down))
        usage = sl_u256(0);
    return usage;
}

static int use(struct sl_vm *vm, struct sl_u256 *usage, struct sl_u256 allowance,
               struct sl_u256 from, struct sl_u256 to, const char *exceeded)
{
    if (sl_u256_cmp(to, from) <= 0) {
        *usage = lowered(*usage, from, to);
        return SL_OK;
    }
    const struct sl_u256 attempted = sl_vm_add(vm, *usage, sl_vm_sub(vm, to, from));
    const int rc = sl_vm_sums(vm);
    if (rc < 0)
        return rc;
    if (sl_u256_cmp(attempted, allowance) > 0)
        return sl_vm_revert(vm, exceeded, "uu", allowance, attempted);
    *usage = attempted;
    return SL_OK;
}

int sl_pay_use_rate(struct sl_vm *vm, struct sl_pay_approval *approval, struct sl_u256 from,
                    struct sl_u256 to)
{
    return use(vm, &approval->rate_usage, approval->rate_allowance, from, to,
               "OperatorRateAllowanceExceeded(uint256,uint256)");
}

int sl_pay_use_lockup(struct sl_vm *vm, struct sl_pay_approval *approval, struct sl_u256 from,
                      struct sl_u256 to)
{
    return use(vm, &approval->lockup_usage, approval->lockup_allowance, from, to,
               "OperatorLockupAllowanceExceeded(uint256,uint256)");
}
