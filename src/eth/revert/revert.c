/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/revert.h"

#include <stdio.h>
#include <string.h>

#include "sluice/hex.h"
#include "sluice/text.h"

#include "revert/revert_string.h"
#include "revert/revert_table.h"
#include "revert/revert_text.h"

static const struct {
    uint64_t reason;
    const char *text;
} panics[] = {{0x01, "an assertion failed"},          {0x11, "a number overflowed"},
              {0x12, "a division by zero"},           {0x21, "a value outside of its enumeration"},
              {0x22, "broken bytes in storage"},      {0x31, "taken from an empty list"},
              {0x32, "an index outside of its list"}, {0x41, "out of memory"},
              {0x51, "a function that is not set"}};

static void write_panic(struct sl_revert *revert)
{
    struct sl_abi_reader r;
    sl_revert_args(&r, revert);
    const uint64_t reason = sl_abi_get_u64(&r);
    const char *text = "an unknown reason";
    for (size_t i = 0; i < sizeof panics / sizeof panics[0]; i++) {
        if (panics[i].reason == reason)
            text = panics[i].text;
    }
    snprintf(revert->text, sizeof revert->text, "The contract failed inside: %s (0x%llx).", text,
             (unsigned long long)reason);
}

/* A text that we know gets a sentence of ours in front of it. */
static void write_known_string(struct sl_revert *revert)
{
    struct sl_abi_reader r;
    size_t len;
    char escaped[SL_REVERT_TEXT_BYTES / 2];
    sl_revert_args(&r, revert);
    const char *text = sl_abi_get_str(&r, &len);
    const struct sl_revert_string *known = sl_revert_string_of(text, len);
    if (known == NULL)
        return;
    revert->code = known->code;
    sl_text_escape(escaped, sizeof escaped, text, len);
    snprintf(revert->text, sizeof revert->text, "%s (%s)", known->sentence, escaped);
}

static void write_unknown(struct sl_revert *revert, uint32_t selector)
{
    revert->signature = NULL;
    revert->code = SL_EREVERT;
    snprintf(revert->text, sizeof revert->text,
             "The contract refused the call with an error that is not known here: 0x%08x.",
             (unsigned)selector);
}

bool sl_revert_decode(struct sl_revert *out, const uint8_t *data, size_t len)
{
    if (len < SL_ABI_SELECTOR)
        return false;
    const uint32_t selector =
        (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 | data[3];
    const struct sl_revert_row *row = sl_revert_row_of(selector);
    memset(out, 0, sizeof *out);
    out->args_len = len - SL_ABI_SELECTOR;
    if (out->args_len > sizeof out->args)
        out->args_len = sizeof out->args; /* a longer text will not decode, and is not wanted */
    memcpy(out->args, data + SL_ABI_SELECTOR, out->args_len);
    if (row != NULL) {
        out->signature = row->signature;
        out->code = row->code;
    }
    if (row == NULL || !sl_revert_write_text(out, row))
        write_unknown(out, selector);
    else if (row == &sl_revert_panic)
        write_panic(out);
    else if (row == &sl_revert_error)
        write_known_string(out);
    return true;
}

/* As if the text had come as Error(string). */
static void decode_text(struct sl_revert *out, const char *text, size_t len)
{
    struct sl_abi_writer w = {0};
    if (len > sizeof out->args / 2)
        len = sizeof out->args / 2;
    sl_abi_call(&w, sl_revert_error.signature);
    sl_abi_put_strn(&w, text, len);
    if (sl_abi_end(&w, NULL) == SL_OK)
        (void)sl_revert_decode(out, (const uint8_t *)w.buf.data, w.buf.len);
    sl_abi_free(&w);
}

static bool decode_hex(struct sl_revert *out, const char *text, size_t len)
{
    uint8_t data[SL_ABI_SELECTOR + SL_REVERT_DATA_BYTES];
    size_t digits = 2;
    const size_t most = 2 + 2 * sizeof data;
    if (len < 2 || text[0] != '0' || text[1] != 'x')
        return false;
    while (digits < len && digits < most &&
           strchr("0123456789abcdefABCDEF", text[digits]) != NULL && text[digits] != '\0')
        digits++;
    const int n = sl_hex_decode(data, sizeof data, text, digits - digits % 2, NULL);
    return n >= 0 && sl_revert_decode(out, data, (size_t)n);
}

/* strstr() in `len` bytes. */
static const char *find(const char *text, size_t len, const char *what)
{
    const size_t n = strlen(what);
    for (size_t i = 0; i + n <= len; i++) {
        if (memcmp(text + i, what, n) == 0)
            return text + i;
    }
    return NULL;
}

/* What stands behind "vm error=[" or "revert reason=[". */
static bool decode_inside(struct sl_revert *out, const char *text, size_t len)
{
    static const char error[] = "Error(";
    if (decode_hex(out, text, len))
        return true;
    if (len < sizeof error - 1 || memcmp(text, error, sizeof error - 1) != 0)
        return false;
    text += sizeof error - 1;
    len -= sizeof error - 1;
    const char *end = find(text, len, ")]");
    decode_text(out, text, end != NULL ? (size_t)(end - text) : len);
    return true;
}

bool sl_revert_find(struct sl_revert *out, const char *message, size_t len)
{
    static const char *const marks[] = {"vm error=[", "revert reason=["};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        const char *at = message;
        size_t left = len;
        while ((at = find(at, left, marks[i])) != NULL) {
            at += strlen(marks[i]);
            left = len - (size_t)(at - message);
            if (decode_inside(out, at, left))
                return true;
        }
    }
    return decode_hex(out, message, len);
}

bool sl_revert_is(const struct sl_revert *revert, const char *name)
{
    const size_t len = strlen(name);
    return revert->signature != NULL && strncmp(revert->signature, name, len) == 0 &&
           revert->signature[len] == '(';
}

int sl_revert_err(const struct sl_revert *revert, struct sl_err *err)
{
    return sl_err_set(err, revert->code, "%s", revert->text);
}
