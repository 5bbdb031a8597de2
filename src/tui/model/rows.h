/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * rows.h - the jobs as the screen knows them. Private to tui.
 *
 * One allocation a row with the path behind it, found by id through an open hash table; what only
 * running or failed jobs need hangs beside it. A hundred thousand rows take some 30 MB.
 */
#ifndef SL_TUI_ROWS_H
#define SL_TUI_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sluice/engine.h"
#include "sluice/errands.h"
#include "sluice/job.h"

#include "model/rate.h"

/** Of a row that uploads or did so before a retry. */
struct sl_live {
    struct sl_rate rate;
    struct sl_graph graph;
    uint64_t hashed_bytes;
    uint64_t sent_bytes;
    uint64_t acked_bytes;
    uint64_t lost_bytes; /* acknowledged in attempts that failed: sent again */
    int attempt;
};

/** Of a row that is verified, or was. */
struct sl_check {
    enum sl_verify_state state;
    unsigned copies; /* as struct sl_verify */
    unsigned good;
    unsigned at;
    uint64_t done_bytes;
    uint64_t total_bytes;
    int64_t ended_ms;
    char *why; /* owned; NULL: nothing to say */
};

struct sl_step {
    int64_t at_ms; /* Unix ms */
    uint8_t state;
    uint8_t attempts; /* saturating */
};
enum { SL_STEPS_MAX = 16 };

struct sl_row {
    int64_t id; /* this block is struct sl_job without what the screen never shows */
    int64_t rank;
    uint64_t size_bytes;
    int64_t added_ms;
    int64_t changed_ms;
    int64_t next_try_ms;
    enum sl_job_state state;
    int attempts;
    int err_code;
    uint32_t parts; /* as struct sl_job */
    uint32_t parts_stored;
    uint64_t sent_bytes;
    uint32_t limit_bytes_per_s; /* 0: none */
    bool has_piece;
    bool already_stored;
    uint8_t copies_wanted;
    uint8_t copies_landed;
    uint16_t batch;
    uint64_t data_set_id; /* of the first copy on chain; 0: none */
    uint64_t chain_piece_id;
    struct sl_piece_id piece;

    bool marked;
    bool earlier;           /* finished before this screen began: not part of the totals */
    const char *provider;   /* serviceURL, kept in struct sl_rows; NULL: not known */
    struct sl_live *live;   /* owned; NULL unless it uploaded here and is not finished */
    struct sl_check *check; /* owned; NULL unless it is verified or was, in this run */
    char *tx;               /* owned; of its commit, NULL while there is none */
    char *why;              /* owned; the error's text, NULL when there is none */
    struct sl_step *steps;  /* owned; what events told, oldest first */
    uint32_t step_count;
    uint32_t at;      /* place in struct sl_rows */
    uint32_t view_at; /* place in the view, SL_NOT_SHOWN when it is not in it */
    uint32_t path_len;
    uint32_t name_at; /* where the name begins in path */
    char path[];      /* bytes of the file system, NUL behind */
};
#define SL_NOT_SHOWN UINT32_MAX

/* Jobs share the text of their provider's URL. */
struct sl_provider {
    struct sl_provider *next;
    char url[];
};

struct sl_rows {
    struct sl_row **list; /* no particular order */
    size_t count;
    size_t cap;
    struct sl_row **table; /* by id; power of two, NULL: free */
    size_t table_size;
    struct sl_provider *providers;
};

struct sl_row *sl_rows_find(const struct sl_rows *rows, int64_t id);

/** A new row for a job that has none. NULL: out of memory. */
struct sl_row *sl_rows_add(struct sl_rows *rows, int64_t id, const char *path) SL_MUST_CHECK;

/** The one copy of a provider's URL, kept until the end. NULL: none, or out of memory. */
const char *sl_rows_provider(struct sl_rows *rows, const char *url);

/** Takes the row out and frees it. */
void sl_rows_remove(struct sl_rows *rows, struct sl_row *row);
void sl_rows_fini(struct sl_rows *rows);

/** Remember a state in the row's history; beyond SL_STEPS_MAX the second oldest goes. */
void sl_row_step(struct sl_row *row);

/** Bytes that count as done: acknowledged while it runs, all once the provider answered. */
uint64_t sl_row_done_bytes(const struct sl_row *row);

/** Whether all of it is where it was to go, so that it can be compared. */
bool sl_row_is_stored(const struct sl_row *row);

enum { SL_ROW_URL_BYTES = SL_URL_BYTES + SL_PIECE_CID_CHARS };

/** Where it can be fetched from with any browser. False: it is not stored yet, or only in parts. */
bool sl_row_url(char out[static SL_ROW_URL_BYTES], const struct sl_row *row);

/** Whether it is verified now, or waits to be. */
bool sl_row_is_checked(const struct sl_row *row);

/** 0..100; 100 only when all was looked at. */
int sl_check_percent(const struct sl_check *check);

/** Forget how verifying went. */
void sl_row_drop_check(struct sl_row *row);

/** 0..100; 100 only when the provider has answered. */
int sl_row_percent(const struct sl_row *row);

#endif
