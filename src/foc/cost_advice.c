/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <inttypes.h>
#include <stdio.h>

#include "sluice/costs.h"

enum { MONTHS = 12 };

static int overflow(struct sl_err *err)
{
    return sl_err_set(err, SL_EOVERFLOW, "the size of the stored data does not fit 256 bits");
}

/* ---- what there is ---- */

static bool is_paid(const struct sl_data_set *set)
{
    return sl_data_set_is_usable(set) && !sl_u256_is_zero(set->leaves);
}

static bool could_be_one(const struct sl_data_set *a, const struct sl_data_set *b)
{
    return is_paid(b) && sl_u256_cmp(a->provider_id, b->provider_id) == 0 && a->metadata_known &&
           b->metadata_known &&
           sl_metadata_equal(a->metadata, a->metadata_count, b->metadata, b->metadata_count);
}

static bool is_spare(const struct sl_data_set *sets, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (could_be_one(&sets[at], &sets[i]))
            return true;
    }
    return false;
}

int sl_stored_count(struct sl_stored *out, const struct sl_data_set *sets, size_t count,
                    struct sl_err *err)
{
    *out = (struct sl_stored){.leaves = sl_u256(0)};
    for (size_t i = 0; i < count; i++) {
        if (!is_paid(&sets[i]))
            continue;
        out->sets++;
        out->spare_sets += is_spare(sets, i) ? 1 : 0;
        if (!sl_u256_add(&out->leaves, out->leaves, sets[i].leaves))
            return overflow(err);
    }
    return SL_OK;
}

/* ---- what it costs ---- */

/* The price of a month of storage, without fixed fees. */
static bool storage_price(struct sl_u256 *out, const struct sl_prices *prices,
                          struct sl_u256 leaves)
{
    struct sl_u256 bytes;
    return sl_cost_leaf_bytes(&bytes, leaves, NULL) == SL_OK &&
           sl_u256_muldiv(out, prices->storage_per_tib_month, bytes, sl_u256(UINT64_C(1) << 40));
}

static bool add_targets(struct sl_cost_advice *out, struct sl_u256 *added,
                        const struct sl_stored *stored, const struct sl_cost_target *targets,
                        size_t count)
{
    *added = sl_u256(0);
    for (size_t i = 0; i < count; i++) {
        const bool was_empty = targets[i].is_new || sl_u256_is_zero(targets[i].current_leaves);
        out->sets += was_empty ? 1 : 0;
        if (!sl_u256_add(added, *added, targets[i].leaves) || out->sets < stored->sets ||
            out->pieces > UINT64_MAX - targets[i].pieces)
            return false;
        out->pieces += targets[i].pieces;
    }
    return true;
}

int sl_cost_advise(struct sl_cost_advice *out, const struct sl_prices *prices,
                   const struct sl_stored *stored, const struct sl_cost_target *targets,
                   size_t count, const struct sl_cost_fees *fees, struct sl_err *err)
{
    struct sl_u256 added, all;
    *out = (struct sl_cost_advice){.sets = stored->sets,
                                   .spare_sets = stored->spare_sets,
                                   .fees = fees->add,
                                   .piece_fee = prices->piece_fee,
                                   .call_fee = prices->add_fee};
    if (!add_targets(out, &added, stored, targets, count) ||
        !sl_u256_add(&all, stored->leaves, added) ||
        !storage_price(&out->storage_month, prices, all) ||
        !storage_price(&out->storage_year, prices, added) ||
        !sl_u256_mul(&out->storage_year, out->storage_year, sl_u256(MONTHS)) ||
        !sl_u256_mul(&out->fixed_month, prices->data_set_per_month, sl_u256(out->sets)) ||
        !sl_u256_mul(&out->spare_month, prices->data_set_per_month, sl_u256(out->spare_sets))) {
        *out = (struct sl_cost_advice){.sets = 0};
        return overflow(err);
    }
    out->given[SL_ADVICE_FIXED] = sl_u256_cmp(out->fixed_month, out->storage_month) > 0;
    out->given[SL_ADVICE_SPARE] = out->spare_sets > 0;
    out->given[SL_ADVICE_TINY] = count > 0 && out->pieces / count >= SL_MANY_PIECES &&
                                 sl_u256_cmp(out->fees, out->storage_year) > 0;
    return SL_OK;
}

/* ---- in words ---- */

const char *sl_advice_word(enum sl_advice advice)
{
    static const char *const words[] = {
#define WORD(value, word) [value] = (word),
        SL_ADVICES(WORD)
#undef WORD
    };
    return words[advice];
}

static void fixed_text(char out[static SL_ADVICE_CHARS], const struct sl_cost_advice *advice)
{
    char fixed[SL_COST_CHARS], storage[SL_COST_CHARS];
    sl_cost_text(fixed, advice->fixed_month);
    sl_cost_text(storage, advice->storage_month);
    snprintf(out, SL_ADVICE_CHARS,
             "%" PRIu64 " data set%s cost%s a fixed %s a month, more than the storage in %s (%s): "
             "each further data set costs the same, however small it is",
             advice->sets, advice->sets == 1 ? "" : "s", advice->sets == 1 ? "s" : "", fixed,
             advice->sets == 1 ? "it" : "them", storage);
}

static void spare_text(char out[static SL_ADVICE_CHARS], const struct sl_cost_advice *advice)
{
    char month[SL_COST_CHARS];
    sl_cost_text(month, advice->spare_month);
    snprintf(out, SL_ADVICE_CHARS,
             "%" PRIu64 " data set%s beside another of the same kind at the same provider, "
             "which costs a fixed %s a month: see `sluice datasets`",
             advice->spare_sets, advice->spare_sets == 1 ? " is" : "s are", month);
}

static void tiny_text(char out[static SL_ADVICE_CHARS], const struct sl_cost_advice *advice)
{
    char fees[SL_COST_CHARS], year[SL_COST_CHARS], piece[SL_COST_CHARS], call[SL_COST_CHARS];
    sl_cost_text(fees, advice->fees);
    sl_cost_text(year, advice->storage_year);
    sl_cost_text(piece, advice->piece_fee);
    sl_cost_text(call, advice->call_fee);
    snprintf(out, SL_ADVICE_CHARS,
             "adding %" PRIu64 " pieces costs %s in fees (%s a piece, %s a call), more than a year "
             "of storing them (%s): put small files into archives first",
             advice->pieces, fees, piece, call, year);
}

bool sl_advice_text(char out[static SL_ADVICE_CHARS], const struct sl_cost_advice *advice,
                    enum sl_advice which)
{
    out[0] = '\0';
    if (!advice->given[which])
        return false;
    if (which == SL_ADVICE_FIXED)
        fixed_text(out, advice);
    else if (which == SL_ADVICE_SPARE)
        spare_text(out, advice);
    else
        tiny_text(out, advice);
    return true;
}
