/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * cost_advice.h - what a person should know before paying: fixed fees that outweigh the storage.
 * Layer: foc.
 *
 * Pure functions over exact integers, in the units of costs.h. Every data set with something in it
 * costs the same fixed sum a month, whatever its size, and every piece the same fee, however small
 * it is. Nothing here refuses an upload. Source: docs/PROTOCOL.md "Costs".
 */
#ifndef SL_COST_ADVICE_H
#define SL_COST_ADVICE_H

#include "sluice/costs.h"
#include "sluice/data_set.h"

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
/** `fees`: of these targets, as in struct sl_upload_costs. SL_ADVICE_TINY is given from
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

#endif
