/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * input.h - keys, pastes and the mouse, as curses reads them; sl_term_read() of terminal.h is here.
 * Private to tui. Main thread.
 *
 * Escape sequences that are no key here (late answers of the terminal, keys with modifiers, Alt)
 * are swallowed whole.
 */
#ifndef SL_TUI_INPUT_H
#define SL_TUI_INPUT_H

/** Behind newterm(). */
void sl_input_open(void);
void sl_input_close(void);

#endif
