/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * rows.h - the jobs that the screen knows. Private to tui.
 *
 * Each row is one allocation with its path at the end, found by id through an open hash table. What
 * only running or failed jobs need is allocated apart. A hundred thousand rows take about 30 MB.
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

/** The transfer of a row that uploads, or did so before a retry. */
struct sl_live {
    struct sl_rate rate;
    struct sl_graph graph;
    uint64_t hashed_bytes;
    uint64_t sent_bytes;
    uint64_t acked_bytes;
    uint64_t lost_bytes; /* acknowledged in failed attempts, so sent again */
    int attempt;
};

/** The verification of a row, running or ended. */
struct sl_check {
    enum sl_verify_state state;
    unsigned copies; /* as in struct sl_verify */
    unsigned good;
    unsigned at;
    uint64_t done_bytes;
    uint64_t total_bytes;
    int64_t ended_ms;
    char *why; /* owned; NULL: no text */
};

struct sl_step {
    int64_t at_ms; /* Unix ms */
    uint8_t state;
    uint8_t attempts; /* saturating */
};
enum { SL_STEPS_MAX = 16 };

struct sl_row {
    int64_t id; /* this block copies what the screen shows from struct sl_job */
    int64_t rank;
    uint64_t size_bytes;
    int64_t added_ms;
    int64_t changed_ms;
    int64_t next_try_ms;
    enum sl_job_state state;
    int attempts;
    int err_code;
    uint32_t parts; /* as in struct sl_job */
    uint32_t parts_stored;
    uint64_t sent_bytes;
    uint32_t limit_bytes_per_s; /* 0: none */
    bool has_piece;
    bool already_stored;
    uint8_t copies_wanted;
    uint8_t copies_landed;
    uint16_t batch;
    uint64_t data_set_id; /* the first copy on chain; 0: none */
    uint64_t chain_piece_id;
    struct sl_piece_id piece;

    bool marked;
    bool earlier;           /* finished before this screen began, so not in the totals */
    const char *provider;   /* serviceURL, kept in struct sl_rows; NULL: unknown */
    struct sl_live *live;   /* owned; NULL unless the row uploaded here and is unfinished */
    struct sl_check *check; /* owned; NULL unless the row was verified in this run */
    char *tx;               /* owned; its commit transaction, NULL if unknown */
    char *why;              /* owned; the error text, NULL if no error */
    struct sl_step *steps;  /* owned; the history, oldest first */
    uint32_t step_count;
    uint32_t at;      /* place in struct sl_rows */
    uint32_t view_at; /* place in the view, or SL_NOT_SHOWN */
    uint32_t path_len;
    uint32_t name_at; /* where the name begins in path */
    char path[];      /* raw bytes of the file system, NUL-terminated */
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

/** Add a row for a job that has none. NULL: out of memory. */
struct sl_row *sl_rows_add(struct sl_rows *rows, int64_t id, const char *path) SL_MUST_CHECK;

/** The shared copy of a provider's URL, kept until the end. NULL: empty, or out of memory. */
const char *sl_rows_provider(struct sl_rows *rows, const char *url);

/** Remove the row and free it. */
void sl_rows_remove(struct sl_rows *rows, struct sl_row *row);
void sl_rows_fini(struct sl_rows *rows);

/** Add the state to the row's history. Beyond SL_STEPS_MAX, the second oldest entry goes. */
void sl_row_step(struct sl_row *row);

/** Bytes that count as done: acknowledged bytes while the job runs, all bytes once the provider
 * answered. */
uint64_t sl_row_done_bytes(const struct sl_row *row);

/** Whether all bytes are stored, so that they can be compared. */
bool sl_row_is_stored(const struct sl_row *row);

enum { SL_ROW_URL_BYTES = SL_URL_BYTES + SL_PIECE_CID_CHARS };

/** The URL that any browser can download. False: the file is not stored yet, or only in parts. */
bool sl_row_url(char out[static SL_ROW_URL_BYTES], const struct sl_row *row);

/** Whether the row is being verified, or waits for it. */
bool sl_row_is_checked(const struct sl_row *row);

/** Percent, 0..100; 100 only when all bytes were compared. */
int sl_row_check_percent(const struct sl_check *check);

/** Drop the verification of the row. */
void sl_row_drop_check(struct sl_row *row);

/** Percent, 0..100; 100 only when the provider has answered. */
int sl_row_percent(const struct sl_row *row);

#endif
