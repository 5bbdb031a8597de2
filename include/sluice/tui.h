/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * tui.h - the screen. Layer: tui. Main thread.
 *
 * The screen draws only what changed, at most `fps` times a second. While nothing changes, it
 * writes nothing. Text from outside is escaped before it reaches the terminal.
 */
#ifndef SL_TUI_H
#define SL_TUI_H

#include "sluice/clock.h"
#include "sluice/errands.h"
#include "sluice/face.h"

enum sl_tui_color { SL_COLOR_AUTO, SL_COLOR_NEVER, SL_COLOR_16, SL_COLOR_256, SL_COLOR_TRUE };
enum sl_tui_clipboard { SL_CLIP_AUTO, SL_CLIP_RAW, SL_CLIP_TMUX, SL_CLIP_OFF };

/* What the screen showed when the user left it. */
struct sl_tui_end {
    size_t done;       /* stored or confirmed while it was shown */
    size_t failed;     /* while it was shown */
    size_t left;       /* unfinished; the journal keeps them */
    size_t not_queued; /* paths that could not be queued */
    bool paying;       /* a payment was under way */
};

struct sl_tui_options {
    const char *network;   /* shown at the top */
    const char *theme;     /* a name of themes/ or a path; borrowed while it runs */
    const char *theme_dir; /* folder of the user's themes; may not exist */
    const char *keys;      /* the [keys] section, one "key = action" a line; NULL: defaults */
    const char *keys_name; /* the file that `keys` come from, for errors */
    bool ascii;
    enum sl_tui_color color; /* NO_COLOR counts only with SL_COLOR_AUTO */
    enum sl_tui_clipboard clipboard;
    int fps;
    int parallel;         /* uploads at a time that the engine starts with; 0: its default */
    uint64_t split_bytes; /* as in struct sl_engine_options; the price of the queue depends on it */
    bool stop_on_hangup;
    int64_t attached_pid; /* the engine belongs to this other process: leaving the screen stops
                             nothing; 0: to this process */
    const struct sl_errands *errands; /* borrowed; NULL: no wallet, no verifying */
    struct sl_clock clock;
    struct sl_tui_end *end; /* filled when sl_tui_run() returns 0 or more; may be NULL */
};

/**
 * Show the screen until the user quits and the engine has stopped; an attached screen ends as soon
 * as the user leaves it. Handles SIGWINCH, SIGHUP,
 * SIGTERM, SIGINT, SIGTSTP, SIGCONT and SIGUSR2. Restores the terminal on every way out. When the
 * terminal goes away, the screen keeps reading events without drawing until the engine is idle or
 * stopped.
 *
 * Returns 0 when everything ended well, 1 when unfinished work stays in the journal, and 2 when
 * nothing is unfinished but something failed or could not be queued while the screen was shown.
 *
 * Errors: SL_EUSAGE (TERM is unset, dumb or unknown; no terminal), SL_ECONFIG (theme or keys, with
 * the line).
 */
int sl_tui_run(struct sl_face *face, const struct sl_tui_options *options,
               struct sl_err *err) SL_MUST_CHECK;

/**
 * Check the keys and the theme of these options; needs no terminal. A warning about the theme (a
 * line for a role that does not exist) is written to `note`, else "". Errors: SL_ECONFIG, with
 * file, line, and what would be valid.
 */
enum { SL_TUI_NOTE_BYTES = 256 };
int sl_tui_check(const struct sl_tui_options *options, char note[static SL_TUI_NOTE_BYTES],
                 struct sl_err *err) SL_MUST_CHECK;

/** The key table as text for --help and the man page, one action a line. */
struct sl_buf;
void sl_tui_key_help(struct sl_buf *out);

#endif
