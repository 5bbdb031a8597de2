/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "work/worker.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "sluice/engine.h"
#include "sluice/log.h"

#include "core/thread.h"

enum { PROGRESS_SLOTS = 128 };

/* ---- worker thread ---- */

static void on_planned(void *ctx)
{
    struct sl_worker *worker = ctx;
    worker->planned.msg.kind = SL_MSG_PLANNED;
    worker->planned.job_id = worker->upload.job_id;
    worker->planned.file = worker->upload.file;
    sl_mailbox_put(worker->box, &worker->planned.msg);
}

static void *worker_main(void *arg)
{
    struct sl_worker *worker = arg;
    pthread_mutex_lock(&worker->lock);
    for (;;) {
        while (!worker->ready && !worker->quit)
            pthread_cond_wait(&worker->wake, &worker->lock);
        if (!worker->ready)
            break;
        worker->ready = false;
        pthread_mutex_unlock(&worker->lock);
        worker->err = (struct sl_err){0};
        sl_log_about("%s", worker->about);
        worker->rc = sl_engine_upload_run(&worker->upload, &worker->err);
        worker->result.kind = SL_MSG_RESULT;
        sl_mailbox_put(worker->box, &worker->result);
        pthread_mutex_lock(&worker->lock);
    }
    pthread_mutex_unlock(&worker->lock);
    return NULL;
}

/* ---- engine thread ---- */

int sl_worker_init(struct sl_worker *worker, struct sl_mailbox *box, const struct sl_clock *clock,
                   struct sl_bucket *total, struct sl_err *err)
{
    sl_throttle_init(&worker->upload.throttle, total);
    pthread_mutex_init(&worker->lock, NULL);
    pthread_cond_init(&worker->wake, NULL);
    worker->box = box;
    worker->upload.clock = *clock;
    worker->upload.source.fd = -1;
    worker->upload.planned = on_planned;
    worker->upload.planned_ctx = worker;
    atomic_init(&worker->upload.hold, false);
    atomic_init(&worker->upload.moved_ms, 0);
    return sl_ring_new(&worker->upload.ring, sizeof(struct sl_progress), PROGRESS_SLOTS, err);
}

void sl_worker_stop(struct sl_worker *worker)
{
    if (worker->started) {
        assert(!worker->busy);
        pthread_mutex_lock(&worker->lock);
        worker->quit = true;
        pthread_cond_signal(&worker->wake);
        pthread_mutex_unlock(&worker->lock);
        pthread_join(worker->thread, NULL);
        worker->started = false;
    }
    sl_source_fini(&worker->upload.source);
    sl_sp_free(worker->upload.sp);
    worker->upload.sp = NULL;
}

void sl_worker_fini(struct sl_worker *worker)
{
    if (worker->box == NULL)
        return;
    sl_worker_stop(worker);
    sl_ring_free(worker->upload.ring);
    sl_total_unref(worker->upload.total);
    sl_throttle_fini(&worker->upload.throttle);
    pthread_cond_destroy(&worker->wake);
    pthread_mutex_destroy(&worker->lock);
}

struct sl_worker *sl_worker_of_result(struct sl_msg *result)
{
    return (struct sl_worker *)(void *)((char *)result - offsetof(struct sl_worker, result));
}

int sl_worker_start(struct sl_worker *worker, const char *url, const struct sl_http_options *http,
                    struct sl_err *err)
{
    int rc = SL_OK;
    if (worker->url != url) { /* its thread waits, or there is none: the client is ours */
        sl_sp_free(worker->upload.sp);
        worker->upload.sp = NULL;
    }
    if (worker->upload.sp == NULL)
        rc = sl_sp_new(&worker->upload.sp, url, http, err);
    worker->url = url;
    if (rc >= 0 && !worker->started) {
        rc = sl_thread_start(&worker->thread, worker_main, worker, err);
        worker->started = rc >= 0;
    }
    return rc;
}

void sl_worker_assign(struct sl_worker *worker, struct sl_task *task)
{
    struct sl_upload *up = &worker->upload;
    assert(!worker->busy && worker->task == NULL);
    worker->task = task;
    worker->busy = true;
    worker->assigned = true;
    worker->held = false;
    worker->exempt_told = false;
    atomic_store(&up->hold, false);
    atomic_store(&up->moved_ms, 0);
    sl_sp_uncancel(up->sp); /* the thread waits: the client is ours */
    snprintf(worker->about, sizeof worker->about, "job=%lld", (long long)task->id);
    up->job_id = task->id;
    up->attempt = task->attempts;
    up->file = task->file;
    up->part = 0;
    up->limit_ms = worker->limit_ms;
    up->has_piece = task->has_piece;
    up->piece = task->piece;
    sl_throttle_expect(&up->throttle, task->file.size_bytes);
    memcpy(up->path, task->path, strlen(task->path) + 1);
}

void sl_worker_assign_part(struct sl_worker *worker, struct sl_task *task,
                           const struct sl_part *part)
{
    struct sl_upload *up = &worker->upload;
    char label[SL_PART_LABEL_CHARS];
    sl_worker_assign(worker, task);
    sl_task_part_label(label, task, part->id);
    snprintf(worker->about, sizeof worker->about, "job=%lld part=%s", (long long)task->id, label);
    up->part = part->id;
    up->offset_bytes = part->offset_bytes;
    up->size_bytes = part->size_bytes;
    up->has_piece = true;
    up->piece = sl_part_piece(part);
    up->total = sl_total_ref(task->split->total);
    sl_throttle_expect(&up->throttle, part->size_bytes);
}

void sl_worker_launch(struct sl_worker *worker)
{
    worker->assigned = false;
    pthread_mutex_lock(&worker->lock);
    worker->ready = true;
    pthread_cond_signal(&worker->wake);
    pthread_mutex_unlock(&worker->lock);
}

void sl_worker_revoke(struct sl_worker *worker)
{
    worker->assigned = false;
    worker->busy = false;
    worker->task->slot = SL_NO_SLOT;
    worker->task = NULL;
    sl_total_unref(worker->upload.total);
    worker->upload.total = NULL;
}

void sl_worker_hold(struct sl_worker *worker)
{
    worker->held = true;
    atomic_store(&worker->upload.hold, true);
}

void sl_worker_unhold(struct sl_worker *worker)
{
    worker->held = false;
    atomic_store(&worker->upload.hold, false);
    sl_sp_unpause(worker->upload.sp);
}

void sl_worker_abort(struct sl_worker *worker)
{
    worker->held = false;
    sl_sp_cancel(worker->upload.sp);
}

void sl_worker_let_go(struct sl_worker *worker)
{
    worker->task->slot = SL_NO_SLOT;
    worker->task = NULL;
    sl_worker_abort(worker);
}
