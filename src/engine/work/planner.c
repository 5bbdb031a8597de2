/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "work/planner.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/engine.h"
#include "sluice/piece.h"

#include "core/thread.h"
#include "work/open.h"

enum {
    PROGRESS_SLOTS = 64,
    THREADS_MOST = 6,               /* of about 1 MiB each */
    ONE_THREAD_BYTES = 8 * 1048576, /* below it others are not worth starting */
};

struct sl_planner {
    /* immutable */
    struct sl_mailbox *box;
    struct sl_clock clock;
    struct sl_ring *ring;
    pthread_t thread;

    /* engine thread only */
    bool running;

    /* engine thread until the first file, then the planner's */
    struct sl_board *board; /* NULL: no other process reads the progress */
    unsigned board_slot;

    /* any thread */
    atomic_bool cancelled;

    /* planner thread only */
    uint64_t done_bytes; /* of ranges that are finished */

    pthread_mutex_t lock;
    pthread_cond_t wake;
    /* under lock */
    struct sl_planner_job *job;
    bool quit;

    /* the planner's until sent, then the engine's */
    struct sl_hash_end end;
};

/* ---- the thread ---- */

struct pass {
    struct sl_planner *planner;
    const struct sl_planner_job *job;
    int fd;
    bool made_up; /* the file system may not have real times of change */
};

static bool on_hashed(void *ctx, uint64_t hashed_bytes)
{
    const struct pass *pass = ctx;
    struct sl_planner *planner = pass->planner;
    const struct sl_progress progress = {
        .job_id = pass->job->job_id,
        .attempt = pass->job->attempt,
        .hashed_bytes = pass->job->hashed_bytes + planner->done_bytes + hashed_bytes,
        .at_ms = sl_now_ms(&planner->clock),
    };
    (void)sl_ring_push(planner->ring, &progress);
    if (planner->board != NULL)
        sl_board_write(planner->board, planner->board_slot, &progress);
    return atomic_load(&planner->cancelled);
}

static int hash_range(const struct pass *pass, struct sl_plan_range range, struct sl_piece_id *out,
                      struct sl_err *err)
{
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned threads = cores > THREADS_MOST ? THREADS_MOST : cores > 0 ? (unsigned)cores : 1;
    if (range.size_bytes < ONE_THREAD_BYTES)
        threads = 1;
    const int rc = sl_piece_of_fd_threads(out, pass->fd, range.offset_bytes, range.size_bytes,
                                          threads, on_hashed, (void *)pass, err);
    if (rc < 0 || out->payload_bytes == range.size_bytes)
        return rc;
    return sl_err_set(err, SL_ECHANGED, "the file shrank while it was hashed: add it again");
}

