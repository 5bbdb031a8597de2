/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/costs.h"

#include <stdio.h>
#include <string.h>

#include "signed_amount.h"

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

int sl_cost_leaves(struct sl_u256 *out, struct sl_u256 bytes, uint64_t pieces, struct sl_err *err)
{
    struct sl_signed_amount sum = {0};
    if (pieces == 0 || sl_u256_cmp(bytes, sl_u256(pieces)) < 0)
        return sl_err_set(err, SL_EINVAL, "a size of 0 has no price");
    /* 127 bytes are padded to 128, which is four leaves; rounding up adds at most one leaf a piece
     */
    sl_signed_amount_add_product(&sum, bytes, sl_u256(4));
    sl_signed_amount_add_product(&sum, sl_u256(126), sl_u256(pieces));
    if (!sl_u256_div(out, sum.plus, sl_u256(127)) || sum.overflow)
        return overflow("the size", err);
    return SL_OK;
}

int sl_cost_leaf_bytes(struct sl_u256 *out, struct sl_u256 leaves, struct sl_err *err)
{
    return sl_u256_muldiv(out, leaves, sl_u256(127), sl_u256(4)) ? SL_OK
                                                                 : overflow("the size", err);
}

static int check_pieces(uint64_t pieces, uint64_t batch, struct sl_err *err)
{
    return pieces > 0 && batch > 0 ? SL_OK
                                   : sl_err_set(err, SL_EINVAL, "a price needs at least one piece");
}

static uint64_t calls_of(uint64_t pieces, uint64_t batch)
{
    return pieces / batch + (pieces % batch != 0 ? 1 : 0);
}

int sl_cost_fees(struct sl_cost_fees *out, const struct sl_prices *prices, bool is_new,
                 uint64_t pieces, uint64_t batch, struct sl_err *err)
{
    struct sl_signed_amount add = {0};
    struct sl_signed_amount all = {0};
    const int rc = check_pieces(pieces, batch, err);
    if (rc < 0)
        return rc;
    out->create = is_new ? prices->create_fee : sl_u256(0);
    sl_signed_amount_add_product(&add, prices->add_fee, sl_u256(calls_of(pieces, batch)));
    sl_signed_amount_add_product(&add, prices->piece_fee, sl_u256(pieces));
    out->add = add.plus;
    all = add;
    sl_signed_amount_add(&all, out->create);
    out->total = all.plus;
    return sl_signed_amount_check(&all, "the fee", err);
}

struct sl_cost_terms sl_cost_terms(const struct sl_prices *prices)
{
    return (struct sl_cost_terms){.lockup_epochs = prices->lockup_epochs,
                                  .month_epochs = sl_u256(SL_EPOCHS_PER_MONTH),
                                  .extra_epochs = sl_u256(0),
                                  .buffer_epochs = sl_u256(SL_BUFFER_EPOCHS),
                                  .batch = SL_COST_BATCH};
}

/* The rate for a number of leaves. */
static int rate_of(struct sl_cost_rate *out, const struct sl_prices *prices, struct sl_u256 leaves,
                   struct sl_u256 month_epochs, struct sl_err *err)
{
    struct sl_u256 bytes;
    const int rc = sl_cost_leaf_bytes(&bytes, leaves, err);
    return rc < 0 ? rc : sl_cost_rate(out, prices, bytes, month_epochs, err);
}

/* What the data set pays now. A rail keeps the prices under which it was last changed. */
static int rate_before(struct sl_cost_rate *out, const struct sl_prices *prices,
                       const struct sl_cost_target *target, struct sl_u256 month_epochs,
                       struct sl_err *err)
{
    *out = (struct sl_cost_rate){.per_epoch = sl_u256(0)};
    if (target->is_new)
        return SL_OK;
    const int rc = rate_of(out, prices, target->current_leaves, month_epochs, err);
    if (rc < 0 || !target->rail_rate_known || sl_u256_cmp(target->rail_rate, out->per_epoch) == 0)
        return rc;
    out->per_epoch = target->rail_rate;
    return sl_u256_mul(&out->per_month, target->rail_rate, month_epochs)
               ? SL_OK
               : overflow("the present rate", err);
}

