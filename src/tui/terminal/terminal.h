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
 * Take the terminal: raw keys, own screen, bracketed paste. One at a time in a process; given back
 * by sl_term_close(), at exit, and on a deadly signal.
 * Errors: SL_EUSAGE (no terminal, TERM unset, dumb or unknown).
 */
int sl_term_open(enum sl_tui_color color, struct sl_err *err) SL_MUST_CHECK;
void sl_term_close(void);

/** The terminal has gone, or is to be left: it is given back if it is there, and nothing is written
 * to it any more. True: it is there. */
bool sl_term_abandon(void);

/** Whether the locale of the terminal is UTF-8. */
bool sl_term_utf8(void);

/** Rows and columns now; never 0. */
void sl_term_size(int *rows, int *cols);

/** Take over a new size after SIGWINCH. */
void sl_term_resize(void);

/** Colours of a theme; everything is drawn anew with the next frame. */
void sl_term_theme(const struct sl_theme *theme);

/** Draw everything anew with the next frame. */
void sl_term_redraw(void);

/** Show the cells that changed since the last call. Nothing is written when none did. */
void sl_term_show(const struct sl_grid *grid);

/** Set the window's title where the terminal has one; written only when it changed. */
void sl_term_title(const char *title);

/** Show progress in the taskbar where the terminal is known to take it (OSC 9;4): 0 .. 100, or -1:
 * none. Written only when it changed; taken away when the terminal is given back. */
void sl_term_progress(int percent);

/** Hand text to the terminal's clipboard (OSC 52). False when the option says off. */
bool sl_term_copy(const char *text, enum sl_tui_clipboard how);

/** Ring the bell. */
void sl_term_bell(void);

/** Give the terminal back and stop this process as Ctrl-Z does; returns when it is continued. */
void sl_term_suspend(void);
/** Take the terminal again. False: the process continues in the background, the shell has the
 * terminal, and nothing was changed. */
bool sl_term_resume(void);

#endif
