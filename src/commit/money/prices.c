/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Checks whether the prices that a node reports are plausible. */
#include "money/prices.h"

#include "sluice/costs.h"

int sl_commit_check_prices(const struct sl_commit *commit, const struct sl_prices *told,
                           struct sl_err *err)
{
    struct sl_prices known;
    struct sl_price_doubt doubt;
    sl_prices_known(&known, told, commit->options.network.builtin);
    if (commit->options.takes_odd_prices || !sl_prices_are_odd(&doubt, told, &known))
        return SL_OK;
    return sl_err_set(err, SL_EMONEY,
                      "the node says that %s is %s, but this release knows %s: set rpc_url to "
                      "another node, or accept the price with --max-spend for this run",
                      doubt.name, doubt.told, doubt.other);
}

bool sl_commit_limit_prices(struct sl_prices *out, const struct sl_commit *commit,
                            const struct sl_prices *told)
{
    struct sl_prices known;
    sl_prices_known(&known, told, commit->options.network.builtin);
    return sl_prices_larger(out, told, &known);
}