static int rate_after(struct sl_cost_rate *out, const struct sl_prices *prices,
                      const struct sl_cost_target *target, struct sl_u256 month_epochs,
                      struct sl_err *err)
{
    struct sl_u256 leaves = target->leaves;
    if (!target->is_new && !sl_u256_add(&leaves, leaves, target->current_leaves))
        return overflow("the size", err);
    return rate_of(out, prices, leaves, month_epochs, err);
}

/* What a target adds to the account's rate; the rates before and after are rounded separately. */
static int rate_delta(struct sl_u256 *out, const struct sl_prices *prices,
                      const struct sl_cost_target *target, const struct sl_cost_terms *terms,
                      struct sl_err *err)
{
    struct sl_cost_rate before, after;
    int rc = rate_before(&before, prices, target, terms->month_epochs, err);
    if (rc == SL_OK)
        rc = rate_after(&after, prices, target, terms->month_epochs, err);
    if (rc == SL_OK && !sl_u256_sub(out, after.per_epoch, before.per_epoch))
        *out = sl_u256(0);
    return rc;
}

int sl_cost_lockup(struct sl_cost_lockup *out, const struct sl_prices *prices,
                   const struct sl_cost_target *target, const struct sl_cost_terms *terms,
                   struct sl_err *err)
{
    struct sl_signed_amount total = {0};
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
    sl_signed_amount_add(&total, out->streaming);
    sl_signed_amount_add(&total, out->reserve);
    sl_signed_amount_add(&total, out->cdn);
    sl_signed_amount_add(&total, out->cache_miss);
    out->total = total.plus;
    return sl_signed_amount_check(&total, "the lockup", err);
}

/* ---- the reserve ---- */

struct reserve {
    const struct sl_prices *prices;
    struct sl_u256 balance;
    struct sl_signed_amount refilled;
    bool overflow;
};

/* The smallest reserve that a call with this `fee` does not refill. */
static struct sl_u256 enough_for(struct reserve *reserve, struct sl_u256 fee)
{
    struct sl_u256 least;
    if (!sl_u256_add(&least, fee, reserve->prices->reserve_threshold))
        reserve->overflow = true;
    return reserve->overflow ? sl_u256_max() : least;
}

/* One call. */
static void pay_fee(struct reserve *reserve, struct sl_u256 fee)
{
    struct sl_u256 full, more;
    if (sl_u256_cmp(reserve->balance, enough_for(reserve, fee)) < 0) {
        if (!sl_u256_add(&full, reserve->prices->reserve_target, fee) || reserve->overflow)
            reserve->overflow = true;
        else if (sl_u256_sub(&more, full, reserve->balance)) {
            sl_signed_amount_add(&reserve->refilled, more);
            reserve->balance = full;
        }
    }
    if (!sl_u256_sub(&reserve->balance, reserve->balance, fee))
        reserve->balance = sl_u256(0);
}

/* How many calls the reserve lasts for; sl_u256_max(): any number. */
static struct sl_u256 calls_without_refill(struct reserve *reserve, struct sl_u256 fee)
{
    struct sl_u256 spare, calls;
    if (!sl_u256_sub(&spare, reserve->balance, enough_for(reserve, fee)))
        return sl_u256(0);
    if (!sl_u256_div(&calls, spare, fee) || !sl_u256_add(&calls, calls, sl_u256(1)))
        return sl_u256_max();
    return calls;
}

static void pay_from_reserve(struct reserve *reserve, struct sl_u256 fee, struct sl_u256 calls)
{
    struct sl_u256 sum;
    if (!sl_u256_mul(&sum, fee, calls) || !sl_u256_sub(&reserve->balance, reserve->balance, sum))
        reserve->overflow = true;
}

