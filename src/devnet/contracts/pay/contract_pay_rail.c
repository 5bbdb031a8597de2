/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "contracts/pay/contract_pay_rail.h"

#include "chain/vm_call.h"
#include "contracts/fwss/contract_fwss.h"
#include "contracts/fwss/contract_fwss_validator.h"
#include "contracts/pay/contract_pay.h"
#include "contracts/pay/contract_pay_account.h"

static const struct sl_address nobody;

/* ---- rows ---- */

int sl_rail_load(struct sl_vm *vm, struct sl_rail *out, uint64_t id)
{
    *out = (struct sl_rail){.id = id};
    const int rc = sl_ledger_db_row(
        vm->db, vm->err,
        "SELECT token, payer, payee, operator, validator, recipient, rate, period, fixed,"
        " settled_to, end_epoch FROM rail WHERE id = ? AND active = 1",
        "i", "aaaaaauiuii", id, &out->token, &out->payer, &out->payee,
        &out->operator, & out->validator, &out->recipient, &out->rate, &out->period, &out->fixed,
        &out->settled_to, &out->end_epoch);
    if (rc == 0)
        return sl_vm_revert(vm, "RailInactiveOrSettled(uint256)", "i", id);
    return rc < 0 ? rc : SL_OK;
}

int sl_rail_save(struct sl_vm *vm, const struct sl_rail *rail)
{
    int rc = sl_vm_sums(vm);
    if (rc == SL_OK)
        rc = sl_ledger_db_run(vm->db, vm->err,
                              "UPDATE rail SET rate = ?, period = ?, fixed = ?, settled_to = ?,"
                              " end_epoch = ? WHERE id = ?",
                              "uiuiii", rail->rate, rail->period, rail->fixed, rail->settled_to,
                              rail->end_epoch, rail->id);
    return rc < 0 ? rc : SL_OK;
}

/* A rail with what is changed together with it, after its payer's passed epochs are locked. */
struct work {
    struct sl_rail rail;
    struct sl_pay_account payer;
    struct sl_pay_approval approval;
};

static int load_work(struct sl_vm *vm, struct work *w)
{
    int rc = sl_pay_load(vm, &w->payer, &w->rail.token, &w->rail.payer);
    if (rc == SL_OK)
        rc = sl_pay_load_approval(vm, &w->approval, &w->rail.token, &w->rail.payer,
                                  &w->rail.operator);
    return rc;
}

static int open_work(struct sl_vm *vm, struct work *w, uint64_t id,
                     const struct sl_address *operator, struct sl_u256 one_time)
{
    int rc = sl_rail_load(vm, &w->rail, id);
    if (rc < 0)
        return rc;
    if (!sl_address_equal(&w->rail.operator, operator))
        return sl_vm_revert(vm, "OnlyRailOperatorAllowed(address,address)", "aa",
                            &w->rail.operator, operator);
    if (sl_u256_cmp(w->rail.fixed, one_time) < 0)
        return sl_vm_revert(vm, "OneTimePaymentExceedsLockup(uint256,uint256,uint256)", "iuu", id,
                            w->rail.fixed, one_time);
    rc = sl_pay_settle_before(vm, &w->rail.token, &w->rail.payer, false);
    return rc < 0 ? rc : load_work(vm, w);
}

static int save_work(struct sl_vm *vm, const struct work *w)
{
    int rc = sl_rail_save(vm, &w->rail);
    if (rc == SL_OK)
        rc = sl_pay_save(vm, &w->payer);
    if (rc == SL_OK)
        rc = sl_pay_save_approval(vm, &w->approval);
    return rc;
}

static int close_work(struct sl_vm *vm, const struct work *w)
{
    return sl_pay_settle_after(vm, &w->rail.token, &w->rail.payer, false);
}

/* ---- creating ---- */

static int insert_rail(struct sl_vm *vm, struct sl_rail *rail)
{
    int rc = sl_ledger_db_row(vm->db, vm->err, "SELECT next_rail FROM chain", "", "i", &rail->id);
    if (rc < 0)
        return rc;
    rail->settled_to = vm->epoch;
    rc = sl_ledger_db_run(vm->db, vm->err, "UPDATE chain SET next_rail = next_rail + 1", "");
    if (rc < 0)
        return rc;
    return sl_ledger_db_run(vm->db, vm->err,
                            "INSERT INTO rail VALUES(?, 1, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, 0)",
                            "iaaaaaauui", rail->id, &rail->token, &rail->payer, &rail->payee,
                            &rail->operator, & rail->validator, &rail->recipient, rail->rate,
                            rail->fixed, rail->settled_to);
}

