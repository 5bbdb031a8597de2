/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/u256.h"

#include <string.h>

__extension__ typedef unsigned __int128 wide;

struct sl_u256 sl_u256(uint64_t value)
{
    return (struct sl_u256){{value, 0, 0, 0}};
}

struct sl_u256 sl_u256_max(void)
{
    return (struct sl_u256){{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
}

bool sl_u256_is_zero(struct sl_u256 a)
{
    return (a.limb[0] | a.limb[1] | a.limb[2] | a.limb[3]) == 0;
}

int sl_u256_cmp(struct sl_u256 a, struct sl_u256 b)
{
    for (int i = 3; i >= 0; i--) {
        if (a.limb[i] != b.limb[i])
            return a.limb[i] < b.limb[i] ? -1 : 1;
    }
    return 0;
}

struct sl_u256 sl_u256_min_of(struct sl_u256 a, struct sl_u256 b)
{
    return sl_u256_cmp(a, b) <= 0 ? a : b;
}

struct sl_u256 sl_u256_max_of(struct sl_u256 a, struct sl_u256 b)
{
    return sl_u256_cmp(a, b) >= 0 ? a : b;
}

bool sl_u256_add(struct sl_u256 *out, struct sl_u256 a, struct sl_u256 b)
{
    uint64_t carry = 0;
    for (int i = 0; i < 4; i++) {
        const wide sum = (wide)a.limb[i] + b.limb[i] + carry;
        a.limb[i] = (uint64_t)sum;
        carry = (uint64_t)(sum >> 64);
    }
    if (carry != 0)
        return false;
    *out = a;
    return true;
}

bool sl_u256_sub(struct sl_u256 *out, struct sl_u256 a, struct sl_u256 b)
{
    uint64_t borrow = 0;
    if (sl_u256_cmp(a, b) < 0)
        return false;
    for (int i = 0; i < 4; i++) {
        const wide difference = (wide)a.limb[i] - b.limb[i] - borrow;
        a.limb[i] = (uint64_t)difference;
        borrow = (uint64_t)(difference >> 64) & 1;
    }
    *out = a;
    return true;
}

static void multiply(uint64_t product[static 8], struct sl_u256 a, struct sl_u256 b)
{
    memset(product, 0, 8 * sizeof product[0]);
    for (int i = 0; i < 4; i++) {
        uint64_t carry = 0;
        for (int j = 0; j < 4; j++) {
            const wide t = (wide)a.limb[i] * b.limb[j] + product[i + j] + carry;
            product[i + j] = (uint64_t)t;
            carry = (uint64_t)(t >> 64);
        }
        product[i + 4] = carry;
    }
}

bool sl_u256_mul(struct sl_u256 *out, struct sl_u256 a, struct sl_u256 b)
{
    uint64_t product[8];
    multiply(product, a, b);
    if ((product[4] | product[5] | product[6] | product[7]) != 0)
        return false;
    memcpy(out->limb, product, sizeof out->limb);
    return true;
}

/* ---- division: Knuth, The Art of Computer Programming 2, 4.3.1, algorithm D, 32-bit digits ----
 */

enum { DIGITS = 16 };

static size_t digits_of(uint32_t *digit, const uint64_t *limb, size_t limbs)
{
    for (size_t i = 0; i < limbs; i++) {
        digit[2 * i] = (uint32_t)limb[i];
        digit[2 * i + 1] = (uint32_t)(limb[i] >> 32);
    }
    size_t n = 2 * limbs;
    while (n > 0 && digit[n - 1] == 0)
        n--;
    return n;
}

/* Shifts left by 0 .. 31 bits; returns what falls out at the top. */
static uint32_t shift_left(uint32_t *digit, size_t n, unsigned bits)
{
    uint32_t carry = 0;
    for (size_t i = 0; i < n; i++) {
        const uint64_t t = (uint64_t)digit[i] << bits | carry;
        digit[i] = (uint32_t)t;
        carry = (uint32_t)(t >> 32);
    }
    return carry;
}

/* Subtracts q * v (n digits) from u (n + 1 digits); returns the borrow. */
static bool subtract_multiple(uint32_t *u, const uint32_t *v, size_t n, uint64_t q)
{
    uint64_t carry = 0;
    uint64_t borrow = 0;
    for (size_t i = 0; i <= n; i++) {
        const uint64_t t = (i < n ? q * v[i] : 0) + carry;
        const uint64_t difference = (uint64_t)u[i] - (uint32_t)t - borrow;
        carry = t >> 32;
        u[i] = (uint32_t)difference;
        borrow = difference >> 63;
    }
    return borrow != 0;
}

static void add_back(uint32_t *u, const uint32_t *v, size_t n)
{
    uint64_t carry = 0;
    for (size_t i = 0; i < n; i++) {
        carry += (uint64_t)u[i] + v[i];
        u[i] = (uint32_t)carry;
        carry >>= 32;
    }
    u[n] += (uint32_t)carry;
}

/* One quotient digit from the top three digits of u and the top two of v (v normalised). */
static uint64_t estimate(const uint32_t *u, const uint32_t *v, size_t n)
{
    const uint64_t top = (uint64_t)u[n] << 32 | u[n - 1];
    uint64_t q = top / v[n - 1];
    uint64_t r = top % v[n - 1];
    while (q >> 32 != 0 || (n > 1 && q * v[n - 2] > (r << 32 | u[n - 2]))) {
        q--;
        r += v[n - 1];
        if (r >> 32 != 0)
            break;
    }
    return q;
}

/* u (un digits, room for one more) by v (n > 0 digits, no leading zero): u becomes the remainder,
 * both shifted left by the returned number of bits. */
static unsigned divide(uint32_t *q, uint32_t *u, size_t un, uint32_t *v, size_t n)
{
    const unsigned bits = (unsigned)__builtin_clz(v[n - 1]);
    (void)shift_left(v, n, bits);
    u[un] = shift_left(u, un, bits);
    for (size_t j = un - n + 1; j-- > 0;) {
        uint64_t digit = estimate(u + j, v, n);
        if (subtract_multiple(u + j, v, n, digit)) {
            digit--;
            add_back(u + j, v, n);
        }
        q[j] = (uint32_t)digit;
    }
    return bits;
}

static struct sl_u256 from_digits(const uint32_t *digit)
{
    struct sl_u256 a;
    for (size_t i = 0; i < 4; i++)
        a.limb[i] = (uint64_t)digit[2 * i + 1] << 32 | digit[2 * i];
    return a;
}

/* False when b is zero or the quotient does not fit. */
static bool divide_limbs(struct sl_u256 *quotient, struct sl_u256 *remainder, const uint64_t *limb,
                         size_t limbs, struct sl_u256 b)
{
    uint32_t u[DIGITS + 1] = {0};
    uint32_t v[8];
    uint32_t q[DIGITS] = {0};
    unsigned bits = 0;
    const size_t un = digits_of(u, limb, limbs);
    const size_t n = digits_of(v, b.limb, 4);
    if (n == 0)
        return false;
    if (un >= n)
        bits = divide(q, u, un, v, n);
    for (size_t i = 8; i < DIGITS; i++) {
        if (q[i] != 0)
            return false;
    }
    /* the remainder is below b: shifted back it fits eight digits */
    for (size_t i = 0; i < 8; i++)
        u[i] = (uint32_t)(((uint64_t)u[i + 1] << 32 | u[i]) >> bits);
    if (quotient != NULL)
        *quotient = from_digits(q);
    if (remainder != NULL)
        *remainder = from_digits(u);
    return true;
}

bool sl_u256_divmod(struct sl_u256 *quotient, struct sl_u256 *remainder, struct sl_u256 a,
                    struct sl_u256 b)
{
    return divide_limbs(quotient, remainder, a.limb, 4, b);
}

bool sl_u256_div(struct sl_u256 *out, struct sl_u256 a, struct sl_u256 b)
{
    return divide_limbs(out, NULL, a.limb, 4, b);
}

bool sl_u256_div_up(struct sl_u256 *out, struct sl_u256 a, struct sl_u256 b)
{
    struct sl_u256 quotient;
    struct sl_u256 remainder;
    if (!divide_limbs(&quotient, &remainder, a.limb, 4, b))
        return false;
    if (sl_u256_is_zero(remainder)) {
        *out = quotient;
        return true;
    }
    return sl_u256_add(out, quotient, sl_u256(1));
}

bool sl_u256_muldiv(struct sl_u256 *out, struct sl_u256 a, struct sl_u256 b, struct sl_u256 c)
{
    uint64_t product[8];
    multiply(product, a, b);
    return divide_limbs(out, NULL, product, 8, c);
}

struct sl_u256 sl_u256_shr(struct sl_u256 a, unsigned bits)
{
    struct sl_u256 out = {{0}};
    const unsigned limbs = bits / 64;
    const unsigned rest = bits % 64;
    for (unsigned i = 0; i + limbs < 4; i++) {
        const uint64_t low = a.limb[i + limbs];
        const uint64_t high = i + limbs + 1 < 4 ? a.limb[i + limbs + 1] : 0;
        out.limb[i] = (uint64_t)(((wide)high << 64 | low) >> rest);
    }
    return out;
}

struct sl_u256 sl_u256_low(struct sl_u256 a, unsigned bits)
{
    for (unsigned i = 0; i < 4; i++) {
        if (bits <= 64 * i)
            a.limb[i] = 0;
        else if (bits < 64 * (i + 1))
            a.limb[i] &= (UINT64_C(1) << (bits - 64 * i)) - 1;
    }
    return a;
}

bool sl_u256_to_u64(uint64_t *out, struct sl_u256 a)
{
    if ((a.limb[1] | a.limb[2] | a.limb[3]) != 0)
        return false;
    *out = a.limb[0];
    return true;
}

bool sl_u256_from_be(struct sl_u256 *out, const uint8_t *bytes, size_t len)
{
    if (len > 32)
        return false;
    struct sl_u256 a = {{0}};
    for (size_t i = 0; i < len; i++)
        a.limb[i / 8] |= (uint64_t)bytes[len - 1 - i] << (8 * (i % 8));
    *out = a;
    return true;
}

void sl_u256_to_be(uint8_t out[static 32], struct sl_u256 a)
{
    for (size_t i = 0; i < 32; i++)
        out[31 - i] = (uint8_t)(a.limb[i / 8] >> (8 * (i % 8)));
}