/* Pay for any number of equal calls: the number of calls between two refills is constant. */
static void pay_fees(struct reserve *reserve, struct sl_u256 fee, uint64_t count)
{
    struct sl_u256 left = sl_u256(count);
    struct sl_u256 quiet = sl_u256_min_of(calls_without_refill(reserve, fee), left);
    struct sl_u256 cycle, cycles, calls;
    pay_from_reserve(reserve, fee, quiet);
    if (!sl_u256_sub(&left, left, quiet) || sl_u256_is_zero(left))
        return;
    pay_fee(reserve, fee); /* the reserve is then at its target */
    (void)!sl_u256_sub(&left, left, sl_u256(1));
    quiet = calls_without_refill(reserve, fee);
    if (sl_u256_cmp(quiet, left) < 0 && sl_u256_add(&cycle, quiet, sl_u256(1)) &&
        sl_u256_div(&cycles, left, cycle) && sl_u256_mul(&calls, cycles, cycle)) {
        sl_signed_amount_add_product(&reserve->refilled, fee,
                                     calls); /* a refill replaces a cycle */
        (void)!sl_u256_sub(&left, left, calls);
    }
    pay_from_reserve(reserve, fee, left);
}

int sl_cost_refill(struct sl_u256 *out, struct sl_u256 *left, const struct sl_prices *prices,
                   const struct sl_cost_target *target, uint64_t batch, struct sl_err *err)
{
    if (check_pieces(target->pieces, batch, err) < 0)
        return SL_EINVAL;
    struct reserve reserve = {.prices = prices,
                              .balance = target->is_new ? prices->reserve_target : target->reserve};
    const uint64_t full = target->pieces / batch;
    const uint64_t rest = target->pieces % batch;
    struct sl_signed_amount fee = {.plus = prices->add_fee};
    struct sl_signed_amount last = fee;
    sl_signed_amount_add_product(&fee, prices->piece_fee, sl_u256(batch));
    sl_signed_amount_add_product(&last, prices->piece_fee, sl_u256(rest));
    struct sl_signed_amount beginning = full > 0 ? fee : last;
    sl_signed_amount_add(&beginning, target->pending);
    if (target->is_new)
        sl_signed_amount_add(&beginning, prices->create_fee);
    pay_fee(&reserve, beginning.plus);
    if (full > 1)
        pay_fees(&reserve, fee.plus, full - 1);
    if (full > 0 && rest > 0)
        pay_fee(&reserve, last.plus);
    *out = reserve.refilled.plus;
    if (left != NULL)
        *left = reserve.balance;
    if (reserve.overflow || beginning.overflow || reserve.refilled.overflow)
        return overflow("the refilling of the reserve", err);
    return SL_OK;
}

int sl_cost_after(struct sl_cost_target *out, const struct sl_prices *prices,
                  const struct sl_cost_target *target, uint64_t batch, struct sl_err *err)
{
    struct sl_cost_target after = {.rail_rate_known = true, .cdn = target->cdn};
    struct sl_cost_rate rate;
    struct sl_u256 refill;
    int rc = rate_after(&rate, prices, target, sl_u256(SL_EPOCHS_PER_MONTH), err);
    if (rc == SL_OK)
        rc = sl_cost_refill(&refill, &after.reserve, prices, target, batch, err);
    after.current_leaves = target->leaves;
    if (rc == SL_OK && !target->is_new &&
        !sl_u256_add(&after.current_leaves, target->leaves, target->current_leaves))
        rc = overflow("the size", err);
    after.rail_rate = rc == SL_OK ? rate.per_epoch : sl_u256(0);
    *out = after;
    return rc;
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
    struct sl_signed_amount sum = {0};
    *out = sl_u256(0);
    if (!is_short && sl_u256_cmp(state->runway, buffer_epochs) > 0)
        return SL_OK;
    sl_signed_amount_add_product(&sum, rate, buffer_epochs);
    if (!is_short)
        sl_signed_amount_sub(&sum, state->available);
    *out = sl_signed_amount_or_zero(&sum);
    return sl_signed_amount_check(&sum, "the buffer", err);
}

/* ---- all targets together ---- */

