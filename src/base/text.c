/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/text.h"

#include <stdio.h>
#include <string.h>

#include <utf8proc.h>

/* More marks than any script stacks on one base would only climb over the lines above. */
enum { MOST_MARKS = 8 };

size_t sl_text_next(int32_t *code_point, const char *text, size_t len)
{
    if (len == 0)
        return 0;
    const utf8proc_ssize_t some = len < 4 ? (utf8proc_ssize_t)len : 4;
    const utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)text, some, code_point);
    if (n > 0)
        return (size_t)n;
    *code_point = -1;
    return 1;
}

/* Vowels and finals of decomposed Hangul join the syllable's first letter: macOS stores names so.
 */
static bool joins_hangul(int32_t cp)
{
    return (cp >= 0x1161 && cp <= 0x11ff) || (cp >= 0xd7b0 && cp <= 0xd7fb);
}

static bool is_mark(int32_t cp)
{
    switch ((int)utf8proc_category(cp)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
        return true;
    default:
        return joins_hangul(cp);
    }
}

int sl_text_columns(int32_t code_point)
{
    if (code_point < 0)
        return 1; /* whatever the terminal draws for a broken byte */
    if (joins_hangul(code_point))
        return 0;
    const int columns = utf8proc_charwidth(code_point);
    return columns > 2 ? 2 : columns;
}

/* Letters and marks that draw nothing: the fillers of Hangul and Khmer, the grapheme joiner. */
static bool is_invisible(int32_t cp)
{
    return cp == 0x034f || cp == 0x115f || cp == 0x1160 || cp == 0x17b4 || cp == 0x17b5 ||
           (cp >= 0x180b && cp <= 0x180f) || cp == 0x3164 || cp == 0xffa0;
}

static bool is_printable(int32_t cp)
{
    switch ((int)utf8proc_category(cp)) {
    case UTF8PROC_CATEGORY_CN: /* unassigned */
    case UTF8PROC_CATEGORY_CC: /* C0, DEL, C1 */
    case UTF8PROC_CATEGORY_CF: /* bidirectional and zero-width controls */
    case UTF8PROC_CATEGORY_CS: /* surrogates */
    case UTF8PROC_CATEGORY_CO: /* private use */
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return false;
    default:
        return !is_invisible(cp) && (is_mark(cp) || sl_text_columns(cp) > 0);
    }
}

bool sl_text_prints(struct sl_text_run *run, int32_t code_point)
{
    const bool mark = code_point >= 0 && is_mark(code_point);
    if (code_point < 0 || !is_printable(code_point) || (mark && run->marks_left == 0)) {
        *run = (struct sl_text_run){0};
        return false;
    }
    run->marks_left = mark ? run->marks_left - 1 : MOST_MARKS;
    run->last = mark ? run->last : code_point;
    return true;
}

static bool is_pictograph(int32_t cp)
{
    return cp > 0 &&
           utf8proc_get_property(cp)->boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}

/* Scripts whose letters change with a joiner: Hebrew to Thaana and Arabic, the Indic blocks to
 * Khmer, Mongolian. */
static bool is_joining_script(int32_t cp)
{
    return (cp >= 0x0590 && cp <= 0x08ff) || (cp >= 0x0900 && cp <= 0x0dff) ||
           (cp >= 0x1780 && cp <= 0x18af);
}

bool sl_text_joins(const struct sl_text_run *run, int32_t code_point, int32_t next)
{
    enum { NON_JOINER = 0x200c, JOINER = 0x200d };
    if ((code_point != NON_JOINER && code_point != JOINER) || next < 0)
        return false;
    if (is_joining_script(run->last) && is_joining_script(next))
        return true;
    return code_point == JOINER && is_pictograph(run->last) && is_pictograph(next);
}

static size_t escape_form(char form[static 16], int32_t cp, unsigned char byte)
{
    int n;
    if (cp == '\n' || cp == '\t' || cp == '\r')
        n = snprintf(form, 16, "\\%c", cp == '\n' ? 'n' : cp == '\t' ? 't' : 'r');
    else if (cp < 0x80) /* an ASCII control, or -1: a byte that is no UTF-8 */
        n = snprintf(form, 16, "\\x%02x", byte);
    else
        n = snprintf(form, 16, "\\u{%x}", (unsigned)cp);
    return (size_t)n;
}

size_t sl_text_escape(char *out, size_t cap, const char *in, size_t len)
{
    if (cap == 0)
        return 0;
    size_t used = 0;
    struct sl_text_run run = {0};
    for (size_t at = 0; at < len;) {
        int32_t cp = -1;
        char form[16];
        const char *from = in + at;
        const size_t taken = sl_text_next(&cp, from, len - at);
        size_t n = taken;
        if (!sl_text_prints(&run, cp)) {
            n = escape_form(form, cp, (unsigned char)*from);
            from = form;
        }
        if (used + n >= cap)
            break;
        memcpy(out + used, from, n);
        used += n;
        at += taken;
    }
    out[used] = '\0';
    return used;
}

int sl_text_width(const char *text)
{
    int columns = 0;
    for (size_t left = strlen(text); left > 0;) {
        int32_t cp;
        const size_t n = sl_text_next(&cp, text, left);
        columns += sl_text_columns(cp);
        text += n;
        left -= n;
    }
    return columns;
}

bool sl_text_is_utf8(const char *text)
{
    const size_t len = strlen(text);
    for (size_t i = 0; i < len;) {
        int32_t code_point = -1;
        i += sl_text_next(&code_point, text + i, len - i);
        if (code_point < 0)
            return false;
    }
    return true;
}
