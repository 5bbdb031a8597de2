/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdio.h>
#include <string.h>

#include "sluice/costs.h"

static const struct row {
    size_t offset;
    unsigned decimals;
    const char *name;
    uint64_t lists[2]; /* older list first */
} rows[] = {
#define ROW(field, decimals, name, older, newer)                                                   \
    {offsetof(struct sl_prices, field), decimals, name, {UINT64_C(older), UINT64_C(newer)}},
    SL_PRICES(ROW)
#undef ROW
};

enum { ROWS = sizeof rows / sizeof rows[0], OLDER = 0, NEWER = 1 };

static struct sl_u256 get(const struct sl_prices *prices, size_t row)
{
    struct sl_u256 value;
    memcpy(&value, (const char *)prices + rows[row].offset, sizeof value);
    return value;
}

static void set(struct sl_prices *prices, size_t row, struct sl_u256 value)
{
    memcpy((char *)prices + rows[row].offset, &value, sizeof value);
}

static size_t in_common(const struct sl_prices *told, int list)
{
    size_t count = 0;
    for (size_t i = 0; i < ROWS; i++)
        count += sl_u256_cmp(get(told, i), sl_u256(rows[i].lists[list])) == 0 ? 1 : 0;
    return count;
}

void sl_prices_known(struct sl_prices *out, const struct sl_prices *told, bool only_newest)
{
    const bool older = !only_newest && in_common(told, OLDER) > in_common(told, NEWER);
    *out = (struct sl_prices){.token = told->token};
    for (size_t i = 0; i < ROWS; i++)
        set(out, i, sl_u256(rows[i].lists[older ? OLDER : NEWER]));
}

static void show(char out[static SL_PRICE_TEXT], struct sl_u256 value, unsigned decimals)
{
    char text[SL_U256_AMOUNT_CHARS];
    sl_u256_amount(text, value, decimals, decimals);
    snprintf(out, SL_PRICE_TEXT, "%s %s", text, decimals == 0 ? "epochs" : "USDFC");
}

static bool doubt(struct sl_price_doubt *out, size_t row, struct sl_u256 told, struct sl_u256 other)
{
    out->name = rows[row].name;
    show(out->told, told, rows[row].decimals);
    show(out->other, other, rows[row].decimals);
    return true;
}

/* Whether `more` exceeds `less` by more than the factor. */
static bool is_far(struct sl_u256 less, struct sl_u256 more)
{
    struct sl_u256 most;
    return sl_u256_mul(&most, less, sl_u256(SL_PRICE_FACTOR)) && sl_u256_cmp(more, most) > 0;
}

bool sl_prices_are_odd(struct sl_price_doubt *out, const struct sl_prices *told,
                       const struct sl_prices *known)
{
    for (size_t i = 0; i < ROWS; i++) {
        const struct sl_u256 a = get(told, i);
        const struct sl_u256 b = get(known, i);
        if (is_far(a, b) || is_far(b, a))
            return doubt(out, i, a, b);
    }
    return false;
}

bool sl_prices_differ(struct sl_price_doubt *out, const struct sl_prices *told,
                      const struct sl_prices *other)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (sl_u256_cmp(get(told, i), get(other, i)) != 0)
            return doubt(out, i, get(told, i), get(other, i));
    }
    return false;
}

bool sl_prices_larger(struct sl_prices *out, const struct sl_prices *told,
                      const struct sl_prices *known)
{
    bool raised = false;
    *out = *told;
    for (size_t i = 0; i < ROWS; i++) {
        const bool more = sl_u256_cmp(get(known, i), get(told, i)) > 0;
        if (more)
            set(out, i, get(known, i));
        raised = raised || more;
    }
    return raised;
}
