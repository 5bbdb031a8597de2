/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/hex.h"
#include "sluice/json.h"
#include "sluice/text.h"

static const uint64_t exact_max = UINT64_C(9007199254740991); /* 2^53 - 1 */

/* The short escape of a code point, NULL when it has none. */
static const char *short_escape(int32_t code_point)
{
    switch (code_point) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    default:
        return NULL;
    }
}

static bool is_plain(char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* What no terminal may get: controls, and what turns the order of the text around or ends a line.
 */
static bool is_control(int32_t code_point)
{
    return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0) || code_point == 0x61c ||
           (code_point >= 0x200b && code_point <= 0x200f) ||
           (code_point >= 0x2028 && code_point <= 0x202e) ||
           (code_point >= 0x2060 && code_point <= 0x206f) || code_point == 0xfeff;
}

/* More is escaped than JSON asks for: the line may end up on a terminal. */
static void add_quoted(struct sl_buf *buf, const char *text, size_t len)
{
    sl_buf_add(buf, "\"", 1);
    size_t at = 0;
    while (at < len) {
        size_t run = 0;
        while (at + run < len && is_plain(text[at + run]))
            run++;
        sl_buf_add(buf, text + at, run);
        at += run;
        int32_t code_point = 0;
        const size_t n = sl_text_next(&code_point, text + at, len - at);
        if (n == 0)
            break;
        if (code_point < 0)
            sl_buf_str(buf, "\xEF\xBF\xBD");
        else if (short_escape(code_point) != NULL)
            sl_buf_str(buf, short_escape(code_point));
        else if (is_control(code_point))
            sl_buf_printf(buf, "\\u%04x", (unsigned)code_point);
        else
            sl_buf_add(buf, text + at, n);
        at += n;
    }
    sl_buf_add(buf, "\"", 1);
}

/* What stands before every value: the comma and the key. */
static void begin(struct sl_jw *w, const char *key)
{
    if (w->comma)
        sl_buf_add(&w->buf, ",", 1);
    if (key != NULL) {
        add_quoted(&w->buf, key, strlen(key));
        sl_buf_add(&w->buf, ":", 1);
    }
    w->comma = true;
}

static void open_with(struct sl_jw *w, const char *key, const char *bracket)
{
    begin(w, key);
    sl_buf_str(&w->buf, bracket);
    w->comma = false;
}

static void close_with(struct sl_jw *w, const char *bracket)
{
    sl_buf_str(&w->buf, bracket);
    w->comma = true;
}

void sl_jw_object(struct sl_jw *w, const char *key)
{
    open_with(w, key, "{");
}

void sl_jw_array(struct sl_jw *w, const char *key)
{
    open_with(w, key, "[");
}

void sl_jw_end_object(struct sl_jw *w)
{
    close_with(w, "}");
}

void sl_jw_end_array(struct sl_jw *w)
{
    close_with(w, "]");
}

void sl_jw_str(struct sl_jw *w, const char *key, const char *text)
{
    if (text == NULL)
        sl_jw_null(w, key);
    else
        sl_jw_strn(w, key, text, strlen(text));
}

void sl_jw_strn(struct sl_jw *w, const char *key, const char *text, size_t len)
{
    begin(w, key);
    add_quoted(&w->buf, text, len);
}

void sl_jw_hex(struct sl_jw *w, const char *key, const void *bytes, size_t len)
{
    enum { AT_ONCE = 64 };
    const uint8_t *at = bytes;
    char digits[2 * AT_ONCE + 1];
    begin(w, key);
    sl_buf_str(&w->buf, "\"0x");
    while (len > 0) {
        const size_t n = len < AT_ONCE ? len : AT_ONCE;
        sl_hex_encode(digits, at, n);
        sl_buf_add(&w->buf, digits, 2 * n);
        at += n;
        len -= n;
    }
    sl_buf_str(&w->buf, "\"");
}

void sl_jw_u64(struct sl_jw *w, const char *key, uint64_t value)
{
    begin(w, key);
    sl_buf_printf(&w->buf, value <= exact_max ? "%" PRIu64 : "\"%" PRIu64 "\"", value);
}

void sl_jw_i64(struct sl_jw *w, const char *key, int64_t value)
{
    const bool exact = value >= -(int64_t)exact_max && value <= (int64_t)exact_max;
    begin(w, key);
    sl_buf_printf(&w->buf, exact ? "%" PRId64 : "\"%" PRId64 "\"", value);
}

/* The shorter of two forms, if it reads back as the same number. */
void sl_jw_double(struct sl_jw *w, const char *key, double value)
{
    if (!isfinite(value)) {
        sl_jw_null(w, key);
        return;
    }
    char text[40];
    snprintf(text, sizeof text, "%.15g", value);
    if (strtod(text, NULL) != value)
        snprintf(text, sizeof text, "%.17g", value);
    begin(w, key);
    sl_buf_str(&w->buf, text);
}

void sl_jw_bool(struct sl_jw *w, const char *key, bool value)
{
    begin(w, key);
    sl_buf_str(&w->buf, value ? "true" : "false");
}

void sl_jw_null(struct sl_jw *w, const char *key)
{
    begin(w, key);
    sl_buf_str(&w->buf, "null");
}

void sl_jw_free(struct sl_jw *w)
{
    sl_buf_free(&w->buf);
    w->comma = false;
}