static int tell(const struct pass *pass, int id, const struct sl_piece_id *piece,
                struct sl_err *err)
{
    struct sl_hashed *hashed = calloc(1, sizeof *hashed);
    if (hashed == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for a part of a file");
    hashed->msg.kind = SL_MSG_HASHED;
    hashed->job_id = pass->job->job_id;
    hashed->id = id;
    hashed->piece = *piece;
    sl_mailbox_put(pass->planner->box, &hashed->msg);
    return SL_OK;
}

static int compare(struct sl_hash_end *end, const struct sl_planner_job *job, const char *when,
                   struct sl_err *err)
{
    if (sl_file_mark_equal(&end->file, &job->file))
        return SL_OK;
    return sl_err_set(err, SL_ECHANGED, "the file changed %s it was hashed", when);
}

/* SL_ECHANGED when the path no longer names the planned file; end.file has the new mark. */
static int check_name(const struct pass *pass, const char *when, struct sl_err *err)
{
    struct stat st;
    struct sl_hash_end *end = &pass->planner->end;
    if (stat(pass->job->path, &st) != 0)
        return sl_err_sys(err, errno, "look at the file");
    if (!S_ISREG(st.st_mode))
        return sl_err_set(err, SL_EFILETYPE, "no longer a regular file");
    end->file = sl_file_mark_on(&st, pass->made_up);
    return compare(end, pass->job, when, err);
}

static int check_before(struct pass *pass, struct sl_err *err)
{
    struct sl_hash_end *end = &pass->planner->end;
    pass->made_up = sl_fd_makes_up_ctime(pass->fd);
    int rc = sl_file_mark_begin(&end->file, pass->fd, err);
    if (rc >= 0)
        rc = compare(end, pass->job, "before", err);
    return rc < 0 ? rc : check_name(pass, "before", err);
}

static int check_after(const struct pass *pass, struct sl_err *err)
{
    struct stat st;
    struct sl_hash_end *end = &pass->planner->end;
    if (fstat(pass->fd, &st) != 0)
        return sl_err_sys(err, errno, "look at the file");
    end->file = sl_file_mark_on(&st, pass->made_up);
    const int rc = compare(end, pass->job, "while", err);
    return rc < 0 ? rc : check_name(pass, "while", err);
}

static int hash_all(struct pass *pass, struct sl_err *err)
{
    const struct sl_planner_job *job = pass->job;
    struct sl_hash_end *end = &pass->planner->end;
    int rc = check_before(pass, err);
    for (size_t i = 0; rc >= 0 && i < job->count; i++) {
        struct sl_piece_id piece;
        if (atomic_load(&pass->planner->cancelled))
            return sl_err_set(err, SL_ECANCELED, "cancelled");
        rc = hash_range(pass, job->ranges[i].range, &piece, err);
        pass->planner->done_bytes += job->ranges[i].range.size_bytes;
        if (rc >= 0)
            rc = tell(pass, job->ranges[i].id, &piece, err);
    }
    if (rc >= 0 && job->with_whole) {
        pass->planner->done_bytes = 0;
        rc = hash_range(pass, (struct sl_plan_range){0, job->file.size_bytes}, &end->whole, err);
        end->has_whole = rc >= 0;
    }
    if (rc < 0)
        return rc;
    return check_after(pass, err);
}

static void run(struct sl_planner *planner, const struct sl_planner_job *job)
{
    struct sl_hash_end *end = &planner->end;
    struct pass pass = {planner, job, -1, false};
    *end = (struct sl_hash_end){.msg.kind = SL_MSG_HASH_END, .file = job->file};
    planner->done_bytes = 0;
    pass.fd = sl_engine_job_file_open(job->path, &job->file, job->guarded, &end->err);
    end->rc = pass.fd < 0 ? pass.fd : hash_all(&pass, &end->err);
    if (pass.fd >= 0)
        close(pass.fd);
}

static void *planner_main(void *arg)
{
    struct sl_planner *planner = arg;
    pthread_mutex_lock(&planner->lock);
    for (;;) {
        while (planner->job == NULL && !planner->quit)
            pthread_cond_wait(&planner->wake, &planner->lock);
        struct sl_planner_job *job = planner->job;
        planner->job = NULL;
        if (job == NULL)
            break;
        pthread_mutex_unlock(&planner->lock);
        run(planner, job);
        free(job);
        sl_mailbox_put(planner->box, &planner->end.msg);
        pthread_mutex_lock(&planner->lock);
    }
    pthread_mutex_unlock(&planner->lock);
    return NULL;
}

/* ---- the engine's side ---- */

int sl_planner_start(struct sl_planner **out, struct sl_mailbox *box, const struct sl_clock *clock,
                     struct sl_err *err)
{
    struct sl_planner *planner = calloc(1, sizeof *planner);
    if (planner == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for a thread");
    planner->box = box;
    planner->clock = *clock;
    atomic_init(&planner->cancelled, false);
    pthread_mutex_init(&planner->lock, NULL);
    pthread_cond_init(&planner->wake, NULL);
    int rc = sl_ring_new(&planner->ring, sizeof(struct sl_progress), PROGRESS_SLOTS, err);
    if (rc >= 0)
        rc = sl_thread_start(&planner->thread, planner_main, planner, err);
    planner->running = rc >= 0;
    if (rc < 0) {
        sl_planner_free(planner);
        return rc;
    }
    *out = planner;
    return SL_OK;
}

void sl_planner_share(struct sl_planner *planner, struct sl_board *board, unsigned slot)
{
    planner->board = board;
    planner->board_slot = slot;
}

void sl_planner_stop(struct sl_planner *planner)
{
    if (planner == NULL || !planner->running)
        return;
    planner->running = false;
    atomic_store(&planner->cancelled, true);
    pthread_mutex_lock(&planner->lock);
    planner->quit = true;
    pthread_cond_signal(&planner->wake);
    pthread_mutex_unlock(&planner->lock);
    pthread_join(planner->thread, NULL);
}

void sl_planner_free(struct sl_planner *planner)
{
    if (planner == NULL)
        return;
    sl_planner_stop(planner);
    free(planner->job);
    sl_ring_free(planner->ring);
    pthread_cond_destroy(&planner->wake);
    pthread_mutex_destroy(&planner->lock);
    free(planner);
}

void sl_planner_begin(struct sl_planner *planner, struct sl_planner_job *job)
{
    pthread_mutex_lock(&planner->lock);
    assert(planner->job == NULL);
    atomic_store(&planner->cancelled, planner->quit);
    planner->job = job;
    pthread_cond_signal(&planner->wake);
    pthread_mutex_unlock(&planner->lock);
}

void sl_planner_cancel(struct sl_planner *planner)
{
    atomic_store(&planner->cancelled, true);
}

struct sl_ring *sl_planner_ring(const struct sl_planner *planner)
{
    return planner->ring;
}
