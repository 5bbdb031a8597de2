/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* escape.h - escape sequences that curses does not know, and the terminals that support them.
 * Private to tui. */
#ifndef SL_TUI_ESCAPE_H
#define SL_TUI_ESCAPE_H

#include <stdbool.h>

#include "sluice/buf.h"

/** Append OSC 52 for `text`; with `tmux`, in its passthrough. */
void sl_escape_clipboard(struct sl_buf *out, const char *text, bool tmux);

/** Values of the environment that identify a terminal with OSC 9;4; NULL: not set. */
struct sl_terminal_signs {
    const char *tmux;         /* TMUX: tmux does not pass OSC 9;4 on */
    const char *wt_session;   /* WT_SESSION: Windows Terminal */
    const char *con_emu_ansi; /* ConEmuANSI */
    const char *vte_version;  /* VTE_VERSION, 0.80 as "8000" */
    const char *program;      /* TERM_PROGRAM ... */
    const char *version;      /* ... and TERM_PROGRAM_VERSION */
};
/** Whether the terminal is known to show OSC 9;4 as progress. Others show OSC 9 as a message. */
bool sl_escape_has_progress(const struct sl_terminal_signs *signs);

/** Whether a terminal with this TERM has a window title. */
bool sl_escape_has_title(const char *term);

/** A TERM to use instead of one that this machine does not know: a user may come over SSH with a
 * newer terminal. NULL: none. */
const char *sl_escape_stand_in(const char *term);

#endif
