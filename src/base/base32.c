/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/base32.h"

void sl_base32_encode(char *out, const uint8_t *bytes, size_t len)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
    uint32_t acc = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < len; i++) {
        acc = (acc << 8 | bytes[i]) & 0xffff;
        bits += 8;
        while (bits >= 5) {
            bits -= 5;
            *out++ = alphabet[acc >> bits & 31];
        }
    }
    if (bits > 0)
        *out++ = alphabet[acc << (5 - bits) & 31];
    *out = '\0';
}

static int value_of(char c)
{
    if (c >= 'a' && c <= 'z')
        return c - 'a';
    if (c >= '2' && c <= '7')
        return c - '2' + 26;
    return -1;
}

int sl_base32_decode(uint8_t *out, size_t cap, const char *text, size_t text_len,
                     struct sl_err *err)
{
    const size_t bytes = text_len * 5 / 8;
    if (SL_BASE32_CHARS(bytes) != text_len)
        return sl_err_set(err, SL_EFORMAT, "base32 text cannot have %zu characters", text_len);
    if (bytes > cap)
        return sl_err_set(err, SL_EFORMAT, "base32 text of %zu bytes where at most %zu fit", bytes,
                          cap);
    uint32_t acc = 0;
    unsigned bits = 0;
    size_t n = 0;
    for (size_t i = 0; i < text_len; i++) {
        const int value = value_of(text[i]);
        if (value < 0)
            return sl_err_set(err, SL_EFORMAT, "character %zu is not base32 (a-z, 2-7)", i + 1);
        acc = (acc << 5 | (uint32_t)value) & 0xfff;
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            out[n++] = (uint8_t)(acc >> bits);
        }
    }
    if ((acc & ((1U << bits) - 1)) != 0)
        return sl_err_set(err, SL_EFORMAT, "base32 text ends in bits that belong to no byte");
    return (int)n;
}
