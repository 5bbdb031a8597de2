/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * costs.h - what an upload costs, what an account can pay, and how much to deposit. Layer: foc.
 *
 * Pure functions over exact integers: nothing is read, nothing allocated. Amounts are base units of
 * the payment token (USDFC: 18 decimals), times are epochs of 30 s, sizes are bytes. Divisions
 * round down, as the contracts do. A value that does not fit 256 bits is SL_EOVERFLOW. The prices
 * always come from the chain (sl_chain_read()).
 *
 * Source: docs/PROTOCOL.md "Costs"; proven by tests/data/vectors/costs.json.
 */
#ifndef SL_COSTS_H
#define SL_COSTS_H

#include <stddef.h>

#include "sluice/address.h"
#include "sluice/data_set.h"
#include "sluice/eip712.h"
#include "sluice/u256.h"

enum {
    SL_EPOCH_S = 30,
    SL_EPOCHS_PER_HOUR = 120,
    SL_EPOCHS_PER_DAY = 2880,
    SL_EPOCHS_PER_MONTH = 86400, /* 30 days */
    SL_TOKEN_DECIMALS = 18,
    SL_COST_BATCH = 60,  /* pieces that fit into one call with the most metadata; with less metadata
                            more pieces fit, and the base fee is paid less often than planned */
    SL_BUFFER_EPOCHS = 5 /* extra epochs in a deposit, for the time until it lands */
};

/** The price list of the storage service, in the order of the chain's answer. */
struct sl_prices {
    struct sl_address token;
    struct sl_u256 storage_per_tib_month;
    struct sl_u256 data_set_per_month;
    struct sl_u256 cdn_egress_per_tib;
    struct sl_u256 cache_miss_egress_per_tib;
    struct sl_u256 create_fee;        /* for a new data set */
    struct sl_u256 add_fee;           /* for an add call */
    struct sl_u256 piece_fee;         /* for each piece of it */
    struct sl_u256 remove_fee;        /* for a removal call */
    struct sl_u256 terminate_fee;     /* for a termination through the provider */
    struct sl_u256 reserve_target;    /* locked for the fees of a data set */
    struct sl_u256 reserve_threshold; /* refilled when it falls below pending fees and this */
    struct sl_u256 lockup_epochs;     /* how far ahead storage is locked */
    struct sl_u256 cdn_lockup;        /* locked when a data set is created with CDN */
    struct sl_u256 cache_miss_lockup; /* the same */
    struct sl_u256 cdn_lockup_epochs;
};

/** An account of FilecoinPay as the contract stores it, settled at an earlier epoch. */
struct sl_account {
    struct sl_u256 funds;
    struct sl_u256 lockup; /* locked at `settled_at` */
    struct sl_u256 rate;   /* growth of the lockup per epoch */
    struct sl_u256 settled_at;
};

/** The account at the present epoch. */
struct sl_account_state {
    struct sl_u256 available; /* not locked: may be spent or withdrawn */
    struct sl_u256 debt;      /* how much of the lockup is not covered; while > 0 no add succeeds */
    struct sl_u256 runway;    /* epochs until the funds end; sl_u256_max(): for ever */
    struct sl_u256 coverage; /* epochs that all funds would pay at this rate, ignoring the lockup */
};

int sl_account_state(struct sl_account_state *out, const struct sl_account *account,
                     struct sl_u256 now_epoch, struct sl_err *err) SL_MUST_CHECK;

/** How far the storage service may charge the payer's account. */
struct sl_approval {
    bool approved;
    struct sl_u256 rate_allowance;
    struct sl_u256 lockup_allowance;
    struct sl_u256 rate_usage;
    struct sl_u256 lockup_usage;
    struct sl_u256 max_lockup_epochs;
};

/** Whether the service is approved without limits. Every one-time payment lowers the lockup
 * allowance, so half of the largest number still counts as unlimited. */
bool sl_approval_is_unlimited(const struct sl_approval *approval, struct sl_u256 lockup_epochs);

