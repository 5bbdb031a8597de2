/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * signed_amount.h - sums of amounts that may be negative in between. Layer: foc, private.
 *
 * Additions and subtractions are kept apart and offset against each other. So a sum is exact as
 * long as it lies between -2^256 and 2^256; an overflow sticks until the end.
 */
#ifndef SL_FOC_SIGNED_AMOUNT_H
#define SL_FOC_SIGNED_AMOUNT_H

#include "sluice/u256.h"

/** Zero-initialise, or start with both parts set. */
struct sl_signed_amount {
    struct sl_u256 plus;
    struct sl_u256 minus;
    bool overflow;
};

static inline void sl_signed_amount_normalize(struct sl_signed_amount *sum)
{
    struct sl_u256 both = sl_u256_min_of(sum->plus, sum->minus);
    if (!sl_u256_sub(&sum->plus, sum->plus, both) || !sl_u256_sub(&sum->minus, sum->minus, both))
        sum->overflow = true; /* cannot happen */
}

static inline void sl_signed_amount_add(struct sl_signed_amount *sum, struct sl_u256 value)
{
    struct sl_u256 owed;
    sl_signed_amount_normalize(sum);
    owed = sl_u256_min_of(sum->minus, value);
    if (!sl_u256_sub(&sum->minus, sum->minus, owed) || !sl_u256_sub(&value, value, owed) ||
        !sl_u256_add(&sum->plus, sum->plus, value))
        sum->overflow = true;
}

static inline void sl_signed_amount_sub(struct sl_signed_amount *sum, struct sl_u256 value)
{
    struct sl_signed_amount other = {
        .plus = sum->minus, .minus = sum->plus, .overflow = sum->overflow};
    sl_signed_amount_add(&other, value);
    *sum = (struct sl_signed_amount){
        .plus = other.minus, .minus = other.plus, .overflow = other.overflow};
}

static inline void sl_signed_amount_add_product(struct sl_signed_amount *sum, struct sl_u256 a,
                                                struct sl_u256 b)
{
    struct sl_u256 product = {{0}};
    if (!sl_u256_mul(&product, a, b))
        sum->overflow = true;
    sl_signed_amount_add(sum, product);
}

static inline void sl_signed_amount_sub_product(struct sl_signed_amount *sum, struct sl_u256 a,
                                                struct sl_u256 b)
{
    struct sl_u256 product = {{0}};
    if (!sl_u256_mul(&product, a, b))
        sum->overflow = true;
    sl_signed_amount_sub(sum, product);
}

static inline bool sl_signed_amount_is_positive(const struct sl_signed_amount *sum)
{
    return sl_u256_cmp(sum->plus, sum->minus) > 0;
}

/** The sum, or 0 if it is negative. */
static inline struct sl_u256 sl_signed_amount_or_zero(const struct sl_signed_amount *sum)
{
    struct sl_u256 rest = {{0}};
    return sl_u256_sub(&rest, sum->plus, sum->minus) ? rest : sl_u256(0);
}

static inline int sl_signed_amount_check(const struct sl_signed_amount *sum, const char *what,
                                         struct sl_err *err)
{
    return sum->overflow ? sl_err_set(err, SL_EOVERFLOW, "%s does not fit 256 bits", what) : SL_OK;
}

#endif
