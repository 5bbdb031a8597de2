/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/costs.h"

#include <stdio.h>
#include <string.h>

#include "exact.h"

static struct sl_u256 tib(void)
{
    return sl_u256(UINT64_C(1) << 40);
}

static int overflow(const char *what, struct sl_err *err)
{
    return sl_err_set(err, SL_EOVERFLOW, "%s does not fit 256 bits", what);
}

int sl_cost_rate(struct sl_cost_rate *out, const struct sl_prices *prices, struct sl_u256 bytes,
                 struct sl_u256 month_epochs, struct sl_err *err)
{
    struct sl_u256 tib_months = sl_u256(0);
    struct sl_u256 storage = sl_u256(0);
    struct sl_u256 flat = sl_u256(0);
    struct sl_cost_rate rate;
    if (sl_u256_is_zero(bytes)) {
        *out = (struct sl_cost_rate){.per_epoch = sl_u256(0)};
        return SL_OK;
    }
    if (!sl_u256_mul(&tib_months, tib(), month_epochs) ||
        !sl_u256_muldiv(&storage, prices->storage_per_tib_month, bytes, tib_months) ||
        !sl_u256_div(&flat, prices->data_set_per_month, month_epochs) ||
        !sl_u256_add(&rate.per_epoch, storage, flat) ||
        !sl_u256_muldiv(&storage, prices->storage_per_tib_month, bytes, tib()) ||
        !sl_u256_add(&rate.per_month, storage, prices->data_set_per_month))
        return overflow("the rate", err);
    *out = rate;
    return SL_OK;
}

int sl_cost_fees(struct sl_cost_fees *out, const struct sl_prices *prices, bool is_new,
                 uint64_t pieces, struct sl_err *err)
{
    const uint64_t calls = pieces / SL_COMMIT_PIECES + (pieces % SL_COMMIT_PIECES != 0 ? 1 : 0);
    struct sl_sum add = {0};
    struct sl_sum all = {0};
    out->create = is_new ? prices->create_fee : sl_u256(0);
    sl_sum_add_product(&add, prices->add_fee, sl_u256(calls));
    sl_sum_add_product(&add, prices->piece_fee, sl_u256(pieces));
    out->add = add.plus;
    all = add;
    sl_sum_add(&all, out->create);
    out->total = all.plus;
    return sl_sum_check(&all, "the fee", err);
}

struct sl_cost_terms sl_cost_terms(const struct sl_prices *prices)
{
    return (struct sl_cost_terms){.lockup_epochs = prices->lockup_epochs,
                                  .month_epochs = sl_u256(SL_EPOCHS_PER_MONTH),
                                  .extra_epochs = sl_u256(0),
                                  .buffer_epochs = sl_u256(SL_BUFFER_EPOCHS)};
}

/* What a target adds to the account's rate: rounding is that of the rates before and after. */
static int rate_delta(struct sl_u256 *out, const struct sl_prices *prices,
                      const struct sl_cost_target *target, const struct sl_cost_terms *terms,
                      struct sl_err *err)
{
    struct sl_cost_rate before = {.per_epoch = sl_u256(0)};
    struct sl_cost_rate after;
    struct sl_u256 bytes = target->bytes;
    int rc = SL_OK;
    if (!target->is_new && !sl_u256_is_zero(target->current_bytes)) {
        rc = sl_cost_rate(&before, prices, target->current_bytes, terms->month_epochs, err);
        if (!sl_u256_add(&bytes, bytes, target->current_bytes))
            return overflow("the size", err);
    }
    if (rc == SL_OK)
        rc = sl_cost_rate(&after, prices, bytes, terms->month_epochs, err);
    if (rc == SL_OK && !sl_u256_sub(out, after.per_epoch, before.per_epoch))
        *out = sl_u256(0);
    return rc;
}

int sl_cost_lockup(struct sl_cost_lockup *out, const struct sl_prices *prices,
                   const struct sl_cost_target *target, const struct sl_cost_terms *terms,
                   struct sl_err *err)
{
    struct sl_sum total = {0};
    *out = (struct sl_cost_lockup){.rate_delta = sl_u256(0)};
    const int rc = rate_delta(&out->rate_delta, prices, target, terms, err);
    if (rc < 0)
        return rc;
    if (!sl_u256_mul(&out->streaming, out->rate_delta, terms->lockup_epochs))
        return overflow("the lockup", err);
    if (target->is_new)
        out->reserve = prices->reserve_target;
    if (target->is_new && target->cdn) {
        out->cdn = prices->cdn_lockup;
        out->cache_miss = prices->cache_miss_lockup;
    }
    sl_sum_add(&total, out->streaming);
    sl_sum_add(&total, out->reserve);
    sl_sum_add(&total, out->cdn);
    sl_sum_add(&total, out->cache_miss);
    out->total = total.plus;
    return sl_sum_check(&total, "the lockup", err);
}

int sl_cost_runway(struct sl_u256 *out, struct sl_u256 rate, struct sl_u256 extra_epochs,
                   struct sl_err *err)
{
    return sl_u256_mul(out, rate, extra_epochs) ? SL_OK : overflow("the runway's price", err);
}

