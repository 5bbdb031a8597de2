/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Sizes, rates and times in words, and sizes back from them. */
#include <stdio.h>
#include <string.h>

#include "sluice/text.h"

/* Rounded to a tenth of the unit; 999.95 K is already 1.0 M. */
static void scaled(char out[static SL_TEXT_SHORT], uint64_t bytes, const char *suffix)
{
    static const char units[] = "KMGTPE";
    uint64_t tenth = 100;
    if (bytes < 1000) {
        snprintf(out, SL_TEXT_SHORT, "%u B%s", (unsigned)bytes, suffix);
        return;
    }
    for (const char *unit = units;; unit++, tenth *= 1000) {
        const uint64_t tenths = bytes / tenth + (bytes % tenth >= tenth / 2);
        if (tenths >= 10000)
            continue; /* never with 'E': 2^64 is 18.4 of them */
        snprintf(out, SL_TEXT_SHORT, "%u.%u %c%s", (unsigned)(tenths / 10), (unsigned)(tenths % 10),
                 *unit, suffix[0] != '\0' ? "B/s" : "");
        return;
    }
}

void sl_text_size(char out[static SL_TEXT_SHORT], uint64_t bytes)
{
    scaled(out, bytes, "");
}

void sl_text_rate(char out[static SL_TEXT_SHORT], uint64_t bytes_per_s)
{
    scaled(out, bytes_per_s, "/s");
}

void sl_text_duration(char out[static SL_TEXT_SHORT], int64_t ms)
{
    if (ms < 0) {
        snprintf(out, SL_TEXT_SHORT, "-");
        return;
    }
    const int64_t seconds = ms / 1000;
    const int64_t days = seconds / 86400;
    const unsigned h = (unsigned)(seconds / 3600 % 24);
    const unsigned m = (unsigned)(seconds / 60 % 60);
    const unsigned s = (unsigned)(seconds % 60);
    if (days > 0)
        snprintf(out, SL_TEXT_SHORT, "%lldd %02uh", (long long)days, h);
    else if (h > 0)
        snprintf(out, SL_TEXT_SHORT, "%u:%02u:%02u", h, m, s);
    else if (m > 0)
        snprintf(out, SL_TEXT_SHORT, "%u:%02u", m, s);
    else
        snprintf(out, SL_TEXT_SHORT, "%us", s);
}

/* "K", "kiB", "B", "": the factor, or 0 when it is no unit. */
static uint64_t factor_of(const char *unit)
{
    static const char letters[] = "KMGT";
    uint64_t step = 1000;
    uint64_t factor = 1;
    if (*unit >= 'a' && *unit <= 'z') {
        const char upper[2] = {(char)(*unit - 'a' + 'A'), '\0'};
        if (strpbrk(upper, letters) == NULL)
            return 0;
    }
    const char *letter = *unit != '\0' ? strchr(letters, *unit & ~0x20) : NULL;
    if (letter != NULL && *letter != '\0') {
        unit++;
        if (*unit == 'i') {
            step = 1024;
            unit++;
        }
        for (const char *l = letters; l <= letter; l++)
            factor *= step;
    }
    if (*unit == 'B')
        unit++;
    return *unit == '\0' ? factor : 0;
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

int sl_text_parse_size(uint64_t *bytes, const char *text, struct sl_err *err)
{
    const char *at = text;
    uint64_t whole = 0;
    uint64_t part = 0;
    uint64_t part_of = 1;
    if (!digit(*at))
        return sl_err_set(err, SL_EFORMAT, "\"%.40s\" is no size: write it like 10M or 1.5G", text);
    for (; digit(*at); at++) {
        if (__builtin_mul_overflow(whole, 10, &whole) ||
            __builtin_add_overflow(whole, (uint64_t)(*at - '0'), &whole))
            return sl_err_set(err, SL_EOVERFLOW, "\"%.40s\" is too large", text);
    }
    if (*at == '.') {
        /* six digits: part * factor then stays far below 2^64 */
        for (at++; digit(*at) && part_of < 1000000; at++) {
            part = part * 10 + (uint64_t)(*at - '0');
            part_of *= 10;
        }
        if (part_of == 1)
            return sl_err_set(err, SL_EFORMAT, "\"%.40s\": no digit after the point", text);
    }
    if (at[0] == ' ' && at[1] != '\0')
        at++;
    const uint64_t factor = factor_of(at);
    if (factor == 0 || (part != 0 && factor == 1))
        return sl_err_set(err, SL_EFORMAT, "\"%.40s\" is no size: write it like 10M or 1.5G", text);
    uint64_t value;
    if (__builtin_mul_overflow(whole, factor, &value) ||
        __builtin_add_overflow(value, part * factor / part_of, &value))
        return sl_err_set(err, SL_EOVERFLOW, "\"%.40s\" is too large", text);
    *bytes = value;
    return SL_OK;
}