int sl_rail_create(struct sl_vm *vm, struct sl_rail *rail, const struct sl_address *operator)
{
    struct sl_pay_approval approval;
    if (sl_address_is_zero(&rail->payer))
        return sl_vm_revert(vm, "ZeroAddressNotAllowed(string)", "s", "from");
    if (sl_address_is_zero(&rail->payee))
        return sl_vm_revert(vm, "ZeroAddressNotAllowed(string)", "s", "to");
    int rc = sl_pay_load_approval(vm, &approval, &rail->token, &rail->payer, operator);
    if (rc < 0)
        return rc;
    if (!approval.approved)
        return sl_vm_revert(vm, "OperatorNotApproved(address,address)", "aa",
                            &rail->payer, operator);
    rail->operator= * operator;
    if ((rc = insert_rail(vm, rail)) < 0)
        return rc;
    return sl_vm_emit(
        vm, &vm->at->pay,
        "RailCreated(uint256,address,address,address,address,address,address,uint256)", 3,
        "iaaaaaai", rail->id, &rail->payer, &rail->payee, &rail->token,
        &rail->operator, & rail->validator, &rail->recipient, (uint64_t)0);
}

/* ---- the lockup ---- */

static int relock_terminated(struct sl_vm *vm, struct work *w, uint64_t period,
                             struct sl_u256 fixed)
{
    struct sl_rail *rail = &w->rail;
    struct sl_u256 less;
    if (period != rail->period || !sl_u256_sub(&less, rail->fixed, fixed))
        return sl_vm_revert(vm,
                            "InvalidTerminatedRailModification(uint256,uint256,uint256,uint256)",
                            "iuiu", rail->period, rail->fixed, period, fixed);
    if (sl_u256_cmp(w->payer.lockup, less) < 0)
        return sl_vm_revert(vm, "InsufficientCurrentLockup(address,address,uint256,uint256)",
                            "aauu", &rail->token, &rail->payer, w->payer.lockup, less);
    w->payer.lockup = sl_vm_sub(vm, w->payer.lockup, less);
    return sl_pay_use_lockup(vm, &w->approval, rail->fixed, fixed);
}

/* While the account is in debt nothing may grow. */
static int check_debt(struct sl_vm *vm, const struct work *w, uint64_t period, struct sl_u256 fixed)
{
    const struct sl_rail *rail = &w->rail;
    if (w->payer.settled_at == vm->epoch)
        return SL_OK;
    if (period != rail->period)
        return sl_vm_revert(vm,
                            "LockupPeriodChangeNotAllowedDueToInsufficientFunds(address,address,"
                            "uint256,uint256)",
                            "aaii", &rail->token, &rail->payer, rail->period, period);
    if (sl_u256_cmp(fixed, rail->fixed) > 0)
        return sl_vm_revert(vm,
                            "LockupFixedIncreaseNotAllowedDueToInsufficientFunds(address,address,"
                            "uint256,uint256)",
                            "aauu", &rail->token, &rail->payer, rail->fixed, fixed);
    return SL_OK;
}

static int relock(struct sl_vm *vm, struct work *w, uint64_t period, struct sl_u256 fixed)
{
    struct sl_rail *rail = &w->rail;
    int rc = check_debt(vm, w, period, fixed);
    if (rc < 0)
        return rc;
    if (period > rail->period && sl_u256_cmp(sl_u256(period), w->approval.max_period) > 0)
        return sl_vm_revert(vm,
                            "LockupPeriodExceedsOperatorMaximum(address,address,uint256,uint256)",
                            "aaui", &rail->token, &rail->operator, w->approval.max_period, period);
    const struct sl_u256 before =
        sl_vm_add(vm, rail->fixed, sl_vm_mul(vm, rail->rate, sl_u256(rail->period)));
    const struct sl_u256 after = sl_vm_add(vm, fixed, sl_vm_mul(vm, rail->rate, sl_u256(period)));
    if ((rc = sl_vm_sums(vm)) < 0)
        return rc;
    if (sl_u256_cmp(w->payer.lockup, before) < 0)
        return sl_vm_revert(vm, "CurrentLockupLessThanOldLockup(address,address,uint256,uint256)",
                            "aauu", &rail->token, &rail->payer, before, w->payer.lockup);
    w->payer.lockup = sl_vm_add(vm, sl_vm_sub(vm, w->payer.lockup, before), after);
    return sl_pay_use_lockup(vm, &w->approval, before, after);
}

