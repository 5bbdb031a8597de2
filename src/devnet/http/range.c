/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "http/range.h"

#include <stdbool.h>
#include <string.h>

enum { RANGE_OK, RANGE_EMPTY, RANGE_BEHIND, RANGE_BAD };

struct span {
    const char *at;
    const char *end;
};

static struct span trim(struct span text)
{
    while (text.at < text.end && (*text.at == ' ' || *text.at == '\t'))
        text.at++;
    while (text.at < text.end && (text.end[-1] == ' ' || text.end[-1] == '\t'))
        text.end--;
    return text;
}

/* Digits only, at least one; what does not fit becomes the largest number. */
static bool number(uint64_t *out, struct span text)
{
    uint64_t value = 0;
    for (const char *at = text.at; at < text.end; at++) {
        if (*at < '0' || *at > '9')
            return false;
        const uint64_t digit = (uint64_t)(*at - '0');
        value = value > (UINT64_MAX - digit) / 10 ? UINT64_MAX : value * 10 + digit;
    }
    *out = value;
    return text.at < text.end;
}

/* "-N": the last N bytes. */
static int parse_suffix(struct sl_devnet_range *out, struct span text, uint64_t size)
{
    uint64_t last = 0;
    if (!number(&last, text))
        return RANGE_BAD;
    if (last == 0)
        return RANGE_BEHIND;
    out->length = last < size ? last : size;
    out->start = size - out->length;
    return RANGE_OK;
}

/* "A-B", "A-" or "-N". */
static int parse_one(struct sl_devnet_range *out, struct span text, uint64_t size)
{
    text = trim(text);
    if (text.at == text.end)
        return RANGE_EMPTY;
    const char *dash = memchr(text.at, '-', (size_t)(text.end - text.at));
    if (dash == NULL)
        return RANGE_BAD;
    const struct span from = trim((struct span){text.at, dash});
    const struct span to = trim((struct span){dash + 1, text.end});
    if (from.at == from.end)
        return parse_suffix(out, to, size);
    uint64_t last = size - 1;
    if (!number(&out->start, from) || (to.at < to.end && !number(&last, to)))
        return RANGE_BAD;
    if (to.at < to.end && last < out->start)
        return RANGE_BAD;
    if (out->start >= size)
        return RANGE_BEHIND;
    if (last >= size)
        last = size - 1;
    out->length = last - out->start + 1;
    return RANGE_OK;
}

enum sl_devnet_ranges
sl_devnet_ranges_parse(struct sl_devnet_range out[static SL_DEVNET_RANGES_MAX], size_t *count,
                       const char *text, uint64_t size)
{
    static const char unit[] = "bytes=";
    *count = 0;
    if (text == NULL || text[0] == '\0')
        return SL_DEVNET_RANGES_WHOLE;
    if (strncmp(text, unit, sizeof unit - 1) != 0)
        return SL_DEVNET_RANGES_INVALID;
    uint64_t total = 0;
    bool behind = false;
    bool many = false;
    const char *at = text + sizeof unit - 1;
    for (bool more = true; more;) {
        struct sl_devnet_range range = {0};
        const size_t len = strcspn(at, ",");
        const int kind = parse_one(&range, (struct span){at, at + len}, size);
        if (kind == RANGE_BAD)
            return SL_DEVNET_RANGES_INVALID;
        behind = behind || kind == RANGE_BEHIND;
        if (kind == RANGE_OK && *count == SL_DEVNET_RANGES_MAX)
            many = true;
        else if (kind == RANGE_OK)
            out[(*count)++] = range;
        total = range.length > UINT64_MAX - total ? UINT64_MAX : total + range.length;
        more = at[len] == ',';
        at += len + (more ? 1 : 0);
    }
    if (*count == 0)
        return behind ? SL_DEVNET_RANGES_NO_OVERLAP : SL_DEVNET_RANGES_WHOLE;
    /* more bytes in parts than in the whole, or very many parts: nobody needs that */
    return many || total > size ? SL_DEVNET_RANGES_WHOLE : SL_DEVNET_RANGES_SOME;
}