int sl_cost_buffer(struct sl_u256 *out, bool is_short, struct sl_u256 rate,
                   const struct sl_account_state *state, struct sl_u256 buffer_epochs,
                   struct sl_err *err)
{
    struct sl_sum sum = {0};
    *out = sl_u256(0);
    if (!is_short && sl_u256_cmp(state->runway, buffer_epochs) > 0)
        return SL_OK;
    sl_sum_add_product(&sum, rate, buffer_epochs);
    if (!is_short)
        sl_sum_take(&sum, state->available);
    *out = sl_sum_or_zero(&sum);
    return sl_sum_check(&sum, "the buffer", err);
}

/* ---- all targets together ---- */

/* Add every amount of `more` to those of `sum`: both are structs of nothing but amounts. */
static int add_amounts(struct sl_u256 *sum, const struct sl_u256 *more, size_t count,
                       struct sl_err *err)
{
    for (size_t i = 0; i < count; i++) {
        if (!sl_u256_add(&sum[i], sum[i], more[i]))
            return overflow("the sum of the costs", err);
    }
    return SL_OK;
}

static int add_lockup(struct sl_cost_lockup *sum, const struct sl_cost_lockup *more,
                      struct sl_err *err)
{
    struct sl_u256 a[] = {sum->rate_delta, sum->streaming,  sum->reserve,
                          sum->cdn,        sum->cache_miss, sum->total};
    const struct sl_u256 b[] = {more->rate_delta, more->streaming,  more->reserve,
                                more->cdn,        more->cache_miss, more->total};
    const int rc = add_amounts(a, b, sizeof a / sizeof a[0], err);
    *sum = (struct sl_cost_lockup){a[0], a[1], a[2], a[3], a[4], a[5]};
    return rc;
}

static int add_fees(struct sl_cost_fees *sum, const struct sl_cost_fees *more, struct sl_err *err)
{
    struct sl_u256 a[] = {sum->create, sum->add, sum->total};
    const struct sl_u256 b[] = {more->create, more->add, more->total};
    const int rc = add_amounts(a, b, sizeof a / sizeof a[0], err);
    *sum = (struct sl_cost_fees){a[0], a[1], a[2]};
    return rc;
}

static int add_rate(struct sl_cost_rate *sum, const struct sl_prices *prices,
                    const struct sl_cost_target *target, const struct sl_cost_terms *terms,
                    struct sl_err *err)
{
    struct sl_u256 bytes;
    struct sl_cost_rate one;
    if (!sl_u256_add(&bytes, target->bytes, target->current_bytes))
        return overflow("the size", err);
    int rc = sl_cost_rate(&one, prices, bytes, terms->month_epochs, err);
    if (rc == SL_OK)
        rc = add_amounts(&sum->per_epoch, &one.per_epoch, 1, err);
    if (rc == SL_OK)
        rc = add_amounts(&sum->per_month, &one.per_month, 1, err);
    return rc;
}

static int add_target(struct sl_upload_costs *sum, const struct sl_prices *prices,
                      const struct sl_cost_target *target, const struct sl_cost_terms *terms,
                      struct sl_err *err)
{
    struct sl_cost_fees fees;
    struct sl_cost_lockup lockup;
    int rc = add_rate(&sum->rate, prices, target, terms, err);
    if (rc == SL_OK)
        rc = sl_cost_lockup(&lockup, prices, target, terms, err);
    if (rc == SL_OK)
        rc = add_lockup(&sum->lockup, &lockup, err);
    if (rc == SL_OK)
        rc = sl_cost_fees(&fees, prices, target->is_new, target->pieces, err);
    if (rc == SL_OK)
        rc = add_fees(&sum->fees, &fees, err);
    return rc;
}

static int deposit(struct sl_upload_costs *costs, const struct sl_account *account,
                   const struct sl_account_state *state, const struct sl_cost_terms *terms,
                   bool all_new, struct sl_err *err)
{
    struct sl_sum need = {.plus = state->debt, .minus = state->available};
    struct sl_u256 rate = sl_u256(0);
    struct sl_u256 buffer = sl_u256(0);
    if (!sl_u256_add(&rate, account->rate, costs->lockup.rate_delta))
        return overflow("the rate", err);
    sl_sum_add(&need, costs->lockup.total);
    sl_sum_add(&need, costs->fees.total);
    sl_sum_add_product(&need, rate, terms->extra_epochs);
    int rc = sl_sum_check(&need, "the deposit", err);
    /* Nothing runs yet and nothing will before the deposit stands: nothing can be eaten up. */
    const bool idle = sl_u256_is_zero(account->rate) && all_new;
    if (rc == SL_OK && !idle)
        rc = sl_cost_buffer(&buffer, sl_sum_is_positive(&need), rate, state, terms->buffer_epochs,
                            err);
    if (rc == SL_OK && !sl_u256_add(&costs->deposit, sl_sum_or_zero(&need), buffer))
        rc = overflow("the deposit", err);
    return rc;
}

