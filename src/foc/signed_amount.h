/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * exact.h - sums of amounts that may go below zero on the way. Layer: foc, private.
 *
 * What was added and what was taken stand apart and are set off against each other, so that a sum
 * is exact as long as it lies between -2^256 and 2^256; an overflow sticks until the end.
 */
#ifndef SL_FOC_EXACT_H
#define SL_FOC_EXACT_H

#include "sluice/u256.h"

/** Zero-initialise; may begin with both. */
struct sl_sum {
    struct sl_u256 plus;
    struct sl_u256 minus;
    bool overflow;
};

static inline void sl_sum_set_off(struct sl_sum *sum)
{
    struct sl_u256 both = sl_u256_min_of(sum->plus, sum->minus);
    if (!sl_u256_sub(&sum->plus, sum->plus, both) || !sl_u256_sub(&sum->minus, sum->minus, both))
        sum->overflow = true; /* cannot be */
}

static inline void sl_sum_add(struct sl_sum *sum, struct sl_u256 value)
{
    struct sl_u256 owed;
    sl_sum_set_off(sum);
    owed = sl_u256_min_of(sum->minus, value);
    if (!sl_u256_sub(&sum->minus, sum->minus, owed) || !sl_u256_sub(&value, value, owed) ||
        !sl_u256_add(&sum->plus, sum->plus, value))
        sum->overflow = true;
}

static inline void sl_sum_take(struct sl_sum *sum, struct sl_u256 value)
{
    struct sl_sum other = {.plus = sum->minus, .minus = sum->plus, .overflow = sum->overflow};
    sl_sum_add(&other, value);
    *sum = (struct sl_sum){.plus = other.minus, .minus = other.plus, .overflow = other.overflow};
}

static inline void sl_sum_add_product(struct sl_sum *sum, struct sl_u256 a, struct sl_u256 b)
{
    struct sl_u256 product = {{0}};
    if (!sl_u256_mul(&product, a, b))
        sum->overflow = true;
    sl_sum_add(sum, product);
}

static inline void sl_sum_take_product(struct sl_sum *sum, struct sl_u256 a, struct sl_u256 b)
{
    struct sl_u256 product = {{0}};
    if (!sl_u256_mul(&product, a, b))
        sum->overflow = true;
    sl_sum_take(sum, product);
}

static inline bool sl_sum_is_positive(const struct sl_sum *sum)
{
    return sl_u256_cmp(sum->plus, sum->minus) > 0;
}

/** The sum, or 0 if it is below. */
static inline struct sl_u256 sl_sum_or_zero(const struct sl_sum *sum)
{
    struct sl_u256 rest = {{0}};
    return sl_u256_sub(&rest, sum->plus, sum->minus) ? rest : sl_u256(0);
}

static inline int sl_sum_check(const struct sl_sum *sum, const char *what, struct sl_err *err)
{
    return sum->overflow ? sl_err_set(err, SL_EOVERFLOW, "%s does not fit 256 bits", what) : SL_OK;
}

#endif
