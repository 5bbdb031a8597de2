/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/base64.h"

#include <stdint.h>
#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void sl_base64_encode(struct sl_buf *out, const void *data, size_t len)
{
    const unsigned char *at = data;
    for (size_t i = 0; i < len; i += 3) {
        const size_t have = len - i < 3 ? len - i : 3;
        uint32_t bits = 0;
        for (size_t k = 0; k < 3; k++)
            bits = bits << 8 | (k < have ? at[i + k] : 0U);
        char four[4] = {digits[bits >> 18], digits[bits >> 12 & 63], '=', '='};
        if (have > 1)
            four[2] = digits[bits >> 6 & 63];
        if (have > 2)
            four[3] = digits[bits & 63];
        sl_buf_add(out, four, sizeof four);
    }
}

static int value_of(char c)
{
    const char *at = c != '\0' ? strchr(digits, c) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

/* Decode four characters to one to three bytes; 0: they are not base64. */
static size_t decode_four(unsigned char out[static 3], const char *four, bool last)
{
    size_t chars = 4;
    uint32_t bits = 0;
    while (last && chars > 2 && four[chars - 1] == '=')
        chars--;
    for (size_t i = 0; i < 4; i++) {
        const int value = i < chars ? value_of(four[i]) : 0;
        if (value < 0)
            return 0;
        bits = bits << 6 | (uint32_t)value;
    }
    for (size_t i = 0; i < 3; i++)
        out[i] = (unsigned char)(bits >> (16 - 8 * i));
    const bool left_over = (chars < 4 && out[2] != 0) || (chars < 3 && out[1] != 0);
    return left_over ? 0 : chars - 1;
}

int sl_base64_decode(struct sl_buf *out, const char *text, struct sl_err *err)
{
    const size_t len = strlen(text);
    for (size_t i = 0; i < len; i += 4) {
        unsigned char bytes[3];
        const size_t n = len - i >= 4 ? decode_four(bytes, text + i, i + 4 == len) : 0;
        if (n == 0)
            return sl_err_set(err, SL_EFORMAT, "not base64");
        sl_buf_add(out, bytes, n);
    }
    return out->failed < 0 ? sl_err_set(err, out->failed, "base64: out of memory") : SL_OK;
}
