/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * pre_hash.c - files that are hashed before anything is sent: those that are cut into parts, and
 * those that may be equal to a stored one.
 *
 * A PieceCID is in the journal as soon as it is known, so that a crash costs the part under way.
 */
#include "work/pre_hash.h"

#include <stdlib.h>
#include <string.h>

#include "core/add_results.h"
#include "core/transaction.h"
#include "jobs/job.h"
#include "jobs/parts.h"
#include "jobs/persistence.h"
#include "policy/cut_apart.h"
#include "policy/resplit.h"
#include "policy/retry.h"
#include "policy/slots.h"
#include "work/plan.h"

/* ---- who is hashed ---- */

static uint64_t shard_for(const struct sl_engine *engine, const struct sl_task *task)
{
    return sl_engine_shard(engine, task->file.size_bytes);
}

/* Another job of the same size, and of the same content once that is known, is stored there. */
static bool has_twin(struct sl_engine *engine, const struct sl_task *task)
{
    struct sl_job job;
    struct sl_job twin;
    struct sl_err err = {0};
    if (engine->options.force)
        return false;
    sl_task_job(task, &job);
    const int rc = sl_journal_find_twin(engine->journal, &job, engine->url, &twin, &err);
    if (rc < 0)
        sl_engine_break(engine, &err);
    return rc == 1;
}

/* The previous job of this path, if it is probably the same file with another time of change. Its
 * size must match, its PieceCID too if both are known, and all its bytes must be with the provider
 * or on this chain. Else NULL. Older jobs do not count: a version that returns must become the
 * newest again. */
static struct sl_task *earlier(struct sl_engine *engine, const struct sl_task *task)
{
    struct sl_task *other = engine->options.force ? NULL : sl_tasks_older(&engine->tasks, task);
    if (other == NULL || !sl_job_state_delivered((enum sl_job_state)other->state) ||
        !other->has_piece || other->file.size_bytes != task->file.size_bytes ||
        (task->has_piece && !sl_piece_id_equal(&other->piece, &task->piece)) ||
        sl_task_is_elsewhere(engine, other))
        return NULL;
    return other->shard_bytes == 0 || sl_task_parts(engine, other) ? other : NULL;
}

/* True when the bytes may be stored already. Also true when a change during the upload could not be
 * seen, unless the provider compares the bytes with a PieceCID known beforehand. */
static bool is_worth_hashing(struct sl_engine *engine, const struct sl_task *task)
{
    return task->may_be_there || task->file.ctime_ns == 0 || earlier(engine, task) != NULL ||
           has_twin(engine, task);
}

static bool needs_split(const struct sl_engine *engine, const struct sl_task *task)
{
    if (task->split != NULL)
        return task->split->with_piece < task->split->count || !task->has_piece;
    return shard_for(engine, task) != 0;
}

bool sl_task_wants_hash(struct sl_engine *engine, struct sl_task *task)
{
    return needs_split(engine, task) ||
           (task->split == NULL && !task->has_piece && is_worth_hashing(engine, task));
}

/* ---- starting ---- */

/* What of the task is not hashed yet; NULL: out of memory. */
static struct sl_planner_job *job_of(const struct sl_engine *engine, const struct sl_task *task)
{
    const struct sl_split *split = task->split;
    const size_t most = split != NULL ? split->count - split->with_piece : 1;
    struct sl_planner_job *job = calloc(1, sizeof *job + most * sizeof job->ranges[0]);
    if (job == NULL)
        return NULL;
    job->job_id = task->id;
    job->attempt = task->attempts;
    job->file = task->file;
    job->guarded = engine->options.guarded;
    memcpy(job->path, task->path, strlen(task->path) + 1);
    if (split == NULL) {
        job->count = 1;
        job->ranges[0].range.size_bytes = task->file.size_bytes;
        return job;
    }
    for (uint32_t i = 0; i < split->count; i++) {
        const struct sl_part *part = &split->parts[i];
        if (part->has_piece)
            job->hashed_bytes += part->size_bytes;
        else
            job->ranges[job->count++] =
                (struct sl_planner_range){part->id, {part->offset_bytes, part->size_bytes}};
    }
    /* whole shards combine; others were cut again, or share a rest */
    job->with_whole = !task->has_piece &&
                      (!sl_plan_is_even(task->file.size_bytes, task->shard_bytes) ||
                       sl_shard_floor(task->shard_bytes) != task->shard_bytes ||
                       split->count != sl_plan_count(task->file.size_bytes, task->shard_bytes));
    return job;
}

static void start_hash(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_err err = {0};
    const uint64_t shard = task->split == NULL ? shard_for(engine, task) : 0;
    if (shard != 0 && !sl_task_split(engine, task, shard))
        return;
    struct sl_planner_job *job = job_of(engine, task);
    if (job == NULL) {
        sl_err_set(&err, SL_ENOMEM, "out of memory for the parts of a file");
        sl_engine_break(engine, &err);
        return;
    }
    if (!sl_task_step(engine, task, SL_IN_HASH)) {
        free(job);
        return;
    }
    engine->hashing = task;
    engine->planner_busy = true;
    sl_planner_begin(engine->planner, job);
}

/* A file that is hashed and waits for a worker is enough: no reading far ahead. */
static bool is_ahead(const struct sl_engine *engine)
{
    const struct sl_heap_node *top = sl_heap_top(&engine->queue);
    return top != NULL && ((const struct sl_task *)top)->split != NULL &&
           sl_engine_running(engine) >= engine->parallel;
}

