/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * tui.h - the screen. Layer: tui. Main thread.
 *
 * Draws only what changed, at most `fps` times a second, and writes nothing while nothing changes.
 * Everything from outside is escaped before it reaches the terminal.
 */
#ifndef SL_TUI_H
#define SL_TUI_H

#include "sluice/clock.h"
#include "sluice/engine.h"
#include "sluice/errands.h"

enum sl_tui_color { SL_COLOR_AUTO, SL_COLOR_NEVER, SL_COLOR_16, SL_COLOR_256, SL_COLOR_TRUE };
enum sl_tui_clipboard { SL_CLIP_AUTO, SL_CLIP_RAW, SL_CLIP_TMUX, SL_CLIP_OFF };

/* What stood on the screen when it was left. */
struct sl_tui_end {
    size_t done;       /* stored or confirmed while it was shown */
    size_t failed;     /* while it was shown */
    size_t left;       /* unfinished: in the journal */
    size_t not_queued; /* paths */
    bool paying;       /* a payment was under way */
};

struct sl_tui_options {
    const char *network;   /* shown at the top */
    const char *theme;     /* a name of themes/ or a path; borrowed while it runs */
    const char *theme_dir; /* the user's own themes; may not exist */
    const char *keys;      /* the [keys] section, "key = action" a line; NULL: defaults */
    const char *keys_name; /* the file that they are from, for errors */
    bool ascii;
    enum sl_tui_color color; /* NO_COLOR is looked at only when AUTO */
    enum sl_tui_clipboard clipboard;
    int fps;
    int parallel;         /* uploads at a time that the engine began with; 0: its default */
    uint64_t split_bytes; /* as struct sl_engine_options: what the queue costs depends on it */
    bool stop_on_hangup;
    const struct sl_errands *errands; /* borrowed while it runs; NULL: nothing is done elsewhere */
    struct sl_clock clock;
    struct sl_tui_end *end; /* written when sl_tui_run() returns 0 or more; NULL: not wanted */
};

/**
 * Show the screen until the person quits and the engine has stopped. Handles SIGWINCH, SIGHUP,
 * SIGTERM, SIGINT, SIGTSTP and SIGCONT; restores the terminal on every way out. When the terminal
 * goes away it keeps taking events without drawing until the engine is idle or stopped.
 * Returns 0 when everything ended well, 1 when work is left (it is in the journal), 2 when nothing
 * is left but something failed, or could not be queued, while the screen was shown.
 * Errors: SL_EUSAGE (TERM unset, dumb or unknown; no terminal), SL_ECONFIG (theme or keys, with the
 * line).
 */
int sl_tui_run(struct sl_engine *engine, const struct sl_tui_options *options,
               struct sl_err *err) SL_MUST_CHECK;

/**
 * Whether keys and theme of these options are sound; needs no terminal. What is only worth saying
 * of the theme (a role that no theme has) is written to `note`, else "". Errors: SL_ECONFIG, with
 * file and line and what would be right.
 */
enum { SL_TUI_NOTE_BYTES = 256 };
int sl_tui_check(const struct sl_tui_options *options, char note[static SL_TUI_NOTE_BYTES],
                 struct sl_err *err) SL_MUST_CHECK;

/** The key table as text for --help and the man page: one action a line. */
struct sl_buf;
void sl_tui_key_help(struct sl_buf *out);

#endif
