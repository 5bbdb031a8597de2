/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The costs of a data set, as rails of FilecoinPay. */
#include "contracts/fwss/contract_fwss_rail.h"

#include "chain/vm_call.h"
#include "contracts/fwss/contract_fwss.h"
#include "contracts/fwss/contract_fwss_terms.h"
#include "contracts/pay/contract_pay.h"
#include "contracts/pay/contract_pay_account.h"
#include "contracts/pay/contract_pay_rail.h"

static uint64_t data_set_rate(const struct sl_vm *vm)
{
    return sl_fwss_terms(vm->profile)->data_set_month / SL_FWSS_MONTH;
}

/* An epoch of so many leaves of 32 bytes, 127 of 128 of which are payload. All of it fits: there
 * are less than 2^64 leaves. */
static struct sl_u256 rate_of(struct sl_vm *vm, uint64_t leaves)
{
    struct sl_u256 bytes, rate;
    if (leaves == 0)
        return sl_u256(0);
    bytes = sl_u256_shr(sl_vm_mul(vm, sl_u256(leaves), sl_u256(32UL * 127)), 7);
    const struct sl_u256 price = sl_vm_mul(vm, bytes, sl_u256(SL_FWSS_PRICE_PER_TIB_MONTH));
    if (!sl_u256_div(&rate, price, sl_u256((UINT64_C(1) << 40) * SL_FWSS_MONTH)))
        rate = sl_u256(0);
    return sl_vm_add(vm, rate, sl_u256(data_set_rate(vm)));
}

static int check_approval(struct sl_vm *vm, const struct sl_address *payer, struct sl_u256 lockup)
{
    struct sl_pay_approval a;
    const struct sl_address *fwss = &vm->at->fwss;
    const struct sl_u256 rate = sl_u256(data_set_rate(vm));
    int rc = sl_pay_load_approval(vm, &a, &vm->at->usdfc, payer, fwss);
    if (rc < 0)
        return rc;
    if (!a.approved)
        return sl_vm_revert(vm, "OperatorNotApproved(address,address)", "aa", payer, fwss);
    const struct sl_u256 rate_needed = sl_vm_add(vm, a.rate_usage, rate);
    const struct sl_u256 lockup_needed = sl_vm_add(vm, a.lockup_usage, lockup);
    if ((rc = sl_vm_sums(vm)) < 0)
        return rc;
    if (sl_u256_cmp(a.rate_allowance, rate_needed) < 0)
        return sl_vm_revert(vm,
                            "InsufficientRateAllowance(address,address,uint256,uint256,uint256)",
                            "aauuu", payer, fwss, a.rate_allowance, a.rate_usage, rate);
    if (sl_u256_cmp(a.lockup_allowance, lockup_needed) < 0)
        return sl_vm_revert(vm,
                            "InsufficientLockupAllowance(address,address,uint256,uint256,uint256)",
                            "aauuu", payer, fwss, a.lockup_allowance, a.lockup_usage, lockup);
    if (sl_u256_cmp(a.max_period, sl_u256(SL_FWSS_LOCKUP_PERIOD)) < 0)
        return sl_vm_revert(vm, "InsufficientMaxLockupPeriod(address,address,uint256,uint256)",
                            "aaui", payer, fwss, a.max_period, (uint64_t)SL_FWSS_LOCKUP_PERIOD);
    return SL_OK;
}

static int check_funds(struct sl_vm *vm, const struct sl_address *payer, bool cdn)
{
    struct sl_pay_account account;
    struct sl_u256 until, available;
    /* the lockup period is the month that the fee is for */
    const struct sl_fwss_terms *terms = sl_fwss_terms(vm->profile);
    const struct sl_u256 needed = sl_u256(terms->data_set_month + terms->reserve +
                                          (cdn ? SL_FWSS_CDN_LOCKUP + SL_FWSS_CACHE_LOCKUP : 0));
    int rc = sl_pay_load(vm, &account, &vm->at->usdfc, payer);
    if (rc < 0)
        return rc;
    sl_pay_peek(vm, &account, &until, &available);
    if ((rc = sl_vm_sums(vm)) < 0)
        return rc;
    if (sl_u256_cmp(available, needed) < 0)
        return sl_vm_revert(vm, "InsufficientLockupFunds(address,uint256,uint256)", "auu", payer,
                            needed, available);
    return check_approval(vm, payer, needed);
}

