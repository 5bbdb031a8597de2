/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * worker.h - a slot for one upload at a time: a thread, a provider client that keeps its
 * connection, a hasher, and a ring of progress.
 *
 * The engine thread calls everything here; the worker answers through the mailbox with messages
 * that are part of it, so a result is never lost.
 */
#ifndef SL_WORKER_H
#define SL_WORKER_H

#include "core/mailbox.h"
#include "core/timers.h"
#include "jobs/split.h"
#include "jobs/tasks.h"
#include "work/upload.h"

enum { SL_WORKER_ABOUT_BYTES = 80 };

struct sl_worker {
    struct sl_timer hold; /* first; engine thread only; held: until when */

    /* immutable once started */
    struct sl_mailbox *box;
    pthread_t thread;
    bool started;

    /* engine thread only */
    struct sl_task *task; /* that is uploaded; NULL when idle or when its result is ignored */
    bool busy;            /* between launch and result */
    bool held;            /* paused, keeping its connection */
    bool exempt_told;     /* reported that the limit does not hold for this upload */
    bool assigned;        /* to be launched after the commit */
    int64_t limit_ms;     /* the provider's for one request */
    const char *url;      /* of the provider that its client talks to */

    pthread_mutex_t lock;
    pthread_cond_t wake;
    /* under lock */
    bool ready;
    bool quit;

    /* the worker's while busy, else the engine's */
    struct sl_upload upload;
    char about[SL_WORKER_ABOUT_BYTES]; /* "job=12 part=3/8": in every line of the log about it */
    int rc;
    struct sl_err err;

    /* the worker's until sent, then the engine's */
    struct sl_msg result; /* SL_MSG_RESULT */
    struct sl_planned {
        struct sl_msg msg; /* SL_MSG_PLANNED */
        int64_t job_id;
        struct sl_file_mark file;
    } planned;
};

/** Empty slot with its ring; `total` is the rate that all share. Errors: SL_ENOMEM. Undo with
 * sl_worker_fini(). */
int sl_worker_init(struct sl_worker *worker, struct sl_mailbox *box, const struct sl_clock *clock,
                   struct sl_bucket *total, struct sl_err *err) SL_MUST_CHECK;
/** Joins the thread, which must not be busy; the ring can still be read. */
void sl_worker_stop(struct sl_worker *worker);
/** Stop and free everything; also after an error, and of a zeroed one. */
void sl_worker_fini(struct sl_worker *worker);

/** The worker a SL_MSG_RESULT is part of. */
struct sl_worker *sl_worker_of_result(struct sl_msg *result);

/** Client (of `url`, which outlives the worker) and thread, if not there yet; of one that is not
 * busy. Errors: SL_ENOMEM, SL_EFORMAT (url). */
int sl_worker_start(struct sl_worker *worker, const char *url, const struct sl_http_options *http,
                    struct sl_err *err) SL_MUST_CHECK;

/** Fill the assignment of an idle slot from the task. */
void sl_worker_assign(struct sl_worker *worker, struct sl_task *task);
/** The same with a part of a task that is split. */
void sl_worker_assign_part(struct sl_worker *worker, struct sl_task *task,
                           const struct sl_part *part);
/** Let the thread run the assignment. */
void sl_worker_launch(struct sl_worker *worker);

/** Take an assignment back before its launch. */
void sl_worker_revoke(struct sl_worker *worker);

/** Send nothing more but keep the connection; sl_worker_unhold() goes on. */
void sl_worker_hold(struct sl_worker *worker);
void sl_worker_unhold(struct sl_worker *worker);

/** Abort the upload; its result comes soon and is ignored. */
void sl_worker_let_go(struct sl_worker *worker);

/** Abort the upload; its task gets the result. */
void sl_worker_abort(struct sl_worker *worker);

#endif
