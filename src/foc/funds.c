/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdio.h>

#include "sluice/chain.h"

#include "signed_amount.h"

#define CENT UINT64_C(10000000000000000) /* of USDFC */

struct sl_u256 sl_funds_round_up(struct sl_u256 amount)
{
    struct sl_u256 unit = sl_u256(CENT);
    struct sl_u256 units = sl_u256(0);
    struct sl_u256 back, more;
    while (sl_u256_div(&units, amount, unit) && sl_u256_cmp(units, sl_u256(100)) >= 0) {
        if (!sl_u256_mul(&more, unit, sl_u256(10)))
            return amount;
        unit = more;
    }
    if (!sl_u256_mul(&back, units, unit) || sl_u256_cmp(back, amount) == 0)
        return amount;
    return sl_u256_add(&more, back, unit) ? more : amount;
}

struct sl_u256 sl_funds_deposit(const struct sl_account *account,
                                const struct sl_cost_upload *costs)
{
    struct sl_signed_amount sum = {.plus = costs->deposit};
    if (sl_u256_is_zero(costs->deposit))
        return sl_u256(0);
    sl_signed_amount_add_product(&sum, account->rate, sl_u256(SL_EPOCHS_PER_DAY));
    sl_signed_amount_add_product(&sum, costs->lockup.rate_delta, sl_u256(SL_EPOCHS_PER_DAY));
    return sum.overflow ? costs->deposit : sl_funds_round_up(sum.plus);
}

bool sl_funds_need_approval(const struct sl_chain_view *view, const struct sl_cost_upload *costs)
{
    return costs->needs_approval &&
           !sl_approval_allows(&view->approval, costs, view->prices.lockup_epochs);
}

static int not_approved(const struct sl_chain_view *view, struct sl_err *err)
{
    return sl_err_set(
        err, SL_EMONEY,
        view->approval.approved
            ? "the storage service may not spend enough of the account: run `sluice "
              "wallet approve`, which lifts its limits"
            : "the storage service may not charge the account yet: run `sluice wallet "
              "approve`");
}

int sl_funds_check(const struct sl_chain_view *view, const struct sl_cost_upload *costs,
                   struct sl_err *err)
{
    const bool approval = sl_funds_need_approval(view, costs);
    const struct sl_account_state *state = &view->account_state;
    char available[SL_COST_CHARS], sum[SL_U256_AMOUNT_CHARS], text[SL_COST_CHARS];
    char debt[SL_COST_CHARS + 16] = "";
    if (sl_u256_is_zero(costs->deposit))
        return approval ? not_approved(view, err) : SL_OK;
    sl_cost_text(available, state->available);
    sl_u256_amount(sum, sl_funds_deposit(&view->account, costs), SL_TOKEN_DECIMALS,
                   SL_TOKEN_DECIMALS);
    if (!sl_u256_is_zero(state->debt)) {
        sl_cost_text(text, state->debt);
        snprintf(debt, sizeof debt, " and owes %s", text);
    }
    return sl_err_set(err, SL_EMONEY,
                      "the account has %s available%s, which is too little: deposit at least %s "
                      "USDFC (sluice wallet deposit %s%s)",
                      available, debt, sum, sum,
                      approval ? ", which also lets the storage service charge the account" : "");
}
