/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * key_reader.h - keys, pastes and the mouse, as read by curses. Private to tui. Main thread.
 *
 * The reader swallows escape sequences that are not keys here: late answers of the terminal, keys
 * with modifiers, Alt.
 */
#ifndef SL_TUI_KEY_READER_H
#define SL_TUI_KEY_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "sluice/buf.h"

/** Call after newterm(). */
void sl_input_open(void);
void sl_input_close(void);

/** Take the mouse from the terminal, or give it back. */
void sl_input_mouse(bool on);

enum sl_input {
    SL_INPUT_NONE,
    SL_INPUT_KEY,
    SL_INPUT_PASTE,
    SL_INPUT_WHEEL_UP,
    SL_INPUT_WHEEL_DOWN,
    SL_INPUT_CLICK, /* its row in place of the key */
};

/** The next key, or a whole paste (text in `paste`, cleared first); SL_INPUT_NONE when there is
 * none now. Never blocks for longer than an escape sequence may take. */
enum sl_input sl_input_read(int32_t *key, struct sl_buf *paste);

#endif
