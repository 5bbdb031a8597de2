/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * u256.h - unsigned 256-bit integers: token amounts, ids and nonces of the chain. Layer: base.
 *
 * A plain value, passed by value. An operation whose exact result does not fit 0 .. 2^256 - 1 (or
 * that divides by zero) returns false and leaves *out as it was; nothing ever wraps or rounds
 * silently. `out` may be one of the operands.
 */
#ifndef SL_U256_H
#define SL_U256_H

#include <stddef.h>
#include <stdint.h>

#include "sluice/err.h"

struct sl_u256 {
    uint64_t limb[4]; /* least significant first */
};

struct sl_u256 sl_u256(uint64_t value);
struct sl_u256 sl_u256_max(void);

bool sl_u256_is_zero(struct sl_u256 a);
/** < 0, 0, > 0 as a is less than, equal to, greater than b. */
int sl_u256_cmp(struct sl_u256 a, struct sl_u256 b);
struct sl_u256 sl_u256_min_of(struct sl_u256 a, struct sl_u256 b);
struct sl_u256 sl_u256_max_of(struct sl_u256 a, struct sl_u256 b);

bool sl_u256_add(struct sl_u256 *out, struct sl_u256 a, struct sl_u256 b) SL_MUST_CHECK;
bool sl_u256_sub(struct sl_u256 *out, struct sl_u256 a, struct sl_u256 b) SL_MUST_CHECK;
bool sl_u256_mul(struct sl_u256 *out, struct sl_u256 a, struct sl_u256 b) SL_MUST_CHECK;
/** Quotient rounded down and remainder; either may be NULL. */
bool sl_u256_divmod(struct sl_u256 *quotient, struct sl_u256 *remainder, struct sl_u256 a,
                    struct sl_u256 b) SL_MUST_CHECK;
bool sl_u256_div(struct sl_u256 *out, struct sl_u256 a, struct sl_u256 b) SL_MUST_CHECK;
/** Quotient rounded up. */
bool sl_u256_div_up(struct sl_u256 *out, struct sl_u256 a, struct sl_u256 b) SL_MUST_CHECK;
/** a * b / c rounded down; the product may need 512 bits. */
bool sl_u256_muldiv(struct sl_u256 *out, struct sl_u256 a, struct sl_u256 b,
                    struct sl_u256 c) SL_MUST_CHECK;
/** Shift right by `bits`; 256 and more give 0. The result always fits. */
struct sl_u256 sl_u256_shr(struct sl_u256 a, unsigned bits);
/** a modulo 2^bits. */
struct sl_u256 sl_u256_low(struct sl_u256 a, unsigned bits);

/** False when it is above 2^64 - 1. */
bool sl_u256_to_u64(uint64_t *out, struct sl_u256 a) SL_MUST_CHECK;

/** Big-endian bytes, at most 32 of them (longer input: false). */
bool sl_u256_from_be(struct sl_u256 *out, const uint8_t *bytes, size_t len) SL_MUST_CHECK;
void sl_u256_to_be(uint8_t out[static 32], struct sl_u256 a);

enum {
    SL_U256_DEC_CHARS = 79,   /* 78 digits and NUL */
    SL_U256_HEX_CHARS = 67,   /* "0x", 64 digits and NUL */
    SL_U256_AMOUNT_CHARS = 82 /* digits, the point, a zero before it and NUL */
};

/** Decimal without leading zeros. */
void sl_u256_dec(char out[static SL_U256_DEC_CHARS], struct sl_u256 a);
/** A JSON-RPC quantity: "0x0", "0x4cb2f": lower case, no leading zeros. */
void sl_u256_hex(char out[static SL_U256_HEX_CHARS], struct sl_u256 a);

/** Digits only, leading zeros allowed. Errors: SL_EFORMAT, SL_EOVERFLOW. */
int sl_u256_parse_dec(struct sl_u256 *out, const char *text, size_t len,
                      struct sl_err *err) SL_MUST_CHECK;
/** "0x" and at least one digit of any case; leading zeros allowed. Errors: as above. */
int sl_u256_parse_hex(struct sl_u256 *out, const char *text, size_t len,
                      struct sl_err *err) SL_MUST_CHECK;

/**
 * An amount of a token with `decimals` (0 .. 77) decimals: "1.5", "0.000000000000000001", "12".
 * Shows at most `places` digits after the point, without trailing zeros. Further digits are cut,
 * never rounded up: a screen must not show more than there is. Exact when places >= decimals.
 */
void sl_u256_amount(char out[static SL_U256_AMOUNT_CHARS], struct sl_u256 a, unsigned decimals,
                    unsigned places);

/**
 * Parse an amount: "1.5", "12", ".5", "3.". More digits after the point than the token has are
 * refused unless they are zeros. Errors: SL_EFORMAT, SL_EOVERFLOW.
 */
int sl_u256_parse_amount(struct sl_u256 *out, const char *text, size_t len, unsigned decimals,
                         struct sl_err *err) SL_MUST_CHECK;

#endif