/** The rate for storing `bytes` in one data set; 0 bytes cost nothing. `month_epochs`:
 * SL_EPOCHS_PER_MONTH. */
struct sl_cost_rate {
    struct sl_u256 per_epoch;
    struct sl_u256 per_month; /* for display: not a multiple of per_epoch */
};
int sl_cost_rate(struct sl_cost_rate *out, const struct sl_prices *prices, struct sl_u256 bytes,
                 struct sl_u256 month_epochs, struct sl_err *err) SL_MUST_CHECK;

/** The leaves of 32 bytes that the chain counts for `pieces` pieces of `bytes` bytes in total.
 * Exact for one piece and for the parts of a file; otherwise at most one leaf a piece too many.
 * Errors: SL_EINVAL (no pieces, or less than one byte a piece). */
int sl_cost_leaves(struct sl_u256 *out, struct sl_u256 bytes, uint64_t pieces,
                   struct sl_err *err) SL_MUST_CHECK;
/** The bytes on which the rate for so many leaves is based. */
int sl_cost_leaf_bytes(struct sl_u256 *out, struct sl_u256 leaves,
                       struct sl_err *err) SL_MUST_CHECK;

/** A data set to which pieces will be added. */
struct sl_cost_target {
    struct sl_u256 leaves;         /* leaves to add: sl_cost_leaves() */
    struct sl_u256 current_leaves; /* leaves already in the data set */
    struct sl_u256 reserve;        /* fee reserve of an existing data set */
    struct sl_u256 pending;        /* unpaid fees of an existing data set */
    struct sl_u256 rail_rate;      /* what an existing data set pays an epoch now */
    struct sl_u256 end_epoch;      /* of an existing data set; not 0: no more pieces can be added */
    uint64_t pieces;               /* pieces to add */
    bool rail_rate_known;          /* false: the rate is that of the price list */
    bool is_new;
    bool cdn; /* counts only for a new one */
};

struct sl_cost_fees {
    struct sl_u256 create;
    struct sl_u256 add;
    struct sl_u256 total;
};
/** `batch`: pieces in one call. Errors: SL_EINVAL (no pieces, or none in a call). */
int sl_cost_fees(struct sl_cost_fees *out, const struct sl_prices *prices, bool is_new,
                 uint64_t pieces, uint64_t batch, struct sl_err *err) SL_MUST_CHECK;

/** Durations and batches; sl_cost_terms() gives the usual ones. */
struct sl_cost_terms {
    struct sl_u256 lockup_epochs;
    struct sl_u256 month_epochs;
    struct sl_u256 extra_epochs; /* wanted runway beyond the lockup */
    struct sl_u256 buffer_epochs;
    uint64_t batch;   /* pieces in one call, at least 1: SL_COST_BATCH */
    bool batch_known; /* the calls have this size; false: they may be smaller, down to one piece */
};
struct sl_cost_terms sl_cost_terms(const struct sl_prices *prices);

struct sl_cost_lockup {
    struct sl_u256 rate_delta; /* growth of the account's rate; an add moves the whole rate of its
                                  data set to the present prices */
    struct sl_u256 streaming;
    struct sl_u256 reserve;
    struct sl_u256 cdn;
    struct sl_u256 cache_miss;
    struct sl_u256 refill; /* to refill the reserve that pays the fees: see sl_cost_refill() */
    struct sl_u256 total;  /* sum of all fields but the rate */
};
/** All fields but `refill`. */
int sl_cost_lockup(struct sl_cost_lockup *out, const struct sl_prices *prices,
                   const struct sl_cost_target *target, const struct sl_cost_terms *terms,
                   struct sl_err *err) SL_MUST_CHECK;

/**
 * How much the contract adds to the reserve while the target's pieces are added, `batch` in each
 * call. If the reserve is below the due fees plus the threshold, the contract raises it to the
 * target plus these fees. *left (out, may be NULL): the reserve at the end. Errors: SL_EINVAL as
 * for sl_cost_fees().
 */
int sl_cost_refill(struct sl_u256 *out, struct sl_u256 *left, const struct sl_prices *prices,
                   const struct sl_cost_target *target, uint64_t batch,
                   struct sl_err *err) SL_MUST_CHECK;

