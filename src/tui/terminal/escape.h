/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* escape.h - escape sequences that curses does not know, and which terminals take them. Private to
 * tui. */
#ifndef SL_TUI_ESCAPE_H
#define SL_TUI_ESCAPE_H

#include <stdbool.h>

#include "sluice/buf.h"

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

#endif
