/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* keys.h - keys and their names. Private to tui. */
#ifndef SL_TUI_KEYS_H
#define SL_TUI_KEYS_H

#include <stddef.h>
#include <stdint.h>

/* A key is a code point, a control character (Ctrl-D is 4), or one of these. */
enum sl_key_code {
    SL_KEY_NONE = 0,
    SL_KEY_TAB = 9,
    SL_KEY_ENTER = 13,
    SL_KEY_ESC = 27,
    SL_KEY_UP = 0x110000,
    SL_KEY_DOWN,
    SL_KEY_LEFT,
    SL_KEY_RIGHT,
    SL_KEY_HOME,
    SL_KEY_END,
    SL_KEY_PAGE_UP,
    SL_KEY_PAGE_DOWN,
    SL_KEY_INSERT,
    SL_KEY_DELETE,
    SL_KEY_BACKSPACE,
    SL_KEY_BACKTAB,
    SL_KEY_F1, /* .. SL_KEY_F1 + 11 */
};
#define SL_KEY_CTRL(letter) ((letter)&0x1F)

enum { SL_KEY_TEXT = 24 };

/** Parse one stroke: "j", "Ctrl-D", "PgUp". SL_KEY_NONE: not a key. */
int32_t sl_stroke_parse(const char *text, size_t len);

/** The name of one stroke, as sl_stroke_parse() reads it. */
void sl_stroke_name(char out[static SL_KEY_TEXT], int32_t key);

#endif
