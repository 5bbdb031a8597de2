/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * model.h - everything the screen shows, as values. Private to tui. Main thread.
 *
 * Events, progress records, the clock and the user's input change the model; the renderer reads it.
 * It knows neither the terminal nor the engine.
 *
 * A bar shows what the peer acknowledged, and reaches 100 % only with the provider's answer.
 * Records of an older attempt change nothing. What a failed attempt had sent is shown as lost.
 */
#ifndef SL_TUI_MODEL_H
#define SL_TUI_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sluice/engine.h"
#include "sluice/errands.h"
#include "sluice/job.h"

#include "model/line_edit.h"
#include "model/listing.h"
#include "model/panes.h"
#include "model/rate.h"
#include "model/rows.h"
#include "model/wallet.h"

struct sl_keymap;

enum sl_sort { SL_SORT_QUEUE, SL_SORT_STATE, SL_SORT_NAME, SL_SORT_SIZE, SL_SORT_COUNT };

/* What the list shows: all, what still moves, or one state. */
enum { SL_SHOW_ALL = -2, SL_SHOW_ACTIVE = -1, SL_NEEDLE = 128 };

enum sl_prompt_kind {
    SL_PROMPT_NONE,
    SL_PROMPT_COMMAND,
    SL_PROMPT_SEARCH,
    SL_PROMPT_LIMIT,      /* for all uploads */
    SL_PROMPT_LIMIT_FILE, /* for the marked rows, or the selected one */
};
enum sl_confirm {
    SL_CONFIRM_NONE,
    SL_CONFIRM_QUIT,
    SL_CONFIRM_CANCEL,
    SL_CONFIRM_REMOVE, /* remove, and lose what was sent */
    SL_CONFIRM_PAY,
    SL_CONFIRM_FORGET, /* remove, and lose the only record of what is stored */
    SL_CONFIRM_ADD,    /* queue the folder that the add pane opened with */
};
enum sl_stop { SL_STOP_NO, SL_STOP_DRAIN, SL_STOP_NOW, SL_STOPPED };
enum sl_level { SL_LEVEL_NOTE, SL_LEVEL_WARNING, SL_LEVEL_ERROR };

/** Sums over all jobs; kept in step with every change of a row. */
struct sl_totals {
    size_t count[SL_JOB_STATE_COUNT]; /* jobs per state, all of them */
    size_t failed;                    /* of this screen's jobs */
    uint64_t all_bytes;               /* of this screen's jobs, except cancelled and deleted ones */
    uint64_t done_bytes;              /* part of all_bytes */
    uint64_t left_bytes;              /* still to send for jobs that run, wait or are queued */
    struct sl_queue_load due;         /* files that are in no transaction yet */
    size_t unpaid;                    /* part of `due`: failed because money was missing */
    size_t verifying;                 /* rows that are being verified, or wait for it */
};

/** The rows that upload now, and the rate of all together. */
struct sl_uploads {
    struct sl_row **rows;
    size_t count;
    size_t cap;
    uint64_t moved_bytes; /* acknowledged for any job so far; never falls */
    struct sl_rate rate;
    struct sl_graph graph;
};

/** How the run goes, as the engine reports it, and its limits. */
struct sl_run_state {
    bool idle;        /* nothing runs */
    int adds_pending; /* ADD commands whose folders are still being walked */
    enum sl_stop stop;
    bool has_ended;        /* the engine of another process, in good order */
    int64_t attached_pid;  /* the engine belongs to this process and outlives the screen; 0: ours */
    struct sl_err trouble; /* code 0: none */
    uint64_t limit_bytes_per_s; /* for all together; 0: none */
    bool slow;                  /* in slow mode */
    int parallel;               /* uploads at a time, as last requested */
    uint64_t split_bytes;       /* as in struct sl_engine_options */
    size_t watched_folders;     /* folders whose finished files are queued */
};

/** The list: rows that pass the filter, in order. */
struct sl_view {
    struct sl_row **rows;
    size_t count;
    size_t cap;
    bool stale; /* build it again with the next sl_view_update() */
    enum sl_sort sort;
    int show; /* SL_SHOW_ALL, SL_SHOW_ACTIVE or an enum sl_job_state */
    char needle[SL_NEEDLE];
    size_t top;  /* first row shown */
    size_t page; /* rows that fit; set from the renderer's layout before each frame */
};

