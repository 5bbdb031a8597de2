/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "terminal/keys.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "sluice/text.h"

/* Characters with a meaning in ini files have names as well. */
static const struct {
    const char *name;
    int32_t key;
} names[] = {
    {"Space", ' '},
    {"Enter", SL_KEY_ENTER},
    {"Esc", SL_KEY_ESC},
    {"Tab", SL_KEY_TAB},
    {"Shift-Tab", SL_KEY_BACKTAB},
    {"Up", SL_KEY_UP},
    {"Down", SL_KEY_DOWN},
    {"Left", SL_KEY_LEFT},
    {"Right", SL_KEY_RIGHT},
    {"Home", SL_KEY_HOME},
    {"End", SL_KEY_END},
    {"PgUp", SL_KEY_PAGE_UP},
    {"PgDn", SL_KEY_PAGE_DOWN},
    {"Insert", SL_KEY_INSERT},
    {"Delete", SL_KEY_DELETE},
    {"Backspace", SL_KEY_BACKSPACE},
    {"Comma", ','},
    {"Colon", ':'},
    {"Semicolon", ';'},
    {"Equals", '='},
    {"Hash", '#'},
};
enum { NAME_COUNT = sizeof names / sizeof names[0] };

static int32_t parse_function_key(const char *text, size_t len)
{
    int number = 0;
    for (size_t i = 1; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return SL_KEY_NONE;
        number = number * 10 + (text[i] - '0');
    }
    return number >= 1 && number <= 12 ? SL_KEY_F1 + number - 1 : SL_KEY_NONE;
}

int32_t sl_stroke_parse(const char *text, size_t len)
{
    int32_t point = 0;
    if (len == 0 || len >= SL_KEY_TEXT)
        return SL_KEY_NONE;
    if (sl_text_next(&point, text, len) == len)
        return point > 0x20 && point != 0x7F ? point : SL_KEY_NONE;
    for (size_t i = 0; i < NAME_COUNT; i++) {
        if (strlen(names[i].name) == len && strncasecmp(names[i].name, text, len) == 0)
            return names[i].key;
    }
    if (len == 6 && strncasecmp(text, "Ctrl-", 5) == 0) {
        const char letter = text[5];
        const bool ok = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
        return ok ? SL_KEY_CTRL(letter) : SL_KEY_NONE;
    }
    if ((text[0] == 'F' || text[0] == 'f') && len <= 3)
        return parse_function_key(text, len);
    return SL_KEY_NONE;
}

static size_t append_utf8(char *out, int32_t point)
{
    const uint32_t p = (uint32_t)point;
    if (p < 0x80) {
        out[0] = (char)p;
        return 1;
    }
    if (p < 0x800) {
        out[0] = (char)(0xC0 | p >> 6);
        out[1] = (char)(0x80 | (p & 0x3F));
        return 2;
    }
    if (p < 0x10000) {
        out[0] = (char)(0xE0 | p >> 12);
        out[1] = (char)(0x80 | (p >> 6 & 0x3F));
        out[2] = (char)(0x80 | (p & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | p >> 18);
    out[1] = (char)(0x80 | (p >> 12 & 0x3F));
    out[2] = (char)(0x80 | (p >> 6 & 0x3F));
    out[3] = (char)(0x80 | (p & 0x3F));
    return 4;
}

void sl_stroke_name(char out[static SL_KEY_TEXT], int32_t key)
{
    /* ',' and similar characters show themselves; only ' ' needs its name */
    for (size_t i = 0; i < NAME_COUNT; i++) {
        if (names[i].key == key && (key <= ' ' || key >= SL_KEY_UP)) {
            snprintf(out, SL_KEY_TEXT, "%s", names[i].name);
            return;
        }
    }
    if (key >= SL_KEY_F1 && key < SL_KEY_F1 + 12)
        snprintf(out, SL_KEY_TEXT, "F%d", (int)(key - SL_KEY_F1 + 1));
    else if (key < ' ')
        snprintf(out, SL_KEY_TEXT, "Ctrl-%c", '@' + (int)key);
    else
        out[append_utf8(out, key)] = '\0';
}
