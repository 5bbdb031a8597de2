/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * terminal.h - takes over the terminal, shows grids, and gives the terminal back. Private to tui.
 * Main thread. Only terminal.c and key_reader.c use curses.
 */
#ifndef SL_TUI_TERMINAL_H
#define SL_TUI_TERMINAL_H

#include <stdbool.h>

#include "sluice/tui.h"

#include "terminal/grid.h"
#include "terminal/theme.h"

/**
 * Take the terminal: raw keys, its own screen, bracketed paste. Only one in a process.
 * sl_term_close(), exit() and a deadly signal give it back.
 *
 * Errors: SL_EUSAGE (no terminal; TERM is unset, dumb or unknown).
 */
int sl_term_open(enum sl_tui_color color, struct sl_err *err) SL_MUST_CHECK;
void sl_term_close(void);

/** Give the terminal back if it still exists, and write nothing to it any more. True: it exists. */
bool sl_term_abandon(void);

/** Whether the locale of the terminal is UTF-8. */
bool sl_term_utf8(void);

/** Rows and columns now; never 0. */
void sl_term_size(int *rows, int *cols);

/** Adopt the new size after SIGWINCH. */
void sl_term_resize(void);

/** Use the colours of a theme. The next frame redraws everything. */
void sl_term_theme(const struct sl_theme *theme);

/** Make the next frame redraw everything. */
void sl_term_redraw(void);

/** Show the cells that changed since the last call. Without changes, write nothing. */
void sl_term_show(const struct sl_grid *grid);

/** Set the window's title if the terminal has one. Written only when it changed. */
void sl_term_title(const char *title);

/** Show progress in the taskbar: 0 .. 100, or -1 for none. Only for terminals known to support OSC
 * 9;4, and only when the value changed. Removed when the terminal is given back. */
void sl_term_progress(int percent);

/** Copy text to the terminal's clipboard (OSC 52). False: the option says off. */
bool sl_term_copy(const char *text, enum sl_tui_clipboard how);

/** Ring the bell. */
void sl_term_bell(void);

/** Give the terminal back and stop this process as Ctrl-Z does. Returns when the process
 * continues. */
void sl_term_suspend(void);
/** Take the terminal again. False: the process continues in the background while the shell has the
 * terminal; nothing changed. */
bool sl_term_resume(void);

#endif