/** What `extra_epochs` of runway cost at a rate. */
int sl_cost_runway(struct sl_u256 *out, struct sl_u256 rate, struct sl_u256 extra_epochs,
                   struct sl_err *err) SL_MUST_CHECK;

/** The extra amount in a deposit that pays for the epochs until the deposit lands. `is_short`: the
 * costs exceed the available funds. */
int sl_cost_buffer(struct sl_u256 *out, bool is_short, struct sl_u256 rate,
                   const struct sl_account_state *state, struct sl_u256 buffer_epochs,
                   struct sl_err *err) SL_MUST_CHECK;

/** The target after its pieces were added, `batch` in each call; nothing is left to add. */
int sl_cost_after(struct sl_cost_target *out, const struct sl_prices *prices,
                  const struct sl_cost_target *target, uint64_t batch,
                  struct sl_err *err) SL_MUST_CHECK;

/** Everything about adding pieces to one or more data sets at once. */
struct sl_cost_upload {
    struct sl_cost_rate rate; /* rate of all targets, including the data that they already hold */
    struct sl_cost_fees fees; /* sums; paid from the reserves that `lockup` has filled */
    struct sl_cost_lockup lockup; /* sums; deducted from the available funds */
    struct sl_u256
        refill_room; /* how much the refills may grow with smaller batches; 0 with `batch_known` */
    struct sl_u256 deposit; /* to be deposited first */
    bool needs_approval;    /* the service is not approved without limits */
    bool ready;             /* neither is needed */
};
/** Errors: SL_EINVAL (no targets, or a target without pieces), SL_EREFUSED (a data set was
 * terminated, so it has no price). */
int sl_cost_upload(struct sl_cost_upload *out, const struct sl_prices *prices,
                   const struct sl_account *account, const struct sl_account_state *state,
                   const struct sl_approval *approval, const struct sl_cost_target *targets,
                   size_t count, const struct sl_cost_terms *terms,
                   struct sl_err *err) SL_MUST_CHECK;

/** By how much the target's data set becomes more expensive a month. */
int sl_cost_month(struct sl_u256 *out, const struct sl_prices *prices,
                  const struct sl_cost_target *target, struct sl_err *err) SL_MUST_CHECK;

/** The account's runway after the deposit, with the pieces added: epochs until no free funds are
 * left besides the lockup; sl_u256_max(): for ever. */
int sl_cost_runway_after(struct sl_u256 *out, const struct sl_account *account,
                         const struct sl_account_state *state, const struct sl_cost_upload *costs,
                         struct sl_err *err) SL_MUST_CHECK;

/** Whether the limits of an approval allow these costs. */
bool sl_approval_allows(const struct sl_approval *approval, const struct sl_cost_upload *costs,
                        struct sl_u256 lockup_epochs);

/** The most that a run may spend and lock in total. Not set: no limit. 0: no spending. */
struct sl_spend_limit {
    bool is_set;
    struct sl_u256 most; /* base units */
};
/** Read the setting: an amount of USDFC, or "" for no limit. Errors: SL_EFORMAT (not an amount). */
int sl_spend_limit_read(struct sl_spend_limit *out, const char *text,
                        struct sl_err *err) SL_MUST_CHECK;
bool sl_spend_allows(const struct sl_spend_limit *limit, struct sl_u256 sum);

/** The part of a run's limit that the costs use: fees and lockups. An overflow counts as the
 * largest number. */
struct sl_u256 sl_cost_spent(const struct sl_cost_upload *costs);

/** The least available funds for which the contract creates a data set. */
int sl_cost_create_minimum(struct sl_u256 *out, const struct sl_prices *prices, bool cdn,
                           struct sl_err *err) SL_MUST_CHECK;

/** Whole hours and days; for ever stays for ever. */
struct sl_u256 sl_epochs_hours(struct sl_u256 epochs);
struct sl_u256 sl_epochs_days(struct sl_u256 epochs);

enum { SL_RUNWAY_CHARS = 96 };

