/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* run.c - the workers of one fetch. */
#include "run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sluice/log.h"
#include "sluice/path.h"

#include "file.h"
#include "part.h"
#include "transfer.h"

enum { SEGMENTS_MAX = 1 << 16, READ_BYTES = 1 << 16 };

/* ---- the layout ---- */

static size_t segments_of(uint64_t bytes, uint64_t segment_bytes)
{
    return (size_t)((bytes + segment_bytes - 1) / segment_bytes);
}

static int measure(struct sl_run *run, const struct sl_fetch_part *parts, size_t count,
                   size_t *origins, struct sl_err *err)
{
    *origins = 0;
    run->total_bytes = 0;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].url_count == 0)
            return sl_err_set(err, SL_ENOTFOUND, "part %zu of %zu: no address is known", i + 1,
                              count);
        *origins += parts[i].url_count;
        if (parts[i].piece.payload_bytes > (uint64_t)INT64_MAX - run->total_bytes)
            return sl_err_set(err, SL_EFORMAT, "no file is that large");
        run->total_bytes += parts[i].piece.payload_bytes;
    }
    /* whatever a PieceCID claims: the table of segments stays small */
    while (run->total_bytes / run->segment_bytes + count > SEGMENTS_MAX &&
           run->segment_bytes < UINT64_MAX / 4)
        run->segment_bytes *= 2;
    for (size_t i = 0; i < count; i++)
        run->segment_count += segments_of(parts[i].piece.payload_bytes, run->segment_bytes);
    return SL_OK;
}

static void lay_segments(struct sl_run *run, struct sl_part *part)
{
    const uint64_t bytes = part->want->piece.payload_bytes;
    for (size_t i = 0; i < part->segment_count; i++) {
        const uint64_t start = i * run->segment_bytes;
        const uint64_t left = bytes - start;
        part->segments[i] = (struct sl_segment){
            .start = start, .bytes = left < run->segment_bytes ? left : run->segment_bytes};
    }
}

static void lay_out(struct sl_run *run, const struct sl_fetch_part *parts)
{
    uint64_t offset = 0;
    size_t origin = 0, segment = 0;
    for (size_t i = 0; i < run->part_count; i++) {
        struct sl_part *part = &run->parts[i];
        *part = (struct sl_part){
            .want = &parts[i],
            .offset = offset,
            .origins = run->origins + origin,
            .segments = run->segments + segment,
            .roots = run->roots + segment,
            .segment_count = segments_of(parts[i].piece.payload_bytes, run->segment_bytes),
        };
        for (size_t k = 0; k < parts[i].url_count; k++)
            part->origins[k] = (struct sl_origin){.url = parts[i].urls[k]};
        lay_segments(run, part);
        offset += parts[i].piece.payload_bytes;
        origin += parts[i].url_count;
        segment += part->segment_count;
    }
}

static void init_locks(struct sl_run *run)
{
    pthread_condattr_t attr;
    pthread_mutex_init(&run->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&run->changed, &attr);
    pthread_condattr_destroy(&attr);
}

