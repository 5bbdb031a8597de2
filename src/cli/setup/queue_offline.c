/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "setup/queue_offline.h"

#include <string.h>

#include "sluice/walk.h"

struct queue {
    struct sl_journal *journal;
    const struct sl_session *session;
    int64_t rank; /* rank of the last file queued */
    int64_t count;
    struct sl_err err;
};

static int take_rank(void *ctx, const struct sl_job *job, const char *path, const char *provider)
{
    struct queue *queue = ctx;
    (void)path;
    (void)provider;
    if (sl_rank_place(job->rank) > queue->rank)
        queue->rank = sl_rank_place(job->rank);
    return 0;
}

/* 1: the journal has a job of this path that is not stored yet, or that is stored with the same
 * mark. */
static int is_known(struct queue *queue, const char *path, const struct sl_file_mark *file)
{
    struct sl_job job;
    const int rc = sl_journal_find_path(queue->journal, path, &job, &queue->err);
    const bool done = rc == 1 && (job.state == SL_JOB_STORED || job.state == SL_JOB_CONFIRMED);
    return rc == 1 ? !done || sl_file_mark_equal(&job.file, file) : rc;
}

static int keep_file(void *ctx, const struct sl_scan_item *item)
{
    struct queue *queue = ctx;
    const struct sl_upload_target *target = &queue->session->target;
    char path[SL_PATH_BYTES];
    if (item->kind != SL_SCAN_FILE || item->file.size_bytes < SL_PIECE_MIN_BYTES ||
        sl_engine_path(path, item->path, NULL) < 0)
        return 0;
    int rc = is_known(queue, path, &item->file);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    struct sl_job job = {.state = SL_JOB_QUEUED,
                         .rank = queue->rank + 1,
                         .file = item->file,
                         .copies.wanted = (uint8_t)target->wish.copies,
                         .wish_id = target->wish.id};
    rc = sl_journal_add(queue->journal, &job, path, &queue->err);
    if (rc < 0)
        return rc;
    queue->rank++;
    queue->count++;
    return 0;
}

static void walk_all(struct queue *queue, const char *(*next)(void *ctx, const char *path),
                     void *ctx)
{
    const struct sl_session *session = queue->session;
    struct sl_walk_options options = sl_path_rules_walk(&session->rules, &session->settings.config);
    atomic_bool stop = false;
    options.stop = &stop;
    options.fn = keep_file;
    options.ctx = queue;
    const char *path = NULL;
    while (queue->err.code == SL_OK && (path = next(ctx, path)) != NULL) {
        if (path[0] != '\0' && strlen(path) < SL_PATH_BYTES)
            sl_walk(&options, path, 0);
    }
}

int64_t sl_queue_offline(struct sl_journal *journal, const struct sl_session *session,
                         const char *(*next)(void *ctx, const char *path), void *ctx,
                         struct sl_err *err)
{
    struct queue queue = {.journal = journal, .session = session};
    int rc = sl_journal_each(journal, take_rank, &queue, err);
    if (rc == SL_OK)
        rc = sl_journal_txn_begin(journal, err);
    if (rc < 0)
        return rc;
    walk_all(&queue, next, ctx);
    rc = queue.err.code;
    if (rc < 0 && err != NULL)
        *err = queue.err;
    if (rc == SL_OK)
        rc = sl_journal_txn_commit(journal, err);
    sl_journal_txn_rollback(journal);
    return rc < 0 ? rc : queue.count;
}
