/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "revert/revert_text.h"

#include <stdio.h>
#include <string.h>

#include "sluice/hex.h"
#include "sluice/text.h"

enum { EPOCHS_A_DAY = 2880, EPOCHS_A_MONTH = 86400, USDFC_DECIMALS = 18, SHOWN_BYTES = 32 };

static void add_amount(struct sl_buf *out, struct sl_u256 units, const char *behind)
{
    char text[SL_U256_AMOUNT_CHARS];
    sl_u256_amount(text, units, USDFC_DECIMALS, USDFC_DECIMALS);
    sl_buf_printf(out, "%s%s", text, behind);
}

static void add_number(struct sl_buf *out, struct sl_u256 value, const char *format)
{
    char text[SL_U256_DEC_CHARS];
    struct sl_u256 month;
    struct sl_u256 days = value;
    if (strcmp(format, "usdfc") == 0) {
        add_amount(out, value, " USDFC");
    } else if (strcmp(format, "month") == 0 &&
               sl_u256_mul(&month, value, sl_u256(EPOCHS_A_MONTH))) {
        add_amount(out, month, " USDFC a month");
    } else if (strcmp(format, "days") == 0 && sl_u256_div(&days, value, sl_u256(EPOCHS_A_DAY))) {
        sl_u256_dec(text, days);
        sl_buf_printf(out, "%s days", text);
    } else {
        sl_u256_dec(text, value);
        sl_buf_str(out, text);
    }
}

static void add_bytes(struct sl_buf *out, const uint8_t *bytes, size_t len)
{
    char hex[2 * SHOWN_BYTES + 1];
    sl_hex_encode(hex, bytes, len < SHOWN_BYTES ? len : SHOWN_BYTES);
    sl_buf_printf(out, "0x%s%s", hex, len > SHOWN_BYTES ? "..." : "");
}

static void add_address(struct sl_buf *out, struct sl_abi_reader *r)
{
    char text[SL_ADDRESS_CHARS];
    const struct sl_address address = sl_abi_get_address(r);
    sl_address_text(text, &address);
    sl_buf_str(out, text);
}

/* The next argument; errors have only single values. */
static void add_next(struct sl_buf *out, struct sl_abi_reader *r, const char *format)
{
    size_t len;
    switch (sl_abi_next(r)) {
    case SL_ABI_UINT:
        add_number(out, sl_abi_get_u256(r), format);
        return;
    case SL_ABI_ADDRESS:
        add_address(out, r);
        return;
    case SL_ABI_BOOL:
        sl_buf_str(out, sl_abi_get_bool(r) ? "true" : "false");
        return;
    case SL_ABI_FIXED:
        add_bytes(out, sl_abi_get_fixed(r), SL_ABI_WORD);
        return;
    case SL_ABI_STRING: {
        const char *text = sl_abi_get_str(r, &len);
        sl_buf_add(out, text, len);
        return;
    }
    case SL_ABI_NONE:
    case SL_ABI_BYTES:
    case SL_ABI_TUPLE:
    case SL_ABI_LIST:
        sl_abi_skip(r);
        sl_buf_str(out, "?");
        return;
    }
}

/* The name of the parameter at `at` (a position in a signature), and what stands behind it. */
static const char *parameter(const char **name, size_t *len, const char *at)
{
    const size_t span = strcspn(at, ",)");
    const size_t type = strcspn(at, " ,)");
    *name = at + type + (at[type] == ' ');
    *len = type < span ? span - type - 1 : 0;
    return at + span + (at[span] == ',');
}

/* The argument that "{name:format}" asks for, `len` bytes without the braces. */
static void add_asked(struct sl_buf *out, const struct sl_revert *revert, const char *asked,
                      size_t len)
{
    char want[64];
    struct sl_abi_reader r;
    snprintf(want, sizeof want, "%.*s", (int)len, asked);
    char *format = strchr(want, ':');
    if (format != NULL)
        *format++ = '\0';
    sl_revert_args(&r, revert);
    for (const char *at = strchr(revert->signature, '(') + 1; *at != ')';) {
        const char *name;
        size_t name_len;
        at = parameter(&name, &name_len, at);
        if (name_len == strlen(want) && memcmp(name, want, name_len) == 0) {
            add_next(out, &r, format != NULL ? format : "");
            return;
        }
        sl_abi_skip(&r);
    }
}

static void add_sentence(struct sl_buf *out, const struct sl_revert *revert, const char *sentence)
{
    for (const char *at = sentence; *at != '\0';) {
        const size_t plain = strcspn(at, "{");
        sl_buf_add(out, at, plain);
        at += plain;
        if (*at != '{')
            return;
        const size_t len = strcspn(at, "}");
        add_asked(out, revert, at + 1, len - 1);
        at += len + 1;
    }
}

/* "The contract refused the call: Name(railId 5, x 7)." */
static void add_plain(struct sl_buf *out, const struct sl_revert *revert)
{
    struct sl_abi_reader r;
    const char *open = strchr(revert->signature, '(');
    sl_buf_str(out, "The contract refused the call: ");
    sl_buf_add(out, revert->signature, (size_t)(open + 1 - revert->signature));
    sl_revert_args(&r, revert);
    for (const char *at = open + 1; *at != ')';) {
        const char *name;
        size_t len;
        at = parameter(&name, &len, at);
        sl_buf_add(out, name, len);
        sl_buf_str(out, len > 0 ? " " : "");
        add_next(out, &r, "");
        sl_buf_str(out, *at == ')' ? "" : ", ");
    }
    sl_buf_str(out, ").");
}

static bool args_fit(const struct sl_revert *revert)
{
    struct sl_abi_reader r;
    struct sl_buf nowhere = {0};
    sl_revert_args(&r, revert);
    while (sl_abi_next(&r) != SL_ABI_NONE)
        add_next(&nowhere, &r, "");
    sl_buf_free(&nowhere);
    return sl_abi_done(&r, NULL) == SL_OK;
}

bool sl_revert_write_text(struct sl_revert *revert, const struct sl_revert_row *row)
{
    struct sl_buf out = {.cap = (size_t)4 * SL_REVERT_DATA_BYTES};
    if (!args_fit(revert))
        return false;
    if (row->sentence != NULL)
        add_sentence(&out, revert, row->sentence);
    else
        add_plain(&out, revert);
    /* texts of contracts and providers are in it */
    sl_text_escape(revert->text, sizeof revert->text, out.data != NULL ? out.data : "", out.len);
    sl_buf_free(&out);
    return true;
}

void sl_revert_args(struct sl_abi_reader *r, const struct sl_revert *revert)
{
    sl_abi_read(r, revert->signature, revert->args, revert->args_len);
}
