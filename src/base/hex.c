/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/hex.h"

void sl_hex_encode(char *out, const uint8_t *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * len] = '\0';
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int sl_hex_decode(uint8_t *out, size_t cap, const char *text, size_t text_len, struct sl_err *err)
{
    if (text_len >= 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        text += 2;
        text_len -= 2;
    }
    if (text_len % 2 != 0)
        return sl_err_set(err, SL_EFORMAT, "hex text has an odd number of digits (%zu)", text_len);
    if (text_len / 2 > cap)
        return sl_err_set(err, SL_EFORMAT, "hex text of %zu bytes where at most %zu fit",
                          text_len / 2, cap);
    for (size_t i = 0; i < text_len / 2; i++) {
        const int high = nibble(text[2 * i]);
        const int low = nibble(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return sl_err_set(err, SL_EFORMAT, "hex text has a character that is not a digit");
        out[i] = (uint8_t)(high << 4 | low);
    }
    return (int)(text_len / 2);
}
