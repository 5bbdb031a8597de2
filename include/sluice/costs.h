/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * costs.h - what an upload costs, what an account can pay, what has to be deposited. Layer: foc.
 *
 * Pure functions over exact integers: nothing is read, nothing allocated. Amounts are base units of
 * the payment token (USDFC: 18 decimals), times are epochs of 30 s, sizes are bytes. Divisions
 * round down, as the contracts do. A value that does not fit 256 bits is SL_EOVERFLOW, never
 * another number. The prices always come from the chain (sl_chain_read()).
 *
 * Source: docs/PROTOCOL.md "Costs"; proven by tests/data/vectors/costs.json.
 */
#ifndef SL_COSTS_H
#define SL_COSTS_H

#include <stddef.h>

#include "sluice/address.h"
#include "sluice/eip712.h"
#include "sluice/u256.h"

enum {
    SL_EPOCH_S = 30,
    SL_EPOCHS_PER_HOUR = 120,
    SL_EPOCHS_PER_DAY = 2880,
    SL_EPOCHS_PER_MONTH = 86400, /* 30 days */
    SL_TOKEN_DECIMALS = 18,
    SL_COST_BATCH = 60,  /* pieces in one call that have all the metadata they may: with less of it
                            more fit, and the base fee is paid less often than planned */
    SL_BUFFER_EPOCHS = 5 /* what a deposit covers beyond the need, while it is on its way */
};

/** The price list of the storage service, in the order in which the chain tells it. */
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
    struct sl_u256 cdn_lockup;        /* locked when a data set is made with CDN */
    struct sl_u256 cache_miss_lockup; /* the same */
    struct sl_u256 cdn_lockup_epochs;
};

/** An account of FilecoinPay as it stands in the contract, not settled up to now. */
struct sl_account {
    struct sl_u256 funds;
    struct sl_u256 lockup; /* locked at `settled_at` */
    struct sl_u256 rate;   /* by which it grows, per epoch */
    struct sl_u256 settled_at;
};

/** The same account now. */
struct sl_account_state {
    struct sl_u256 available; /* not locked: can be spent or withdrawn */
    struct sl_u256 debt;      /* missing for what is locked; while > 0 no add succeeds */
    struct sl_u256 runway;    /* epochs until nothing is left; sl_u256_max(): for ever */
    struct sl_u256 coverage;  /* epochs that all funds would pay at this rate, lockup ignored */
};

int sl_account_state(struct sl_account_state *out, const struct sl_account *account,
                     struct sl_u256 now_epoch, struct sl_err *err) SL_MUST_CHECK;

/** What the payer allows the storage service to do with the account. */
struct sl_approval {
    bool approved;
    struct sl_u256 rate_allowance;
    struct sl_u256 lockup_allowance;
    struct sl_u256 rate_usage;
    struct sl_u256 lockup_usage;
    struct sl_u256 max_lockup_epochs;
};

/** Approved without limits. The lockup allowance shrinks with every payment made at once, so half
 * of the largest number still counts as unlimited. */
bool sl_approval_is_unlimited(const struct sl_approval *approval, struct sl_u256 lockup_epochs);

/** Storage of `bytes` in one data set; nothing at all costs nothing. `month_epochs`: how many
 * epochs a month is, SL_EPOCHS_PER_MONTH. */
struct sl_cost_rate {
    struct sl_u256 per_epoch;
    struct sl_u256 per_month; /* for display: not a multiple of per_epoch */
};
int sl_cost_rate(struct sl_cost_rate *out, const struct sl_prices *prices, struct sl_u256 bytes,
                 struct sl_u256 month_epochs, struct sl_err *err) SL_MUST_CHECK;

/** Leaves of 32 bytes, as the chain counts them for `pieces` pieces with `bytes` bytes together.
 * Exact for one piece, and for the parts of a file; otherwise at most one leaf a piece too many.
 * Errors: SL_EINVAL (no pieces, or less than a byte for each of them). */
int sl_cost_leaves(struct sl_u256 *out, struct sl_u256 bytes, uint64_t pieces,
                   struct sl_err *err) SL_MUST_CHECK;
/** The bytes that a rate for so many leaves is based on. */
int sl_cost_leaf_bytes(struct sl_u256 *out, struct sl_u256 leaves,
                       struct sl_err *err) SL_MUST_CHECK;

