/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * price_list.h - the prices that this release knows, to compare with a node's list. Layer: foc.
 *
 * Prices are always read from the chain. A lying node could make an account pay more than its owner
 * agreed to. So a list is doubted if it is far from what the contracts charged when this release
 * was made.
 *
 * Source: docs/PROTOCOL.md "Costs": the lists of contract versions 1.3 and 1.4 (which 1.5 kept).
 */
#ifndef SL_PRICE_LIST_H
#define SL_PRICE_LIST_H

#include "sluice/costs.h"

/** X(field of struct sl_prices, decimals of its unit, name for people, list of 1.3, list of 1.4);
 * 18 decimals are USDFC, 0 are epochs. */
#define SL_PRICES(X)                                                                               \
    X(storage_per_tib_month, 18, "storage of a TiB for a month", 2500000000000000000,              \
      2500000000000000000)                                                                         \
    X(data_set_per_month, 18, "a data set for a month", 24000000000000000, 120000000000000000)     \
    X(cdn_egress_per_tib, 18, "a TiB from the CDN", 7000000000000000000, 7000000000000000000)      \
    X(cache_miss_egress_per_tib, 18, "a TiB that the CDN fetches", 7000000000000000000,            \
      7000000000000000000)                                                                         \
    X(create_fee, 18, "the fee of a new data set", 25000000000000000, 25000000000000000)           \
    X(add_fee, 18, "the fee of adding pieces", 500000000000000, 8000000000000000)                  \
    X(piece_fee, 18, "the fee of a piece", 300000000000000, 3000000000000000)                      \
    X(remove_fee, 18, "the fee of a removal", 2000000000000000, 7000000000000000)                  \
    X(terminate_fee, 18, "the fee of a termination", 1120000000000000, 6000000000000000)           \
    X(reserve_target, 18, "the reserve of a data set", 100000000000000000, 500000000000000000)     \
    X(reserve_threshold, 18, "the least reserve of a data set", 5000000000000000,                  \
      25000000000000000)                                                                           \
    X(lockup_epochs, 0, "the lockup period", 86400, 86400)                                         \
    X(cdn_lockup, 18, "the lockup for the CDN", 700000000000000000, 700000000000000000)            \
    X(cache_miss_lockup, 18, "the lockup for what the CDN fetches", 300000000000000000,            \
      300000000000000000)                                                                          \
    X(cdn_lockup_epochs, 0, "the lockup period of the CDN", 14400, 14400)

/** A price this many times larger or smaller than the known price is doubted. */
enum { SL_PRICE_FACTOR = 20 };

/**
 * The known list that has the most prices in common with `told`, a list from a node; on a tie, the
 * newer list. `only_newest`: for public networks, which no longer use the older list.
 */
void sl_prices_known(struct sl_prices *out, const struct sl_prices *told, bool only_newest);

/** A price and its comparison, for people: "0.12 USDFC", "86400 epochs". */
enum { SL_PRICE_TEXT = SL_U256_AMOUNT_CHARS + 16 };
struct sl_price_doubt {
    const char *name;
    char told[SL_PRICE_TEXT];
    char other[SL_PRICE_TEXT];
};

/** Whether a price in `told` is more than SL_PRICE_FACTOR times larger or smaller than the known
 * one. *out: the first such price. */
bool sl_prices_are_odd(struct sl_price_doubt *out, const struct sl_prices *told,
                       const struct sl_prices *known);
/** Whether two nodes report different prices. *out: the first such price. */
bool sl_prices_differ(struct sl_price_doubt *out, const struct sl_prices *told,
                      const struct sl_prices *other);

/** The larger of each pair of prices, for checking a limit: a price that a node reports too low
 * must not let spending pass the limit. True when a known price was larger. */
bool sl_prices_larger(struct sl_prices *out, const struct sl_prices *told,
                      const struct sl_prices *known);

#endif