int sl_rail_lockup(struct sl_vm *vm, uint64_t id, const struct sl_address *operator,
                   uint64_t period, struct sl_u256 fixed)
{
    struct work w;
    int rc = open_work(vm, &w, id, operator, sl_u256(0));
    if (rc < 0)
        return rc;
    const uint64_t old_period = w.rail.period;
    const struct sl_u256 old_fixed = w.rail.fixed;
    rc = w.rail.end_epoch != 0 ? relock_terminated(vm, &w, period, fixed)
                               : relock(vm, &w, period, fixed);
    if (rc < 0)
        return rc;
    w.rail.period = period;
    w.rail.fixed = fixed;
    if ((rc = save_work(vm, &w)) < 0)
        return rc;
    rc = sl_vm_emit(vm, &vm->at->pay, "RailLockupModified(uint256,uint256,uint256,uint256,uint256)",
                    1, "iiiuu", id, old_period, period, old_fixed, fixed);
    return rc < 0 ? rc : close_work(vm, &w);
}

/* ---- the payment ---- */

static int check_payment(struct sl_vm *vm, const struct work *w, struct sl_u256 rate)
{
    const struct sl_rail *rail = &w->rail;
    const int change = sl_u256_cmp(rate, rail->rate);
    if (rail->end_epoch == 0) {
        if (w->payer.settled_at != vm->epoch && change != 0)
            return sl_vm_revert(
                vm, "LockupNotSettledRateChangeNotAllowed(uint256,address,bool,uint256,uint256)",
                "iabuu", rail->id, &rail->payer, 0, rail->rate, rate);
        return SL_OK;
    }
    if (vm->epoch >= rail->end_epoch)
        return sl_vm_revert(vm, "CannotModifyTerminatedRailBeyondEndEpoch(uint256,uint256,uint256)",
                            "iii", rail->id, rail->end_epoch, vm->epoch);
    if (change > 0)
        return sl_vm_revert(vm, "RateChangeNotAllowedOnTerminatedRail(uint256)", "i", rail->id);
    return SL_OK;
}

/* Epochs that are not settled yet are paid at the rate that they had. */
static int remember_rate(struct sl_vm *vm, struct sl_rail *rail, struct sl_u256 rate)
{
    uint64_t count = 0;
    if (sl_u256_cmp(rate, rail->rate) == 0 || rail->settled_to == vm->epoch)
        return SL_OK;
    int rc = sl_ledger_db_row(vm->db, vm->err, "SELECT count(*) FROM rail_change WHERE rail = ?",
                              "i", "i", rail->id, &count);
    if (rc < 0)
        return rc;
    if (count == 0 && sl_u256_is_zero(rail->rate)) {
        rail->settled_to = vm->epoch;
        return SL_OK;
    }
    rc = sl_ledger_db_run(vm->db, vm->err, "INSERT OR IGNORE INTO rail_change VALUES(?, ?, ?)",
                          "iiu", rail->id, vm->epoch, rail->rate);
    return rc < 0 ? rc : SL_OK;
}

static int use_payment(struct sl_vm *vm, struct work *w, struct sl_u256 rate,
                       struct sl_u256 one_time)
{
    struct sl_rail *rail = &w->rail;
    uint64_t epochs = rail->period;
    int rc = SL_OK;
    if (rail->end_epoch != 0)
        epochs = rail->end_epoch - vm->epoch;
    if (rail->end_epoch == 0) {
        w->payer.rate = sl_vm_add(vm, sl_vm_sub(vm, w->payer.rate, rail->rate), rate);
        rc = sl_pay_use_rate(vm, &w->approval, rail->rate, rate);
    }
    const struct sl_u256 before = sl_vm_mul(vm, rail->rate, sl_u256(epochs));
    const struct sl_u256 after = sl_vm_mul(vm, rate, sl_u256(epochs));
    w->payer.lockup = sl_vm_add(vm, sl_vm_sub(vm, w->payer.lockup, before), after);
    w->payer.lockup = sl_vm_sub(vm, w->payer.lockup, one_time);
    if (rc == SL_OK)
        rc = sl_vm_sums(vm);
    return rc < 0 ? rc : sl_pay_use_lockup(vm, &w->approval, before, after);
}

static void use_up_allowance(struct sl_vm *vm, struct sl_pay_approval *approval,
                             struct sl_u256 one_time)
{
    if (sl_u256_is_zero(one_time))
        return;
    approval->lockup_usage = sl_vm_sub(vm, approval->lockup_usage, one_time);
    if (!sl_u256_sub(&approval->lockup_allowance, approval->lockup_allowance, one_time))
        approval->lockup_allowance = sl_u256(0);
}

int sl_pay_charge_fee(struct sl_vm *vm, const struct sl_address *token, struct sl_u256 amount,
                      struct sl_u256 *net, struct sl_u256 *fee)
{
    static const struct sl_address burned = {{[0] = 0xff, [19] = 0x63}}; /* actor f099 */
    if (!sl_u256_div_up(fee, amount, sl_u256(SL_PAY_FEE_DIVISOR)))
        *fee = amount;
    *net = sl_vm_sub(vm, amount, *fee);
    const int rc = sl_vm_sums(vm);
    if (rc < 0)
        return rc;
    if (sl_address_equal(token, &nobody))
        return sl_vm_move_fil(vm, &vm->at->pay, &burned, *fee);
    return sl_pay_credit(vm, token, &vm->at->pay, *fee);
}