int sl_upload_costs(struct sl_upload_costs *out, const struct sl_prices *prices,
                    const struct sl_account *account, const struct sl_account_state *state,
                    const struct sl_approval *approval, const struct sl_cost_target *targets,
                    size_t count, const struct sl_cost_terms *terms, struct sl_err *err)
{
    bool all_new = true;
    *out = (struct sl_upload_costs){.deposit = sl_u256(0)};
    for (size_t i = 0; i < count; i++) {
        const int rc = add_target(out, prices, &targets[i], terms, err);
        if (rc < 0)
            return rc;
        all_new = all_new && targets[i].is_new;
    }
    const int rc = deposit(out, account, state, terms, all_new, err);
    if (rc < 0)
        return rc;
    out->needs_approval = !sl_approval_is_unlimited(approval, prices->lockup_epochs);
    out->ready = sl_u256_is_zero(out->deposit) && !out->needs_approval;
    return SL_OK;
}

int sl_cost_runway_after(struct sl_u256 *out, const struct sl_account *account,
                         const struct sl_account_state *state, const struct sl_upload_costs *costs,
                         struct sl_err *err)
{
    struct sl_sum free = {.plus = state->available, .minus = state->debt};
    struct sl_u256 rate;
    sl_sum_add(&free, costs->deposit);
    sl_sum_take(&free, costs->lockup.total);
    sl_sum_take(&free, costs->fees.total);
    const int rc = sl_sum_check(&free, "what is left", err);
    if (rc == SL_OK && !sl_u256_add(&rate, account->rate, costs->lockup.rate_delta))
        return overflow("the rate", err);
    if (rc == SL_OK && !sl_u256_div(out, sl_sum_or_zero(&free), rate))
        *out = sl_u256_max(); /* nothing is paid for */
    return rc;
}

bool sl_spend_allows(const struct sl_spend_limit *limit, struct sl_u256 sum)
{
    return !limit->is_set || sl_u256_cmp(sum, limit->most) <= 0;
}

struct sl_u256 sl_cost_spent(const struct sl_upload_costs *costs)
{
    struct sl_u256 sum;
    return sl_u256_add(&sum, costs->fees.total, costs->lockup.total) ? sum : sl_u256_max();
}

int sl_cost_create_minimum(struct sl_u256 *out, const struct sl_prices *prices, bool cdn,
                           struct sl_err *err)
{
    struct sl_sum sum = {.plus = prices->data_set_per_month};
    sl_sum_add(&sum, prices->reserve_target);
    if (cdn) {
        sl_sum_add(&sum, prices->cdn_lockup);
        sl_sum_add(&sum, prices->cache_miss_lockup);
    }
    *out = sum.plus;
    return sl_sum_check(&sum, "the least sum for a data set", err);
}

/* ---- for people ---- */

static struct sl_u256 divided(struct sl_u256 epochs, uint64_t by)
{
    struct sl_u256 out = epochs;
    if (sl_u256_cmp(epochs, sl_u256_max()) == 0 || !sl_u256_div(&out, epochs, sl_u256(by)))
        return epochs;
    return out;
}

struct sl_u256 sl_epochs_hours(struct sl_u256 epochs)
{
    return divided(epochs, SL_EPOCHS_PER_HOUR);
}

struct sl_u256 sl_epochs_days(struct sl_u256 epochs)
{
    return divided(epochs, SL_EPOCHS_PER_DAY);
}

void sl_runway_text(char out[static SL_RUNWAY_CHARS], struct sl_u256 epochs)
{
    char digits[SL_U256_DEC_CHARS];
    const struct sl_u256 days = sl_epochs_days(epochs);
    const struct sl_u256 hours = sl_epochs_hours(epochs);
    const struct sl_u256 years = divided(days, 365);
    const bool in_years = sl_u256_cmp(years, sl_u256(10)) >= 0;
    const bool in_days = sl_u256_cmp(days, sl_u256(2)) >= 0;
    const bool one = sl_u256_cmp(hours, sl_u256(1)) == 0;
    sl_u256_dec(digits, in_years ? years : in_days ? days : hours);
    if (sl_u256_cmp(epochs, sl_u256_max()) == 0)
        snprintf(out, SL_RUNWAY_CHARS, "without end");
    else if (sl_u256_is_zero(hours))
        snprintf(out, SL_RUNWAY_CHARS, "less than an hour");
    else
        snprintf(out, SL_RUNWAY_CHARS, "%s %s", digits,
                 in_years  ? "years"
                 : in_days ? "days"
                 : one     ? "hour"
                           : "hours");
}

void sl_cost_text(char out[static SL_COST_CHARS], struct sl_u256 amount)
{
    unsigned places = 4;
    char digits[SL_U256_AMOUNT_CHARS];
    sl_u256_amount(digits, amount, SL_TOKEN_DECIMALS, places);
    while (strcmp(digits, "0") == 0 && places < SL_TOKEN_DECIMALS) {
        sl_u256_amount(digits, amount, SL_TOKEN_DECIMALS, ++places);
        if (strcmp(digits, "0") != 0) /* two digits that say something */
            sl_u256_amount(digits, amount, SL_TOKEN_DECIMALS, places + 1);
    }
    snprintf(out, SL_COST_CHARS, "%s USDFC", digits);
}
