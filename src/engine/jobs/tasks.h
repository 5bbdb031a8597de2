/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * tasks.h - every job the engine knows, compact, found by id and by path. Engine thread only.
 *
 * Lifetime: no change of state frees anything. A task and the parts of a task stay valid until the
 * turn of the engine ends, even when they were retired meanwhile; only sl_tasks_reap() frees them,
 * and only the engine's loop calls it. Cutting a part moves the array of parts: keep ids across it.
 */
#ifndef SL_TASKS_H
#define SL_TASKS_H

#include "sluice/face.h"
#include "sluice/job.h"

#include "core/heap.h"
#include "core/timers.h"

struct sl_park_query;
struct sl_split;

enum { SL_NO_SLOT = -1 };

/** The newest batch and transaction of a job that is being committed. */
struct sl_underway {
    uint16_t batch; /* 0: none yet */
    char tx[SL_JOB_TX_CHARS];
};

/** A job in memory: what struct sl_job says, and what only this run needs. */
struct sl_task {
    struct sl_timer place; /* first; WAITING: the end of its wait; else its node is in the queue by
rank, or nowhere */
    struct sl_task *next_id; /* chains of the table */
    struct sl_task *next_path;
    struct sl_task *next_dirty[SL_FACES]; /* lists of the outbox */
    int64_t id;
    int64_t rank;
    int64_t added_ms;
    int64_t changed_ms;
    int64_t next_try_ms;
    int64_t parked_ms; /* Unix ms since when the provider may have it from an earlier run; 0: it was
                          sent in this run */
    struct sl_file_mark file;
    struct sl_piece_id piece;
    struct sl_err *err;   /* owned, freed with the task; NULL or code 0: none */
    int64_t wish_id;      /* how its copies are placed; 0: not known */
    uint64_t data_set_id; /* of the first copy on chain; 0: none */
    uint64_t chain_piece_id;
    const char *provider;         /* an entry of the provider table; "" if none */
    struct sl_underway *underway; /* owned, freed with the task; NULL: no commit was known */
    struct sl_park_query
        *parked; /* while the task waits for the provider to list it; the park poller's */
    struct sl_split *split; /* owned: its parts; NULL: one piece, or not read from the journal */
    uint64_t shard_bytes;   /* the file is cut at multiples of this; 0: one piece */
    uint64_t best_bytes;    /* the most bytes that any attempt sent, to detect "no more progress" */
    uint64_t path_hash;
    uint32_t limit_bytes_per_s; /* 0: none */
    int32_t attempts;
    int16_t slot; /* the worker that has it, or SL_NO_SLOT */
    uint8_t state;
    uint8_t copies_wanted;
    uint8_t copies_landed;
    uint8_t claims; /* failures in a row because another upload had claimed the piece */
    bool has_piece;
    bool already_stored;
    bool dormant;      /* from an earlier run; announced but not started */
    bool down;         /* waits because the provider is down */
    bool may_be_there; /* the provider may have its bytes: hash the file before sending it */
    bool to_hash;      /* QUEUED for the planner, not for a worker */
    uint8_t dirty;     /* in the lists of these faces: bits of the outbox */
    bool gone;         /* retired; the outbox skips it */
    char path[];
};

struct sl_tasks {
    struct sl_task **by_id;
    struct sl_task **by_path;
    size_t buckets; /* of each, a power of two */
    size_t count;
    uint64_t seed;
    struct sl_provider *providers; /* the few distinct URLs */
    struct sl_task *retired;       /* by next_id */
    struct sl_split *retired_splits;
};

int sl_tasks_init(struct sl_tasks *tasks, struct sl_err *err) SL_MUST_CHECK;
void sl_tasks_fini(struct sl_tasks *tasks);

/** A task made of *job, not yet in the table; NULL: out of memory. Owned. */
struct sl_task *sl_task_new(const struct sl_job *job, const char *path) SL_MUST_CHECK;
void sl_task_free(struct sl_task *task);

/** Put a task in; given. Errors: SL_ENOMEM (the task stays the caller's). */
int sl_tasks_add(struct sl_tasks *tasks, struct sl_task *task, struct sl_err *err) SL_MUST_CHECK;
/** Take a task out; the caller's again. */
void sl_tasks_remove(struct sl_tasks *tasks, struct sl_task *task);

/** Take a task out; it is freed by a later sl_tasks_reap(), once the outbox has let it go. */
void sl_tasks_retire(struct sl_tasks *tasks, struct sl_task *task);
/** Take the parts off their task, which must have some; they are freed by the next
 * sl_tasks_reap(). */
void sl_tasks_retire_split(struct sl_tasks *tasks, struct sl_task *task);
/** Free all retired tasks and parts. Call at the end of a turn, when no pointers to them remain. */
void sl_tasks_reap(struct sl_tasks *tasks);

/** NULL when unknown. */
struct sl_task *sl_tasks_by_id(const struct sl_tasks *tasks, int64_t id);
/** The newest of this path; NULL when there is none. */
struct sl_task *sl_tasks_by_path(const struct sl_tasks *tasks, const char *path);

/** The previous task of the same path; NULL when there is none. */
struct sl_task *sl_tasks_older(const struct sl_tasks *tasks, const struct sl_task *task);

/** The table's own copy of a provider's URL, the same pointer for the same URL; NULL: out of
 * memory. */
const char *sl_tasks_provider(struct sl_tasks *tasks, const char *url);

/** All tasks in no order. The callback may change but not remove the task. */
typedef void (*sl_task_fn)(void *ctx, struct sl_task *task);
void sl_tasks_each(struct sl_tasks *tasks, sl_task_fn fn, void *ctx);

/** The same in parts: about `budget` tasks from *bucket on, which is moved. True at the end. Tasks
 * added meanwhile may be left out. */
bool sl_tasks_some(struct sl_tasks *tasks, size_t *bucket, size_t budget, sl_task_fn fn, void *ctx);

/** The full record. */
void sl_task_job(const struct sl_task *task, struct sl_job *job);

/** As sl_job_part_label(). */
void sl_task_part_label(char out[static SL_PART_LABEL_CHARS], const struct sl_task *task,
                        int part_id);

/** Note or clear (NULL) the reason it waits or failed; *err may be the task's own. Without memory
 * the reason is lost alone. */
void sl_task_blame(struct sl_task *task, const struct sl_err *err);

/** No commit of the task is known any more. */
void sl_task_clear_underway(struct sl_task *task);

/** The attempt under way ends without a fault of file or provider: it does not count. Not saved. */
void sl_task_uncount(struct sl_task *task);

#endif
