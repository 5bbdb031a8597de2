/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/costs.h"

#include "signed_amount.h"

static bool is_later(struct sl_u256 a, struct sl_u256 b)
{
    return sl_u256_cmp(a, b) > 0;
}

static struct sl_u256 or_zero(struct sl_u256 a, struct sl_u256 b)
{
    struct sl_u256 out = sl_u256(0);
    return sl_u256_sub(&out, a, b) ? out : sl_u256(0);
}

/* Epochs between `settled_at` and the end of the free funds; `behind`: the end comes first. */
struct funded {
    bool for_ever;
    bool behind;
    struct sl_u256 epochs;
};

static struct funded funded(const struct sl_account *account)
{
    struct funded out = {.behind = is_later(account->lockup, account->funds)};
    struct sl_u256 free_funds = or_zero(account->funds, account->lockup);
    if (out.behind)
        free_funds = or_zero(account->lockup, account->funds);
    out.for_ever = !sl_u256_div(&out.epochs, free_funds, account->rate);
    return out;
}

/* An end at the largest number, or beyond it, is no end. */
static bool ends_never(const struct sl_account *account, struct funded end)
{
    struct sl_u256 epoch;
    if (end.for_ever || end.behind)
        return end.for_ever;
    return !sl_u256_add(&epoch, account->settled_at, end.epochs) ||
           sl_u256_cmp(epoch, sl_u256_max()) == 0;
}

/* The runway: the epochs from now to the end of the funds. */
static struct sl_u256 runway(const struct sl_account *account, struct funded end,
                             struct sl_u256 now, bool *overflow)
{
    struct sl_signed_amount sum = {0};
    if (ends_never(account, end))
        return sl_u256_max();
    if (end.behind)
        sl_signed_amount_sub(&sum, end.epochs);
    else
        sl_signed_amount_add(&sum, end.epochs);
    if (is_later(now, account->settled_at))
        sl_signed_amount_sub(&sum, or_zero(now, account->settled_at));
    else
        sl_signed_amount_add(&sum, or_zero(account->settled_at, now));
    *overflow = sum.overflow;
    return sl_signed_amount_or_zero(&sum);
}

/* Funds that are not locked at `epoch`, which is not after the end of the funds. */
static struct sl_signed_amount unlocked(const struct sl_account *account, struct sl_u256 epoch)
{
    struct sl_signed_amount sum = {.plus = account->funds, .minus = account->lockup};
    if (is_later(epoch, account->settled_at))
        sl_signed_amount_sub_product(&sum, account->rate, or_zero(epoch, account->settled_at));
    else
        sl_signed_amount_add_product(&sum, account->rate, or_zero(account->settled_at, epoch));
    return sum;
}

/* Settling stops at the end of the funds, with less than the price of one epoch left. */
static struct sl_signed_amount available(const struct sl_account *account, struct funded end,
                                         struct sl_u256 now)
{
    struct sl_signed_amount left = {0};
    if (end.behind) {
        struct sl_u256 ahead = or_zero(account->settled_at, now);
        return is_later(ahead, end.epochs) ? unlocked(account, now) : left;
    }
    struct sl_u256 passed = or_zero(now, account->settled_at);
    if (end.for_ever || !is_later(passed, end.epochs))
        return unlocked(account, now);
    left.plus = account->funds;
    left.minus = account->lockup;
    sl_signed_amount_sub_product(&left, account->rate, end.epochs);
    return left;
}

int sl_account_state(struct sl_account_state *out, const struct sl_account *account,
                     struct sl_u256 now_epoch, struct sl_err *err)
{
    bool overflow = false;
    const struct funded end = funded(account);
    const struct sl_signed_amount free_funds = available(account, end, now_epoch);
    const struct sl_signed_amount at_now = unlocked(account, now_epoch);
    const struct sl_signed_amount owed = {.plus = at_now.minus, .minus = at_now.plus};
    *out = (struct sl_account_state){.available = sl_signed_amount_or_zero(&free_funds),
                                     .debt = sl_signed_amount_or_zero(&owed),
                                     .runway = runway(account, end, now_epoch, &overflow),
                                     .coverage = sl_u256_max()};
    if (!end.for_ever && !sl_u256_div(&out->coverage, account->funds, account->rate))
        overflow = true;
    if (overflow || free_funds.overflow || at_now.overflow)
        return sl_err_set(err, SL_EOVERFLOW, "the account's numbers do not fit 256 bits");
    return SL_OK;
}

bool sl_approval_is_unlimited(const struct sl_approval *approval, struct sl_u256 lockup_epochs)
{
    return approval->approved && sl_u256_cmp(approval->rate_allowance, sl_u256_max()) == 0 &&
           sl_u256_cmp(approval->lockup_allowance, sl_u256_shr(sl_u256_max(), 1)) >= 0 &&
           sl_u256_cmp(approval->max_lockup_epochs, lockup_epochs) >= 0;
}

bool sl_approval_allows(const struct sl_approval *approval, const struct sl_cost_upload *costs,
                        struct sl_u256 lockup_epochs)
{
    struct sl_signed_amount lockup = {.plus = approval->lockup_usage};
    struct sl_signed_amount rate = {.plus = approval->rate_usage};
    sl_signed_amount_add(&rate, costs->lockup.rate_delta);
    sl_signed_amount_add(&lockup, costs->lockup.total);
    sl_signed_amount_add(&lockup, costs->fees.total);
    return approval->approved && !rate.overflow && !lockup.overflow &&
           sl_u256_cmp(rate.plus, approval->rate_allowance) <= 0 &&
           sl_u256_cmp(lockup.plus, approval->lockup_allowance) <= 0 &&
           sl_u256_cmp(lockup_epochs, approval->max_lockup_epochs) <= 0;
}