int sl_fetch_run_init(struct sl_run *run, struct sl_fetch *fetch, const struct sl_fetch_part *parts,
                      size_t count, struct sl_err *err)
{
    size_t origins = 0;
    *run = (struct sl_run){.fetch = fetch,
                           .sink = {.fd = -1},
                           .part_count = count,
                           .segment_bytes = fetch->options.segment_bytes,
                           .random = fetch->options.seed};
    init_locks(run);
    if (run->random == 0)
        sl_random(&run->random, sizeof run->random);
    run->random |= 1;
    if (count == 0)
        return sl_err_set(err, SL_EFORMAT, "a file without parts");
    const int rc = measure(run, parts, count, &origins, err);
    if (rc < 0)
        return rc;
    run->parts = calloc(count, sizeof *run->parts);
    run->origins = calloc(origins + 1, sizeof *run->origins);
    run->segments = calloc(run->segment_count, sizeof *run->segments);
    run->roots = calloc(run->segment_count, sizeof *run->roots);
    if (run->parts == NULL || run->origins == NULL || run->segments == NULL || run->roots == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    lay_out(run, parts);
    return SL_OK;
}

void sl_fetch_run_fini(struct sl_run *run)
{
    pthread_cond_destroy(&run->changed);
    pthread_mutex_destroy(&run->lock);
    free(run->parts);
    free(run->origins);
    free(run->segments);
    free(run->roots);
}

/* ---- a worker ---- */

struct worker {
    struct sl_run *run;
    pthread_t thread;
    int index;
};

static void ask(struct worker *w, const struct sl_task *task)
{
    struct sl_run *run = w->run;
    struct sl_err err = {0};
    const int rc = sl_transfer_ask(
        run, run->fetch->https[w->index], &run->fetch->responses[w->index],
        task->part->want->urls[task->origin], task->part->want->piece.payload_bytes, &err);
    sl_log(rc < 0 ? SL_LOG_INFO : SL_LOG_DEBUG, SL_LOG_FETCH, "asked %s: %s",
           task->part->want->urls[task->origin], rc < 0 ? err.text : "it is there");
    pthread_mutex_lock(&run->lock);
    err.code = rc < 0 ? rc : SL_OK;
    sl_fetch_part_answered(run, task->part, task->origin, &err);
    pthread_mutex_unlock(&run->lock);
}

/* What an earlier run left is read again: the hasher has to have seen it. */
static int hash_again(struct worker *w, struct sl_part *part, struct sl_segment *segment,
                      struct sl_err *err)
{
    struct sl_piece_hasher *hasher = w->run->fetch->hashers[w->index];
    uint64_t done = 0;
    uint8_t *buffer = malloc(READ_BYTES);
    int rc = buffer == NULL ? sl_err_set(err, SL_ENOMEM, "out of memory") : SL_OK;
    while (rc == SL_OK && done < segment->have) {
        if (atomic_load(&w->run->fetch->cancelled)) {
            rc = sl_err_set(err, SL_ECANCELED, "cancelled");
            break;
        }
        const uint64_t left = segment->have - done;
        const size_t want = left < READ_BYTES ? (size_t)left : READ_BYTES;
        const ssize_t n =
            pread(w->run->sink.fd, buffer, want, (off_t)(part->offset + segment->start + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            rc = sl_err_sys(err, n < 0 ? errno : EIO, "read what has come");
            break;
        }
        rc = sl_piece_hasher_add(hasher, buffer, (size_t)n, err);
        done += (uint64_t)n;
    }
    free(buffer);
    return rc;
}

/* One try at the part's current origin. 0, or -1: leave the segment. */
static int attempt(struct worker *w, struct sl_transfer *t, struct sl_part *part)
{
    struct sl_run *run = w->run;
    struct sl_err err = {0};
    pthread_mutex_lock(&run->lock);
    const bool leave = run->over || part->switching;
    const size_t origin = part->current;
    t->url = part->origins[origin].url;
    t->may_leave = !part->pure && sl_fetch_part_has_untried(part); /* restarting is no gain */
    memcpy(t->etag, part->origins[origin].etag, sizeof t->etag);
    pthread_mutex_unlock(&run->lock);
    if (leave)
        return -1;
    const int rc = sl_transfer_get(t, &err);
    sl_log(rc < 0 ? SL_LOG_INFO : SL_LOG_DEBUG, SL_LOG_FETCH, "part=%zu/%zu from %s: %s",
           (size_t)(part - run->parts) + 1, run->part_count, t->url,
           rc < 0 ? err.text : "a segment has come");
    int64_t wait_ms = 0;
    pthread_mutex_lock(&run->lock);
    memcpy(part->origins[origin].etag, t->etag, sizeof t->etag);
    if (rc < 0 && (rc == SL_ECANCELED || rc == SL_ENOMEM || t->local_failure)) {
        sl_fetch_run_fail(run, &err);
        wait_ms = -1;
    } else if (rc < 0) {
        wait_ms = sl_fetch_part_failed(run, part, t->segment, origin, t->moved, &err);
    }
    pthread_mutex_unlock(&run->lock);
    if (wait_ms > 0 && sl_http_wait(t->http, wait_ms, NULL) < 0)
        return -1;
    return wait_ms < 0 ? -1 : 0;
}

static int get(struct worker *w, const struct sl_task *task, struct sl_err *err)
{
    struct sl_run *run = w->run;
    struct sl_segment *segment = task->segment;
    struct sl_transfer t = {
        .run = run,
        .http = run->fetch->https[w->index],
        .response = &run->fetch->responses[w->index],
        .hasher = run->fetch->hashers[w->index],
        .part = task->part,
        .segment = segment,
    };
    sl_piece_hasher_reset(t.hasher);
    int rc = segment->have > 0 ? hash_again(w, task->part, segment, err) : SL_OK;
    if (rc < 0)
        return rc;
    while (segment->have < segment->bytes) {
        if (attempt(w, &t, task->part) < 0)
            return 1;
    }
    rc = sl_piece_hasher_finish(t.hasher, &task->part->roots[segment - task->part->segments], err);
    sl_fetch_file_note(run, segment);
    return rc;
}

static void get_segment(struct worker *w, const struct sl_task *task)
{
    struct sl_run *run = w->run;
    struct sl_err err = {0};
    const int rc = get(w, task, &err);
    if (rc != SL_OK)
        sl_fetch_file_note(run, task->segment);
    pthread_mutex_lock(&run->lock);
    if (rc < 0)
        sl_fetch_run_fail(run, &err);
    if (rc == SL_OK)
        sl_fetch_part_received(run, task->part, task->segment);
    else
        sl_fetch_part_leave(run, task->part, task->segment);
    pthread_mutex_unlock(&run->lock);
}

/* Under the lock. The first parts come first. */
static struct sl_task next_task(struct sl_run *run)
{
    struct sl_task task = {.kind = SL_TASK_NONE};
    for (size_t i = 0; i < run->part_count && task.kind == SL_TASK_NONE && !run->over; i++)
        task = sl_fetch_part_task(run, &run->parts[i]);
    return task;
}

static void *work(void *arg)
{
    struct worker *w = arg;
    struct sl_run *run = w->run;
    pthread_mutex_lock(&run->lock);
    while (!run->over) {
        const struct sl_task task = next_task(run);
        if (task.kind == SL_TASK_NONE && !run->over) {
            pthread_cond_wait(&run->changed, &run->lock);
            continue;
        }
        pthread_mutex_unlock(&run->lock);
        if (task.kind == SL_TASK_ASK)
            ask(w, &task);
        else if (task.kind == SL_TASK_GET)
            get_segment(w, &task);
        pthread_mutex_lock(&run->lock);
    }
    pthread_mutex_unlock(&run->lock);
    return NULL;
}

/* ---- the thread that called ---- */

static void report_progress(struct sl_run *run)
{
    if (run->fetch->progress == NULL)
        return;
    const struct sl_fetch_progress progress = {
        .have_bytes = atomic_load(&run->have_bytes),
        .total_bytes = run->total_bytes,
        .received_bytes = atomic_load(&run->received_bytes),
    };
    run->fetch->progress(run->fetch->progress_ctx, &progress);
}

static void wait_until_over(struct sl_run *run)
{
    struct timespec next;
    const int64_t interval_ms = run->fetch->interval_ms;
    clock_gettime(CLOCK_MONOTONIC, &next);
    pthread_mutex_lock(&run->lock);
    while (!run->over) {
        if (run->fetch->progress == NULL) {
            pthread_cond_wait(&run->changed, &run->lock);
            continue;
        }
        const int64_t ns = next.tv_nsec + interval_ms * 1000000;
        next.tv_sec += ns / 1000000000;
        next.tv_nsec = ns % 1000000000;
        while (!run->over && pthread_cond_timedwait(&run->changed, &run->lock, &next) != ETIMEDOUT)
            ;
        pthread_mutex_unlock(&run->lock);
        report_progress(run);
        clock_gettime(CLOCK_MONOTONIC, &next);
        pthread_mutex_lock(&run->lock);
    }
    pthread_mutex_unlock(&run->lock);
}

/* Requests that run on are of no use to anybody. */
static void stop_requests(const struct sl_fetch *fetch)
{
    for (int i = 0; i < fetch->options.parallel; i++)
        sl_http_cancel(fetch->https[i]);
}

static void let_requests(struct sl_fetch *fetch)
{
    for (int i = 0; i < fetch->options.parallel; i++)
        sl_http_uncancel(fetch->https[i]);
    if (atomic_load(&fetch->cancelled)) /* meanwhile */
        stop_requests(fetch);
}

static int start(struct sl_run *run, struct worker *workers, struct sl_err *err)
{
    int started = 0;
    size_t tasks = run->segment_count;
    for (size_t i = 0; i < run->part_count; i++)
        tasks += run->parts[i].want->url_count - 1;
    while (started < run->fetch->options.parallel && (size_t)started < tasks) {
        workers[started] = (struct worker){.run = run, .index = started};
        if (pthread_create(&workers[started].thread, NULL, work, &workers[started]) != 0)
            break;
        started++;
    }
    return started > 0 ? started : sl_err_set(err, SL_ENOMEM, "no thread could be started");
}

int sl_fetch_run_all(struct sl_run *run, struct sl_fetch_result *result, struct sl_err *err)
{
    struct worker workers[SL_FETCH_PARALLEL_MAX] = {0};
    if (atomic_load(&run->fetch->cancelled))
        return sl_err_set(err, SL_ECANCELED, "cancelled");
    const int started = start(run, workers, err);
    if (started < 0)
        return started;
    wait_until_over(run);
    stop_requests(run->fetch);
    for (int i = 0; i < started; i++)
        pthread_join(workers[i].thread, NULL);
    let_requests(run->fetch);
    report_progress(run);
    result->received_bytes += atomic_load(&run->received_bytes);
    result->failures += run->failures;
    result->from = run->from != NULL ? run->from : result->from;
    if (run->parts_done == run->part_count)
        return SL_OK;
    if (atomic_load(&run->fetch->cancelled))
        return sl_err_set(err, SL_ECANCELED, "cancelled");
    if (err != NULL)
        *err = run->err;
    return run->err.code;
}