/* Add each amount of `more` to the same one of `sum`. */
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
    struct sl_u256 a[] = {sum->rate_delta, sum->streaming, sum->reserve, sum->cdn,
                          sum->cache_miss, sum->refill,    sum->total};
    const struct sl_u256 b[] = {more->rate_delta, more->streaming, more->reserve, more->cdn,
                                more->cache_miss, more->refill,    more->total};
    const int rc = add_amounts(a, b, sizeof a / sizeof a[0], err);
    *sum = (struct sl_cost_lockup){a[0], a[1], a[2], a[3], a[4], a[5], a[6]};
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
    struct sl_cost_rate one;
    int rc = rate_after(&one, prices, target, terms->month_epochs, err);
    if (rc == SL_OK)
        rc = add_amounts(&sum->per_epoch, &one.per_epoch, 1, err);
    if (rc == SL_OK)
        rc = add_amounts(&sum->per_month, &one.per_month, 1, err);
    return rc;
}

/* Add the refill to the lockup. *room: how much it may grow if every piece needs its own call. */
static int add_refill(struct sl_cost_lockup *lockup, struct sl_u256 *room,
                      const struct sl_prices *prices, const struct sl_cost_target *target,
                      const struct sl_cost_terms *terms, struct sl_err *err)
{
    struct sl_u256 alone, more;
    const uint64_t least = terms->batch_known ? terms->batch : 1;
    int rc = sl_cost_refill(&lockup->refill, NULL, prices, target, terms->batch, err);
    if (rc == SL_OK)
        rc = sl_cost_refill(&alone, NULL, prices, target, least, err);
    if (rc < 0)
        return rc;
    if (sl_u256_sub(&more, alone, lockup->refill) && !sl_u256_add(room, *room, more))
        return overflow("the lockup", err);
    return sl_u256_add(&lockup->total, lockup->total, lockup->refill) ? SL_OK
                                                                      : overflow("the lockup", err);
}

static int add_target(struct sl_cost_upload *sum, const struct sl_prices *prices,
                      const struct sl_cost_target *target, const struct sl_cost_terms *terms,
                      struct sl_err *err)
{
    struct sl_cost_fees fees;
    struct sl_cost_lockup lockup;
    if (!target->is_new && !sl_u256_is_zero(target->end_epoch))
        return sl_err_set(err, SL_EREFUSED,
                          "the data set was terminated; new pieces need another data set");
    if (target->pieces == 0 || sl_u256_is_zero(target->leaves))
        return sl_err_set(err, SL_EINVAL, "a price needs at least one piece");
    int rc = add_rate(&sum->rate, prices, target, terms, err);
    if (rc == SL_OK)
        rc = sl_cost_lockup(&lockup, prices, target, terms, err);
    if (rc == SL_OK)
        rc = add_refill(&lockup, &sum->refill_room, prices, target, terms, err);
    if (rc == SL_OK)
        rc = add_lockup(&sum->lockup, &lockup, err);
    if (rc == SL_OK)
        rc = sl_cost_fees(&fees, prices, target->is_new, target->pieces, terms->batch, err);
    if (rc == SL_OK)
        rc = add_fees(&sum->fees, &fees, err);
    return rc;
}

static int deposit(struct sl_cost_upload *costs, const struct sl_account *account,
                   const struct sl_account_state *state, const struct sl_cost_terms *terms,
                   bool all_new, struct sl_err *err)
{
    struct sl_signed_amount need = {.plus = state->debt, .minus = state->available};
    struct sl_u256 rate = sl_u256(0);
    struct sl_u256 buffer = sl_u256(0);
    if (!sl_u256_add(&rate, account->rate, costs->lockup.rate_delta))
        return overflow("the rate", err);
    sl_signed_amount_add(&need, costs->lockup.total);
    sl_signed_amount_add(&need, costs->refill_room);
    sl_signed_amount_add_product(&need, rate, terms->extra_epochs);
    int rc = sl_signed_amount_check(&need, "the deposit", err);
    /* No rail runs until the deposit lands, so nothing is used up in the meantime. */
    const bool idle = sl_u256_is_zero(account->rate) && all_new;
    if (rc == SL_OK && !idle)
        rc = sl_cost_buffer(&buffer, sl_signed_amount_is_positive(&need), rate, state,
                            terms->buffer_epochs, err);
    if (rc == SL_OK && !sl_u256_add(&costs->deposit, sl_signed_amount_or_zero(&need), buffer))
        rc = overflow("the deposit", err);
    return rc;
}