static int pay_once(struct sl_vm *vm, const struct sl_rail *rail, struct sl_u256 amount)
{
    struct sl_u256 net, fee;
    if (sl_u256_is_zero(amount))
        return SL_OK;
    int rc = sl_pay_charge_fee(vm, &rail->token, amount, &net, &fee);
    if (rc < 0 || (rc = sl_pay_credit(vm, &rail->token, &rail->payee, net)) < 0)
        return rc;
    return sl_vm_emit(vm, &vm->at->pay,
                      "RailOneTimePaymentProcessed(uint256,uint256,uint256,uint256)", 1, "iuiu",
                      rail->id, net, (uint64_t)0, fee);
}

int sl_rail_payment(struct sl_vm *vm, uint64_t id, const struct sl_address *operator,
                    struct sl_u256 rate, struct sl_u256 one_time)
{
    struct work w;
    int rc = open_work(vm, &w, id, operator, one_time);
    if (rc < 0 || (rc = check_payment(vm, &w, rate)) < 0)
        return rc;
    const struct sl_u256 old_rate = w.rail.rate;
    if ((rc = remember_rate(vm, &w.rail, rate)) < 0 ||
        (rc = use_payment(vm, &w, rate, one_time)) < 0)
        return rc;
    use_up_allowance(vm, &w.approval, one_time);
    w.rail.rate = rate;
    w.rail.fixed = sl_vm_sub(vm, w.rail.fixed, one_time);
    if ((rc = sl_vm_sums(vm)) < 0)
        return rc;
    rc = sl_vm_emit(vm, &vm->at->pay, "RailRateModified(uint256,uint256,uint256)", 1, "iuu", id,
                    old_rate, rate);
    if (rc < 0)
        return rc;
    if (sl_u256_cmp(w.payer.funds, one_time) < 0)
        return sl_vm_revert(vm,
                            "InsufficientFundsForOneTimePayment(address,address,uint256,uint256)",
                            "aauu", &w.rail.token, &w.rail.payer, one_time, w.payer.funds);
    w.payer.funds = sl_vm_sub(vm, w.payer.funds, one_time);
    if ((rc = save_work(vm, &w)) < 0 || (rc = pay_once(vm, &w.rail, one_time)) < 0)
        return rc;
    return close_work(vm, &w);
}

/* ---- the end ---- */

int sl_rail_terminate(struct sl_vm *vm, uint64_t id, const struct sl_address *caller)
{
    struct work w;
    int rc = sl_rail_load(vm, &w.rail, id);
    if (rc < 0)
        return rc;
    if (w.rail.end_epoch != 0)
        return sl_vm_revert(vm, "RailAlreadyTerminated(uint256)", "i", id);
    if ((rc = sl_pay_settle_before(vm, &w.rail.token, &w.rail.payer, false)) < 0 ||
        (rc = load_work(vm, &w)) < 0)
        return rc;
    const bool by_payer =
        sl_address_equal(caller, &w.rail.payer) && w.payer.settled_at == vm->epoch;
    if (!by_payer && !sl_address_equal(caller, &w.rail.operator))
        return sl_vm_revert(vm, "NotAuthorizedToTerminateRail(uint256,address,address,address)",
                            "iaaa", id, &w.rail.payer, &w.rail.operator, caller);
    w.rail.end_epoch = w.payer.settled_at + w.rail.period;
    rc = sl_vm_emit(vm, &vm->at->pay, "RailTerminated(uint256,address,uint256)", 2, "iai", id,
                    caller, w.rail.end_epoch);
    if (rc == SL_OK && !sl_address_is_zero(&w.rail.validator))
        rc = sl_fwss_rail_terminated(vm, id, caller, w.rail.end_epoch);
    if (rc < 0)
        return rc;
    if (sl_u256_cmp(w.payer.rate, w.rail.rate) < 0)
        return sl_vm_revert(vm, "LockupRateInconsistent(uint256,address,uint256,uint256)", "iauu",
                            id, &w.rail.payer, w.rail.rate, w.payer.rate);
    w.payer.rate = sl_vm_sub(vm, w.payer.rate, w.rail.rate);
    rc = sl_pay_use_rate(vm, &w.approval, w.rail.rate, sl_u256(0));
    if (rc == SL_OK)
        rc = save_work(vm, &w);
    return rc < 0 ? rc : close_work(vm, &w);
}