/* All workers are busy, but the planner can already hash the next file. */
static void look_ahead(struct sl_engine *engine)
{
    struct sl_task *task = (struct sl_task *)sl_heap_top(&engine->queue);
    if (task == NULL || task->state != SL_JOB_QUEUED || task->slot != SL_NO_SLOT ||
        !needs_split(engine, task))
        return;
    sl_heap_remove(&engine->queue, &task->place.node);
    sl_heap_push(&engine->to_hash, &task->place.node, task->rank);
    task->to_hash = true;
}

void sl_engine_pick_hash(struct sl_engine *engine)
{
    if (engine->planner_busy || engine->broken.code != SL_OK || is_ahead(engine))
        return;
    if (sl_heap_top(&engine->to_hash) == NULL)
        look_ahead(engine);
    struct sl_heap_node *top = sl_heap_top(&engine->to_hash);
    if (top != NULL)
        start_hash(engine, (struct sl_task *)top);
}

void sl_engine_stop_hash(struct sl_engine *engine)
{
    engine->hashing = NULL;
    sl_planner_cancel(engine->planner);
}

/* ---- results ---- */

static void take_part(struct sl_engine *engine, struct sl_task *task,
                      const struct sl_hashed *hashed)
{
    struct sl_err err = {0};
    struct sl_part *part = sl_split_find(task->split, hashed->id);
    if (part == NULL || part->has_piece)
        return;
    sl_part_set_piece(task->split, part, &hashed->piece);
    const struct sl_job_part record = sl_part_record(part);
    if (sl_engine_txn_begin(engine) < 0)
        return;
    if (sl_journal_put_part(engine->journal, task->id, &record, &err) < 0)
        sl_engine_break(engine, &err);
}

void sl_engine_hashed(struct sl_engine *engine, const struct sl_hashed *hashed)
{
    struct sl_task *task = engine->hashing;
    if (task == NULL)
        return;
    if (hashed->id != 0 && task->split != NULL) {
        take_part(engine, task, hashed);
    } else if (hashed->id == 0 && task->split == NULL) {
        task->has_piece = true;
        task->piece = hashed->piece;
    }
}

static int take_whole(struct sl_task *task, const struct sl_hash_end *end, struct sl_err *err)
{
    if (task->has_piece)
        return SL_OK;
    int rc = SL_OK;
    if (end->has_whole)
        task->piece = end->whole;
    else
        rc = sl_split_whole(task->split, task->shard_bytes, &task->piece, err);
    task->has_piece = rc >= 0;
    return rc;
}

/* The previous job stands for the file, which now has another mark. */
static void is_the_same(struct sl_engine *engine, struct sl_task *task, struct sl_task *before)
{
    sl_task_remark(engine, before, &task->file);
    sl_task_delete(engine, task);
    sl_task_take_over(engine, before);
}

static void is_hashed(struct sl_engine *engine, struct sl_task *task, const struct sl_hash_end *end)
{
    struct sl_err err = {0};
    task->may_be_there = false;
    if (task->split != NULL &&
        (take_whole(task, end, &err) < 0 || sl_parts_cut_apart(engine, task, &err) < 0)) {
        sl_task_failed(engine, task, &err);
        return;
    }
    struct sl_task *before = earlier(engine, task);
    if (before != NULL && sl_job_state_finished((enum sl_job_state)before->state)) {
        is_the_same(engine, task, before);
        return;
    }
    if (task->split != NULL || !has_twin(engine, task)) {
        (void)sl_task_step(engine, task, SL_IN_HASHED);
        return;
    }
    task->already_stored = true; /* and the provider is asked whether it still is */
    task->provider = engine->url;
    (void)sl_task_step(engine, task, SL_IN_UPLOADED);
}

/* A file that changed after it was queued is planned again. A file that changed while it was hashed
 * is still being written. */
static void has_changed(struct sl_engine *engine, struct sl_task *task,
                        const struct sl_hash_end *end)
{
    const bool before = !sl_file_mark_equal(&end->file, &task->file);
    if (before && task->file.ctime_ns == 0) { /* an old journal had none; now it is known */
        sl_task_replan(engine, task, &end->file);
        (void)sl_task_step(engine, task, SL_IN_ABORT);
        return;
    }
    if (before) {
        sl_task_replan(engine, task, &end->file);
        if (sl_plan_check(end->file.size_bytes, engine->options.split_bytes, NULL) >= 0 &&
            ++task->attempts < engine->options.max_attempts) {
            sl_task_blame(task, &end->err);
            sl_task_wait(engine, task, engine->options.retry_base_ms);
            return;
        }
    }
    sl_task_failed(engine, task, &end->err);
}

void sl_engine_hash_end(struct sl_engine *engine, const struct sl_hash_end *end)
{
    struct sl_task *task = engine->hashing;
    engine->hashing = NULL;
    engine->planner_busy = false;
    if (task == NULL)
        return;
    if (end->rc >= 0)
        is_hashed(engine, task, end);
    else if (end->rc == SL_ECANCELED)
        (void)sl_task_step(engine, task, SL_IN_ABORT);
    else if (end->rc == SL_ECHANGED)
        has_changed(engine, task, end);
    else
        sl_task_failed(engine, task, &end->err);
}
