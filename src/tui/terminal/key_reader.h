/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * key_reader.h - keys, pastes and the mouse, as read by curses; implements sl_term_read() of
 * terminal.h. Private to tui. Main thread.
 *
 * Escape sequences that are not keys here (late answers of the terminal, keys with modifiers, Alt)
 * are swallowed whole.
 */
#ifndef SL_TUI_INPUT_H
#define SL_TUI_INPUT_H

/** Call after newterm(). */
void sl_input_open(void);
void sl_input_close(void);

#endif