static int create_rail(struct sl_vm *vm, const struct sl_fwss_set *set,
                       const struct sl_address *payee, bool validated, uint64_t period,
                       uint64_t fixed, uint64_t *id)
{
    struct sl_rail rail = {
        .token = vm->at->usdfc, .payer = set->payer, .payee = *payee, .recipient = vm->at->fwss};
    if (validated)
        rail.validator = vm->at->fwss;
    const int rc = sl_rail_create(vm, &rail, &vm->at->fwss);
    *id = rail.id;
    return rc < 0 ? rc : sl_rail_lockup(vm, rail.id, &vm->at->fwss, period, sl_u256(fixed));
}

int sl_fwss_create_rails(struct sl_vm *vm, struct sl_fwss_set *set, bool cdn)
{
    int rc = check_funds(vm, &set->payer, cdn);
    if (rc == SL_OK)
        rc = create_rail(vm, set, &set->payee, true, SL_FWSS_LOCKUP_PERIOD,
                         sl_fwss_terms(vm->profile)->reserve, &set->pdp_rail);
    if (rc < 0 || !cdn)
        return rc;
    rc = create_rail(vm, set, &set->payee, false, SL_FWSS_CDN_PERIOD, SL_FWSS_CACHE_LOCKUP,
                     &set->cache_rail);
    if (rc == SL_OK)
        rc = create_rail(vm, set, &vm->at->filbeam, false, SL_FWSS_CDN_PERIOD, SL_FWSS_CDN_LOCKUP,
                         &set->cdn_rail);
    if (rc < 0)
        return rc;
    return sl_vm_emit(vm, &vm->at->fwss,
                      "CDNPaymentRailsToppedUp(uint256,uint256,uint256,uint256,uint256)", 1,
                      "iiiii", set->id, SL_FWSS_CDN_LOCKUP, SL_FWSS_CDN_LOCKUP,
                      SL_FWSS_CACHE_LOCKUP, SL_FWSS_CACHE_LOCKUP);
}

int sl_fwss_replenish(struct sl_vm *vm, struct sl_fwss_set *set)
{
    const struct sl_fwss_terms *terms = sl_fwss_terms(vm->profile);
    const struct sl_u256 least = sl_vm_add(vm, set->pending, sl_u256(terms->replenish));
    if (set->end_epoch != 0 || sl_u256_cmp(set->reserve, least) >= 0)
        return SL_OK;
    set->reserve = sl_vm_add(vm, set->pending, sl_u256(terms->reserve));
    return sl_rail_lockup(vm, set->pdp_rail, &vm->at->fwss, SL_FWSS_LOCKUP_PERIOD, set->reserve);
}

int sl_fwss_update_rate(struct sl_vm *vm, struct sl_fwss_set *set, uint64_t leaves, bool ends_now)
{
    const struct sl_u256 rate = rate_of(vm, leaves);
    struct sl_u256 fees = set->pending;
    int rc;
    if (ends_now) {
        rc = sl_rail_lockup(vm, set->pdp_rail, &vm->at->fwss, 0, fees);
        set->reserve = sl_u256(0);
    } else {
        rc = sl_fwss_replenish(vm, set);
        fees = sl_u256_min_of(fees, set->reserve);
        set->reserve = sl_vm_sub(vm, set->reserve, fees);
    }
    set->pending = sl_u256(0);
    if (rc == SL_OK)
        rc = sl_rail_payment(vm, set->pdp_rail, &vm->at->fwss, rate, fees);
    if (rc == SL_OK)
        rc = sl_vm_emit(vm, &vm->at->fwss, "RailRateUpdated(uint256,uint256,uint256)", 1, "iiu",
                        set->id, set->pdp_rail, rate);
    return rc < 0 ? rc : sl_vm_sums(vm);
}

static int try_terminate(struct sl_vm *vm, uint64_t rail)
{
    size_t mark;
    bool caught;
    int rc = sl_vm_try(vm, &mark);
    if (rc < 0)
        return rc;
    rc = sl_rail_terminate(vm, rail, &vm->at->fwss);
    return sl_vm_try_end(vm, mark, rc, &caught);
}

int sl_fwss_terminate_cdn(struct sl_vm *vm, const struct sl_fwss_set *set,
                          const struct sl_address *caller)
{
    int rc = try_terminate(vm, set->cache_rail);
    if (rc == SL_OK)
        rc = try_terminate(vm, set->cdn_rail);
    if (rc < 0)
        return rc;
    return sl_vm_emit(vm, &vm->at->fwss, "CDNServiceTerminated(address,uint256,uint256,uint256)", 2,
                      "aiii", caller, set->id, set->cache_rail, set->cdn_rail);
}
