/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* 256-bit integers as decimal, hexadecimal and token amounts. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "sluice/u256.h"

void sl_u256_dec(char out[static SL_U256_DEC_CHARS], struct sl_u256 a)
{
    char digits[SL_U256_DEC_CHARS];
    char *at = digits + sizeof digits - 1;
    *at = '\0';
    do {
        struct sl_u256 digit;
        const bool fine = sl_u256_divmod(&a, &digit, a, sl_u256(10));
        assert(fine);
        *--at = (char)('0' + digit.limb[0]);
    } while (!sl_u256_is_zero(a));
    memcpy(out, at, strlen(at) + 1);
}

void sl_u256_hex(char out[static SL_U256_HEX_CHARS], struct sl_u256 a)
{
    static const char hex[] = "0123456789abcdef";
    int nibble = 63;
    while (nibble > 0 && (a.limb[nibble / 16] >> (nibble % 16 * 4) & 15) == 0)
        nibble--;
    *out++ = '0';
    *out++ = 'x';
    for (; nibble >= 0; nibble--)
        *out++ = hex[a.limb[nibble / 16] >> (nibble % 16 * 4) & 15];
    *out = '\0';
}

static bool push_digit(struct sl_u256 *a, uint64_t base, uint64_t digit)
{
    return sl_u256_mul(a, *a, sl_u256(base)) && sl_u256_add(a, *a, sl_u256(digit));
}

static int too_large(struct sl_err *err)
{
    return sl_err_set(err, SL_EOVERFLOW, "the number does not fit 256 bits");
}

int sl_u256_parse_dec(struct sl_u256 *out, const char *text, size_t len, struct sl_err *err)
{
    struct sl_u256 a = sl_u256(0);
    if (len == 0)
        return sl_err_set(err, SL_EFORMAT, "empty text is not a number");
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return sl_err_set(err, SL_EFORMAT, "a number has a character that is not a digit");
        if (!push_digit(&a, 10, (uint64_t)(text[i] - '0')))
            return too_large(err);
    }
    *out = a;
    return SL_OK;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int sl_u256_parse_hex(struct sl_u256 *out, const char *text, size_t len, struct sl_err *err)
{
    struct sl_u256 a = sl_u256(0);
    if (len < 3 || text[0] != '0' || text[1] != 'x')
        return sl_err_set(err, SL_EFORMAT, "a quantity must be 0x and hex digits");
    for (size_t i = 2; i < len; i++) {
        const int digit = hex_digit(text[i]);
        if (digit < 0)
            return sl_err_set(err, SL_EFORMAT,
                              "a quantity has a character that is not a hex digit");
        if (!push_digit(&a, 16, (uint64_t)digit))
            return too_large(err);
    }
    *out = a;
    return SL_OK;
}

void sl_u256_amount(char out[static SL_U256_AMOUNT_CHARS], struct sl_u256 a, unsigned decimals,
                    unsigned places)
{
    char digits[SL_U256_DEC_CHARS];
    char padded[2 * SL_U256_DEC_CHARS];
    assert(decimals <= 77);
    sl_u256_dec(digits, a);
    const size_t len = strlen(digits);
    /* zeros in front so that at least one digit stands before the point */
    const size_t zeros = len <= decimals ? decimals + 1 - len : 0;
    memset(padded, '0', zeros);
    memcpy(padded + zeros, digits, len + 1);
    const size_t whole = zeros + len - decimals;
    size_t part = places < decimals ? places : decimals;
    while (part > 0 && padded[whole + part - 1] == '0')
        part--;
    snprintf(out, SL_U256_AMOUNT_CHARS, "%.*s%s%.*s", (int)whole, padded, part > 0 ? "." : "",
             (int)part, padded + whole);
}

int sl_u256_parse_amount(struct sl_u256 *out, const char *text, size_t len, unsigned decimals,
                         struct sl_err *err)
{
    struct sl_u256 a = sl_u256(0);
    size_t digits = 0;
    bool point = false;
    unsigned places = 0;
    assert(decimals <= 77);
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '.' && !point) {
            point = true;
            continue;
        }
        if (text[i] < '0' || text[i] > '9')
            return sl_err_set(err, SL_EFORMAT, "an amount is digits with at most one point: 12.5");
        digits++;
        if (point && places == decimals) {
            if (text[i] != '0')
                return sl_err_set(err, SL_EFORMAT,
                                  "the amount has more than %u digits after the point", decimals);
            continue;
        }
        places += point;
        if (!push_digit(&a, 10, (uint64_t)(text[i] - '0')))
            return too_large(err);
    }
    if (digits == 0)
        return sl_err_set(err, SL_EFORMAT, "the amount has no digits");
    for (; places < decimals; places++) {
        if (!push_digit(&a, 10, 0))
            return too_large(err);
    }
    *out = a;
    return SL_OK;
}