/** One data set that pieces are to be added to. */
struct sl_cost_target {
    struct sl_u256 leaves;         /* leaves to add: sl_cost_leaves() */
    struct sl_u256 current_leaves; /* leaves already in the data set */
    struct sl_u256 reserve;        /* fee reserve of an existing data set */
    struct sl_u256 pending;        /* unpaid fees of an existing data set */
    struct sl_u256 rail_rate;      /* what an existing data set pays an epoch now */
    struct sl_u256 end_epoch;      /* of an existing data set; not 0: it takes no more pieces */
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

/** How long things are; sl_cost_terms() gives the ordinary ones. */
struct sl_cost_terms {
    struct sl_u256 lockup_epochs;
    struct sl_u256 month_epochs;
    struct sl_u256 extra_epochs; /* runway that is wanted beyond the lockup */
    struct sl_u256 buffer_epochs;
    uint64_t batch;   /* pieces in one call, at least 1: SL_COST_BATCH */
    bool batch_known; /* the calls are just these; false: they may be smaller, down to one piece */
};
struct sl_cost_terms sl_cost_terms(const struct sl_prices *prices);

struct sl_cost_lockup {
    struct sl_u256 rate_delta; /* by which the account's rate grows: an add moves the whole rate of
                                  its data set to the present prices */
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
 * How much the contract adds to the reserve while `pieces` pieces are added, `batch` in each call.
 * A reserve below the fees due plus the threshold is raised to the target plus those fees. *left
 * (out, may be NULL): the reserve at the end. Errors: SL_EINVAL as of sl_cost_fees().
 */
int sl_cost_refill(struct sl_u256 *out, struct sl_u256 *left, const struct sl_prices *prices,
                   const struct sl_cost_target *target, uint64_t batch,
                   struct sl_err *err) SL_MUST_CHECK;

/** What `extra_epochs` of runway cost at a rate. */
int sl_cost_runway(struct sl_u256 *out, struct sl_u256 rate, struct sl_u256 extra_epochs,
                   struct sl_err *err) SL_MUST_CHECK;

/** What is deposited beyond the need, so that the epochs until it lands do not eat it up.
 * `is_short`: without it more than the available funds is needed. */
int sl_cost_buffer(struct sl_u256 *out, bool is_short, struct sl_u256 rate,
                   const struct sl_account_state *state, struct sl_u256 buffer_epochs,
                   struct sl_err *err) SL_MUST_CHECK;

/** The target once its pieces are added, `batch` in each call, with nothing more to add. */
int sl_cost_after(struct sl_cost_target *out, const struct sl_prices *prices,
                  const struct sl_cost_target *target, uint64_t batch,
                  struct sl_err *err) SL_MUST_CHECK;

/** Everything about adding pieces to one or more data sets at once. */
struct sl_upload_costs {
    struct sl_cost_rate rate;     /* rate of all targets, including what they hold already */
    struct sl_cost_fees fees;     /* sums; paid from the reserves that `lockup` has filled */
    struct sl_cost_lockup lockup; /* sums; deducted from the available funds */
    struct sl_u256 refill_room;   /* how much refills may grow if pieces go in smaller batches; 0
                                     with `batch_known` */
    struct sl_u256 deposit;       /* to be deposited first */
    bool needs_approval;          /* the service is not approved without limits */
    bool ready;                   /* neither is needed */
};
/** Errors: SL_EINVAL (no targets, or nothing to add to one of them), SL_EREFUSED (a data set was
 * terminated: it has no price). */
int sl_upload_costs(struct sl_upload_costs *out, const struct sl_prices *prices,
                    const struct sl_account *account, const struct sl_account_state *state,
                    const struct sl_approval *approval, const struct sl_cost_target *targets,
                    size_t count, const struct sl_cost_terms *terms,
                    struct sl_err *err) SL_MUST_CHECK;

/** How much one month of the target's data set grows in price. */
int sl_cost_month(struct sl_u256 *out, const struct sl_prices *prices,
                  const struct sl_cost_target *target, struct sl_err *err) SL_MUST_CHECK;

/** The account's runway once the deposit is made and the pieces are added: epochs until nothing is
 * free any more, beside what is locked; sl_u256_max(): for ever. */
int sl_cost_runway_after(struct sl_u256 *out, const struct sl_account *account,
                         const struct sl_account_state *state, const struct sl_upload_costs *costs,
                         struct sl_err *err) SL_MUST_CHECK;

/** For payers that approve limited sums: whether the limits allow these costs. */
bool sl_approval_allows(const struct sl_approval *approval, const struct sl_upload_costs *costs,
                        struct sl_u256 lockup_epochs);

/** The most that a run may spend and lock together. Not set: no limit. 0 allows no spending at all.
 */
struct sl_spend_limit {
    bool is_set;
    struct sl_u256 most; /* base units */
};
/** Read a setting: an amount of USDFC; "" is no limit. Errors: SL_EFORMAT (not an amount). */
int sl_spend_limit_read(struct sl_spend_limit *out, const char *text,
                        struct sl_err *err) SL_MUST_CHECK;
bool sl_spend_allows(const struct sl_spend_limit *limit, struct sl_u256 sum);

/** The part of a run's limit that the costs use: fees and lockups. An overflow counts as the
 * largest number. */
struct sl_u256 sl_cost_spent(const struct sl_upload_costs *costs);

/** The least available funds with which the contract makes a data set. */
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

#endif
