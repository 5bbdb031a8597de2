/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * terminal.h - takes over the terminal, shows grids, reads keys, gives it back. Private to tui.
 * Main thread. Only terminal.c and key_reader.c know curses.
 */
#ifndef SL_TUI_TERMINAL_H
#define SL_TUI_TERMINAL_H

#include <stdbool.h>

#include "sluice/buf.h"
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

/** Take the mouse from the terminal, or give it back. */
void sl_term_mouse(bool on);

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
enum sl_input sl_term_read(int32_t *key, struct sl_buf *paste);

/* ---- escape.c: what terminals take beside curses ---- */

/** OSC 52 for `text` into `out`, within tmux passthrough when `tmux`. */
void sl_escape_clipboard(struct sl_buf *out, const char *text, bool tmux);

/** What tells a terminal that takes OSC 9;4; values of the environment, NULL: not set. */
struct sl_terminal_signs {
    const char *tmux;         /* TMUX: it would have to pass it on */
    const char *wt_session;   /* WT_SESSION: Windows Terminal */
    const char *con_emu_ansi; /* ConEmuANSI */
    const char *vte_version;  /* VTE_VERSION, 0.80 as "8000" */
    const char *program;      /* TERM_PROGRAM ... */
    const char *version;      /* ... and TERM_PROGRAM_VERSION */
};
/** Others show OSC 9 as a message: only those known to take it as progress do. */
bool sl_escape_has_progress(const struct sl_terminal_signs *signs);

/** Whether a terminal of this $TERM has a window title. */
bool sl_escape_has_title(const char *term);

/** What a server that does not know this TERM may take instead: its owner came over SSH with a
 * newer terminal. NULL: nothing. */
const char *sl_escape_stand_in(const char *term);

/* ---- signals.c ---- */

/** Signals that arrived since the last call, as bits. */
enum {
    SL_SIGNAL_STOP = 1,      /* SIGTERM */
    SL_SIGNAL_INTERRUPT = 2, /* SIGINT */
    SL_SIGNAL_HANGUP = 4,    /* SIGHUP */
    SL_SIGNAL_RESIZE = 8,    /* SIGWINCH */
    SL_SIGNAL_SUSPEND = 16,  /* SIGTSTP */
    SL_SIGNAL_CONTINUE = 32, /* SIGCONT */
    SL_SIGNAL_SLOW = 64,     /* SIGUSR2 */
};

/** Catch them; a deadly signal first calls `restore`, which must be async-signal-safe. Errors:
 * SL_EIO. */
int sl_signals_open(void (*restore)(void), struct sl_err *err) SL_MUST_CHECK;
/** As they were before. */
void sl_signals_close(void);
/** Readable when a signal arrived: for poll(). */
int sl_signals_fd(void);
unsigned sl_signals_take(void);
/** Set the default action of SIGTSTP (false) or catch it (true). */
void sl_signals_catch_suspend(bool on);

#endif