/** "without end", "12 years", "412 days", "5 hours", "less than an hour"; years from ten on. */
void sl_runway_text(char out[static SL_RUNWAY_CHARS], struct sl_u256 epochs);

/** "0.1498 USDFC": four digits behind the point; a sum below that has its first two digits, and is
 * never shown as 0. */
enum { SL_COST_CHARS = SL_U256_AMOUNT_CHARS + 8 };
void sl_cost_text(char out[static SL_COST_CHARS], struct sl_u256 amount);

/* ---- advice ---- */

/*
 * What a person should know before paying: fixed fees that outweigh the storage.
 *
 * Pure functions over exact integers, in the units of costs.h. Every data set with something in it
 * costs the same fixed sum a month, whatever its size, and every piece the same fee, however small
 * it is. Nothing here refuses an upload. Source: docs/PROTOCOL.md "Costs".
 */

/** What the account already pays for. */
struct sl_stored {
    uint64_t sets;         /* paid data sets that have pieces */
    uint64_t spare_sets;   /* of these, those with the provider and metadata of an earlier one */
    struct sl_u256 leaves; /* in all of these */
};
/** Count what the data sets of one payer hold. Errors: SL_EOVERFLOW. */
int sl_stored_count(struct sl_stored *out, const struct sl_data_set *sets, size_t count,
                    struct sl_err *err) SL_MUST_CHECK;

/** X(value, word for programs). */
#define SL_ADVICES(X)                                                                              \
    X(SL_ADVICE_FIXED, "fixed_fees")      /* fixed fees are more than the storage */               \
    X(SL_ADVICE_SPARE, "spare_data_sets") /* several data sets could be one */                     \
    X(SL_ADVICE_TINY, "tiny_pieces")      /* fees are more than a year of storing the pieces */
enum sl_advice {
#define SL_ADVICE_VALUE(value, word) value,
    SL_ADVICES(SL_ADVICE_VALUE)
#undef SL_ADVICE_VALUE
        SL_ADVICE_COUNT
};

/** The costs once the targets' pieces are added. Amounts in base units, for all copies. */
struct sl_cost_advice {
    bool given[SL_ADVICE_COUNT];
    uint64_t sets;
    uint64_t spare_sets;
    uint64_t pieces;
    struct sl_u256 fixed_month;   /* for `sets` */
    struct sl_u256 spare_month;   /* for `spare_sets` */
    struct sl_u256 storage_month; /* for all data in them */
    struct sl_u256 fees;          /* for adding `pieces` */
    struct sl_u256 piece_fee;     /* for one of them */
    struct sl_u256 call_fee;      /* for one call that adds pieces */
    struct sl_u256 storage_year;  /* for the added pieces */
};
/** `fees`: of these targets, as in struct sl_cost_upload. SL_ADVICE_TINY is given from
 * SL_MANY_PIECES pieces a copy on. Errors: SL_EOVERFLOW. */
enum { SL_MANY_PIECES = 10 };
int sl_cost_advise(struct sl_cost_advice *out, const struct sl_prices *prices,
                   const struct sl_stored *stored, const struct sl_cost_target *targets,
                   size_t count, const struct sl_cost_fees *fees, struct sl_err *err) SL_MUST_CHECK;

/** The word for programs: "fixed_fees". */
const char *sl_advice_word(enum sl_advice advice);
/** The advice as a sentence with its numbers. False if it is not given; then `out` is "". */
enum { SL_ADVICE_CHARS = 320 };
bool sl_advice_text(char out[static SL_ADVICE_CHARS], const struct sl_cost_advice *advice,
                    enum sl_advice which);

/* ---- known prices ---- */

/*
 * The prices that this release knows, to compare with a node's list.
 *
 * Prices are always read from the chain. A lying node could make an account pay more than its owner
 * agreed to. So a list is doubted if it is far from what the contracts charged when this release
 * was made.
 *
 * Source: docs/PROTOCOL.md "Costs": the lists of contract versions 1.3 and 1.4 (which 1.5 kept).
 */

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
