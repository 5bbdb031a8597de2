/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * A text becomes a row of elements with three weights: which character (primary), which accent
 * (secondary), which form of it (tertiary: upper case). Two texts differ first in the primary
 * weights of the whole row, then in the secondary, then in the tertiary ones.
 *
 * ICU would do this for every script, at the price of a library of 30 MB for the order of ten keys
 * that any reader of the chain accepts in any order.
 */
#include "collate.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "sluice/text.h"

enum { ELEMENTS = 128 };

struct element {
    int32_t primary;
    int32_t secondary;
    int32_t tertiary;
};

/* Each has its own primary weight, in this order. */
static const char *const marks[] = {
    "\t",     "\n",     "\v",     "\f",     "\r",     " \u00a0", "_",      "-",      ",",
    ";",      ":",      "!",      "\u00a1", "?",      "\u00bf",  ".",      "\u00b7", "'",
    "\"",     "\u00ab", "\u00bb", "(",      ")",      "[",       "]",      "{",      "}",
    "\u00a7", "\u00b6", "@",      "*",      "/",      "\\",      "&",      "#",      "%",
    "`",      "\u00b4", "^",      "\u00af", "\u00a8", "\u00b8",  "\u00b0", "\u00a9", "\u00ae",
    "+",      "\u00b1", "\u00f7", "\u00d7", "<",      "=",       ">",      "\u00ac", "|",
    "\u00a6", "~",      "\u00a4", "\u00a2", "$",      "\u00a3",  "\u00a5"};

/* A digit or lower-case letter, followed by its accented forms in order. */
static const char *const letters[] = {
    "0",          "1",     "2",     "3",          "4",          "5",          "6",
    "7",          "8",     "9",     "aáàăâåäãąā", "b",          "cćĉčċç",     "dďđð",
    "eéèĕêěëėęē", "f",     "gğĝġģ", "hĥħ",        "iíìĭîïĩİįī", "ı",          "jĵ",
    "kķ",         "lĺľļł", "m",     "nńňñņ",      "ŋ",          "oóòŏôöőõøō", "p",
    "q",          "ĸ",     "rŕřŗ",  "sśŝšş",      "tťţ",        "ŧ",          "uúùŭûůüűũųū",
    "v",          "wŵ",    "x",     "yýŷÿ",       "zźžż",       "þ"};

/* Characters that stand for others; their tertiary weight is above that of an upper-case letter. */
static const struct {
    int32_t code;
    const char *stands_for;
} forms[] = {{0xaa, "a"},   {0xba, "o"},   {0xb9, "1"},   {0xb2, "2"},        {0xb3, "3"},
             {0xe6, "ae"},  {0xc6, "AE"},  {0x153, "oe"}, {0x152, "OE"},      {0xdf, "ss"},
             {0x133, "ij"}, {0x132, "IJ"}, {0x17f, "s"},  {0x140, "l\u00b7"}, {0x13f, "L\u00b7"}};

enum { SYMBOL = 1000, DIGIT = 0x200000, LETTER = 0x300000, OTHER = 0x400000 };

static bool is_between(int32_t code, int32_t first, int32_t last)
{
    return code >= first && code <= last;
}

static int32_t lower_case(int32_t code)
{
    if (is_between(code, 'A', 'Z') || (is_between(code, 0xc0, 0xde) && code != 0xd7))
        return code + 32;
    if (is_between(code, 0x391, 0x3a9) || is_between(code, 0x410, 0x42f))
        return code + 32;
    if (is_between(code, 0x400, 0x40f))
        return code + 80;
    if (code == 0x178)
        return 0xff;
    /* Latin Extended-A consists of pairs; which of the two is the lower-case letter changes twice.
     */
    if ((is_between(code, 0x100, 0x137) && code != 0x130) || is_between(code, 0x14a, 0x177))
        return code | 1;
    if (is_between(code, 0x139, 0x148) || is_between(code, 0x179, 0x17e))
        return code + (code & 1);
    return code;
}

/* Find `code` in a list: which entry, and where in the entry. */
static bool find(const char *const *list, size_t count, int32_t code, struct element *out)
{
    for (size_t i = 0; i < count; i++) {
        const char *at = list[i];
        const size_t len = strlen(at);
        int32_t place = 0;
        for (size_t used = 0; used < len; place++) {
            int32_t here;
            used += sl_text_next(&here, at + used, len - used);
            if (here != code)
                continue;
            *out = (struct element){.primary = (int32_t)i, .secondary = place};
            return true;
        }
    }
    return false;
}

static struct element element_of(int32_t code)
{
    struct element out = {.primary = OTHER};
    const int32_t lower = lower_case(code);
    if (find(marks, sizeof marks / sizeof marks[0], code, &out)) {
        out.primary += 1;
    } else if (find(letters, sizeof letters / sizeof letters[0], lower, &out)) {
        out.primary += lower <= '9' ? DIGIT : LETTER;
        out.tertiary = lower != code;
    } else if (is_between(code, 0x2010, 0x2bff) || is_between(code, 0x1f000, 0x1ffff)) {
        out.primary = SYMBOL + code;
    } else {
        out.primary = OTHER + lower;
        out.tertiary = lower != code;
    }
    return out;
}

static const char *form_of(int32_t code)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (forms[i].code == code)
            return forms[i].stands_for;
    }
    return NULL;
}

static bool is_ignored(int32_t code)
{
    return code < '\t' || is_between(code, 0x0e, 0x1f) || is_between(code, 0x7f, 0x9f) ||
           code == 0xad;
}

/* Append the elements of one code point. */
static size_t spell(struct element *out, size_t count, int32_t code)
{
    const char *form = form_of(code);
    if (is_ignored(code))
        return count;
    if (form == NULL) {
        if (count < ELEMENTS)
            out[count++] = element_of(code);
        return count;
    }
    const size_t len = strlen(form);
    for (size_t used = 0; used < len && count < ELEMENTS;) {
        int32_t here;
        used += sl_text_next(&here, form + used, len - used);
        out[count] = element_of(here);
        out[count++].tertiary += 2;
    }
    return count;
}

static size_t spell_all(struct element out[static ELEMENTS], const char *text)
{
    const size_t len = strlen(text);
    size_t count = 0;
    for (size_t used = 0; used < len && count < ELEMENTS;) {
        int32_t code;
        used += sl_text_next(&code, text + used, len - used);
        count = spell(out, count, code);
    }
    return count;
}

static int sign(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

int sl_collate(const char *a, const char *b)
{
    struct element x[ELEMENTS];
    struct element y[ELEMENTS];
    const size_t x_count = spell_all(x, a);
    const size_t y_count = spell_all(y, b);
    const size_t both = x_count < y_count ? x_count : y_count;
    int by[3] = {0, 0, 0};
    for (size_t i = 0; i < both; i++) {
        by[0] = by[0] != 0 ? by[0] : sign(x[i].primary, y[i].primary);
        by[1] = by[1] != 0 ? by[1] : sign(x[i].secondary, y[i].secondary);
        by[2] = by[2] != 0 ? by[2] : sign(x[i].tertiary, y[i].tertiary);
    }
    if (by[0] != 0)
        return by[0];
    if (x_count != y_count)
        return x_count < y_count ? -1 : 1;
    return by[1] != 0 ? by[1] : by[2];
}
