/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * model.h - everything the screen shows, as values. Private to tui. Main thread.
 *
 * Fed by events, progress records and the time, and by what the person does (act.h); read by the
 * renderer. Knows neither terminal nor engine.
 *
 * Truth: a bar is what the peer acknowledged, and reaches 100 % only with the provider's answer.
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

struct sl_keymap;

enum sl_sort { SL_SORT_QUEUE, SL_SORT_STATE, SL_SORT_NAME, SL_SORT_SIZE, SL_SORT_COUNT };

/* What the list is narrowed to: all, or what still moves, or one state. */
enum { SL_SHOW_ALL = -2, SL_SHOW_ACTIVE = -1 };

enum sl_prompt {
    SL_PROMPT_NONE,
    SL_PROMPT_COMMAND,
    SL_PROMPT_SEARCH,
    SL_PROMPT_LIMIT,      /* of all together */
    SL_PROMPT_LIMIT_FILE, /* of the marked rows, or of the selected one */
};
enum sl_confirm {
    SL_CONFIRM_NONE,
    SL_CONFIRM_QUIT,
    SL_CONFIRM_CANCEL,
    SL_CONFIRM_REMOVE, /* and what was sent of it */
    SL_CONFIRM_PAY,
    SL_CONFIRM_FORGET, /* remove: what is stored of it is known to this journal alone */
    SL_CONFIRM_ADD,    /* everything in the folder that the add pane's line began with */
};
enum sl_stop { SL_STOP_NO, SL_STOP_DRAIN, SL_STOP_NOW, SL_STOPPED };
enum sl_level { SL_LEVEL_NOTE, SL_LEVEL_WARNING, SL_LEVEL_ERROR };

enum { SL_NOTICES_MAX = 200, SL_NOTICE_BYTES = 400, SL_NOTICE_SHOWN_MS = 8000, SL_NEEDLE = 128 };

struct sl_notice {
    int64_t wall_ms;
    enum sl_level level;
    char text[SL_NOTICE_BYTES]; /* escaped */
};

struct sl_totals {
    size_t count[SL_JOB_STATE_COUNT]; /* jobs per state, all of them */
    size_t failed;                    /* of this screen's jobs */
    uint64_t all_bytes;               /* of this screen's jobs, except cancelled and deleted ones */
    uint64_t done_bytes;              /* of these */
    uint64_t left_bytes;              /* still to go in what runs, waits or is queued */
    struct sl_queue_load due;         /* of all that is in no transaction yet */
    size_t unpaid;                    /* of these, failed for want of money */
};

struct sl_model {
    /* what the engine said */
    struct sl_rows rows;
    struct sl_totals totals;
    bool idle;        /* nothing runs, as far as events told */
    int adds_pending; /* ADDs not yet walked to their end */
    enum sl_stop stop;
    struct sl_err trouble;      /* code 0: none */
    uint64_t limit_bytes_per_s; /* of all together, 0: none */
    bool slow;                  /* in slow mode */
    int parallel;               /* uploads at a time, as last asked for */
    uint64_t split_bytes;       /* as struct sl_engine_options */

    /* rates */
    struct sl_row **live; /* rows that upload now */
    size_t live_count;
    size_t live_cap;
    uint64_t moved_bytes; /* acknowledged by any job so far, never falls */
    struct sl_rate rate;  /* of all together */
    struct sl_graph graph;
    int64_t now_ms;  /* monotonic, of the last tick */
    int64_t wall_ms; /* Unix */

    /* the list */
    struct sl_row **view; /* rows that pass the filter, in order */
    size_t view_count;
    size_t view_cap;
    bool view_stale;
    enum sl_sort sort;
    int show; /* SL_SHOW_ALL, SL_SHOW_ACTIVE or an enum sl_job_state */
    char needle[SL_NEEDLE];
    int64_t selected_id;  /* 0: none */
    size_t selected;      /* its place in the view */
    size_t top;           /* first row shown */
    size_t page;          /* rows the list shows; set by the renderer's layout before each frame */
    bool follow;          /* the selection goes with the uploads until the person moves it */
    int64_t range_id;     /* where a range began; 0: no range */
    size_t confirm_count; /* files that the question is about */
    int64_t pinned_id; /* the selected row when a question or line began that is for it; else 0 */
    size_t marked_count;
    size_t tx_pending; /* requested transactions not reported yet; then all are copied */

    /* the wallet pane */
    struct sl_wallet wallet;
    struct sl_paid paid; /* what SL_CONFIRM_PAY is about */
    bool wallet_stale;   /* to be read when it is looked at */
    bool wallet_asked;   /* an answer is to come */
    bool wallet_reads;   /* of a reading that a person waits for */
    bool paying;         /* what it costs is asked for, or it is on its way */

    bool agreed;     /* it was agreed to: it may have been sent */
    bool url_shown;  /* of the selected row, over everything */
    size_t followed; /* folders whose finished files are queued */
    size_t checked;  /* rows that are verified now, or wait to be */

    /* panes and lines */
    enum sl_pane pane;
    enum sl_pane pane_before; /* where `back` of the add, log and help panes leads */
    int scroll[SL_PANE_COUNT];
    enum sl_prompt prompt;
    enum sl_confirm confirm;
    struct sl_line_edit line;     /* of the prompt */
    struct sl_line_edit add_line; /* of the add pane */
    struct sl_listing listing;
    int listing_at;            /* highlighted entry, -1: the path line */
    int32_t stroke;            /* first stroke of a key of two, SL_KEY_NONE otherwise */
    struct sl_notice *notices; /* ring of SL_NOTICES_MAX; owned */
    size_t notice_count;       /* ever made */
    size_t rejected;           /* paths that could not be queued, in this screen */
    size_t refused;            /* of those, without names that were typed wrong */
    size_t rejected_reported;  /* of those, in the notes at the end of each ADD */
    int64_t notice_until_ms;
    int64_t interrupt_ms; /* monotonic time of the last Ctrl-C, INT64_MIN: none */

    /* set once */
    const char *network;
    const struct sl_keymap *keys;
    bool ascii;
    bool compact;
    bool mouse;
    bool changed; /* something to draw */
    bool bell;    /* ring once: the queue has ended, or something failed for the first time */
    bool worked;  /* something was uploaded since the queue last ended */
    bool failed;  /* something has failed since the screen began */
};

/** Errors: SL_ENOMEM. `network` and `keys` are borrowed. */
int sl_model_init(struct sl_model *model, const char *network, const struct sl_keymap *keys,
                  struct sl_err *err) SL_MUST_CHECK;
void sl_model_fini(struct sl_model *model);

/** Say something: shown at the bottom for a while, kept in the log pane. `fmt` gives raw bytes,
 * they are escaped here. */
void sl_model_notify(struct sl_model *model, enum sl_level level, const char *fmt, ...)
    SL_PRINTF(3, 4);

/** The i-th newest notice, 0 the newest; NULL beyond. */
const struct sl_notice *sl_model_notice(const struct sl_model *model, size_t i);

/** Jobs that run, wait or are queued. */
size_t sl_model_unfinished(const struct sl_model *model);
/** Jobs whose bytes are stored but not on chain: a provider keeps them for about an hour. */
size_t sl_model_to_commit(const struct sl_model *model);
/** Jobs that upload or are parked right now. */
size_t sl_model_running(const struct sl_model *model);

#endif