int sl_cost_upload(struct sl_cost_upload *out, const struct sl_prices *prices,
                   const struct sl_account *account, const struct sl_account_state *state,
                   const struct sl_approval *approval, const struct sl_cost_target *targets,
                   size_t count, const struct sl_cost_terms *terms, struct sl_err *err)
{
    bool all_new = true;
    *out = (struct sl_cost_upload){.deposit = sl_u256(0)};
    if (count == 0)
        return sl_err_set(err, SL_EINVAL, "a price needs at least one data set");
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

int sl_cost_month(struct sl_u256 *out, const struct sl_prices *prices,
                  const struct sl_cost_target *target, struct sl_err *err)
{
    const struct sl_u256 month = sl_u256(SL_EPOCHS_PER_MONTH);
    struct sl_cost_rate before, after;
    int rc = rate_before(&before, prices, target, month, err);
    if (rc == SL_OK)
        rc = rate_after(&after, prices, target, month, err);
    if (rc == SL_OK && !sl_u256_sub(out, after.per_month, before.per_month))
        *out = sl_u256(0);
    return rc;
}

int sl_cost_runway_after(struct sl_u256 *out, const struct sl_account *account,
                         const struct sl_account_state *state, const struct sl_cost_upload *costs,
                         struct sl_err *err)
{
    struct sl_signed_amount free = {.plus = state->available, .minus = state->debt};
    struct sl_u256 rate;
    sl_signed_amount_add(&free, costs->deposit);
    sl_signed_amount_sub(&free, costs->lockup.total);
    const int rc = sl_signed_amount_check(&free, "what is left", err);
    if (rc == SL_OK && !sl_u256_add(&rate, account->rate, costs->lockup.rate_delta))
        return overflow("the rate", err);
    if (rc == SL_OK && !sl_u256_div(out, sl_signed_amount_or_zero(&free), rate))
        *out = sl_u256_max(); /* there is no rate: the funds last for ever */
    return rc;
}

int sl_spend_limit_read(struct sl_spend_limit *out, const char *text, struct sl_err *err)
{
    out->is_set = text[0] != '\0';
    if (!out->is_set)
        return SL_OK;
    return sl_u256_parse_amount(&out->most, text, strlen(text), SL_TOKEN_DECIMALS, err);
}

bool sl_spend_allows(const struct sl_spend_limit *limit, struct sl_u256 sum)
{
    return !limit->is_set || sl_u256_cmp(sum, limit->most) <= 0;
}

struct sl_u256 sl_cost_spent(const struct sl_cost_upload *costs)
{
    struct sl_u256 sum;
    return sl_u256_add(&sum, costs->fees.total, costs->lockup.total) ? sum : sl_u256_max();
}

int sl_cost_create_minimum(struct sl_u256 *out, const struct sl_prices *prices, bool cdn,
                           struct sl_err *err)
{
    struct sl_signed_amount sum = {.plus = prices->data_set_per_month};
    sl_signed_amount_add(&sum, prices->reserve_target);
    if (cdn) {
        sl_signed_amount_add(&sum, prices->cdn_lockup);
        sl_signed_amount_add(&sum, prices->cache_miss_lockup);
    }
    *out = sum.plus;
    return sl_signed_amount_check(&sum, "the least sum for a data set", err);
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
        if (strcmp(digits, "0") != 0) /* show two significant digits */
            sl_u256_amount(digits, amount, SL_TOKEN_DECIMALS, places + 1);
    }
    snprintf(out, SL_COST_CHARS, "%s USDFC", digits);
}