/** The selected row, marks, and the rows that an action or a question is about. */
struct sl_selection {
    int64_t id;       /* 0: none */
    size_t at;        /* place in the view */
    bool follow;      /* the selection goes with the uploads until the user moves it */
    int64_t range_id; /* where a range began; 0: no range */
    size_t marked_count;
    int64_t pinned_id; /* the row that a question or line is about, if it is for one row; else 0 */
    size_t tx_pending; /* requested transactions not reported yet; then all are copied */
};

/** The line at the bottom: a question, or text under edit. */
struct sl_prompt {
    enum sl_prompt_kind kind;
    struct sl_line_edit line;
    enum sl_confirm confirm;
    size_t confirm_count; /* files that the question is about */
    int32_t stroke;       /* first stroke of a key of two, else SL_KEY_NONE */
    int64_t interrupt_ms; /* monotonic time of the last Ctrl-C; INT64_MIN: none */
};

/** The add pane. */
struct sl_add_pane {
    struct sl_line_edit line;
    struct sl_listing listing;
    int at; /* highlighted entry; -1: the path line */
};

enum { SL_NOTICES_MAX = 200, SL_NOTICE_BYTES = 400, SL_NOTICE_SHOWN_MS = 8000 };

struct sl_notice {
    int64_t wall_ms;
    enum sl_level level;
    char text[SL_NOTICE_BYTES]; /* escaped */
};

/** What the log pane lists, and paths that could not be queued. */
struct sl_notices {
    struct sl_notice *ring;   /* SL_NOTICES_MAX; owned */
    size_t count;             /* ever made */
    int64_t until_ms;         /* the newest is shown at the bottom until then (monotonic) */
    size_t rejected;          /* paths that could not be queued, in this screen */
    size_t refused;           /* part of `rejected`: without names typed wrong */
    size_t rejected_reported; /* part of `rejected`: counted in the note at the end of an ADD */
};

/** What rings the bell. */
struct sl_alerts {
    bool bell;   /* ring once: the queue has ended, or something failed for the first time */
    bool worked; /* something was uploaded since the queue last ended */
    bool failed; /* something has failed since the screen began */
};

struct sl_model {
    struct sl_rows rows;
    struct sl_totals totals;
    struct sl_uploads uploads;
    struct sl_run_state run;
    struct sl_view view;
    struct sl_selection selection;
    struct sl_wallet_pane wallet;
    struct sl_prompt prompt;
    struct sl_add_pane add;
    struct sl_panes panes;
    struct sl_notices notices;
    struct sl_alerts alerts;
    int64_t now_ms;  /* monotonic, at the last tick */
    int64_t wall_ms; /* Unix */
    bool changed;    /* something to draw */
    bool ascii;
    const char *network;          /* borrowed */
    const struct sl_keymap *keys; /* borrowed */
};

/** Errors: SL_ENOMEM. `network` and `keys` are borrowed. */
int sl_model_init(struct sl_model *model, const char *network, const struct sl_keymap *keys,
                  struct sl_err *err) SL_MUST_CHECK;
void sl_model_fini(struct sl_model *model);

/** Show a notice at the bottom for a while, and keep it in the log pane. `fmt` yields raw bytes;
 * they are escaped here. */
void sl_model_notify(struct sl_model *model, enum sl_level level, const char *fmt, ...)
    SL_PRINTF(3, 4);

/** The i-th newest notice, 0 for the newest; NULL beyond. */
const struct sl_notice *sl_model_notice(const struct sl_model *model, size_t i);

/** Jobs that run, wait or are queued. */
size_t sl_model_unfinished(const struct sl_model *model);
/** Jobs whose bytes are stored but not on chain; a provider keeps them for about an hour. */
size_t sl_model_to_commit(const struct sl_model *model);
/** Jobs that upload or are being parked. */
size_t sl_model_running(const struct sl_model *model);

#endif
