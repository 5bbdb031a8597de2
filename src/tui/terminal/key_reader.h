/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * key_reader.h - reads keys, pastes and the mouse through curses. Private to tui. Main thread.
 *
 * The reader drops escape sequences that are not keys here: late answers of the terminal, keys with
 * modifiers, Alt.
 */
#ifndef SL_TUI_KEY_READER_H
#define SL_TUI_KEY_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "sluice/buf.h"

/** Call after newterm(). */
void sl_tui_input_open(void);
void sl_tui_input_close(void);

/** Take the mouse from the terminal (true), or give it back (false). */
void sl_tui_input_mouse(bool on);

enum sl_input {
    SL_INPUT_NONE,
    SL_INPUT_KEY,
    SL_INPUT_PASTE,
    SL_INPUT_WHEEL_UP,
    SL_INPUT_WHEEL_DOWN,
    SL_INPUT_CLICK, /* its row stands in place of the key */
};

/** Read the next key, or a whole paste into `paste`, which is cleared first. SL_INPUT_NONE: nothing
 * to read now. Blocks no longer than an escape sequence may take. */
enum sl_input sl_tui_input_read(int32_t *key, struct sl_buf *paste);

#endif
