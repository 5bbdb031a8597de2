/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * parts.c - the parts of a file that is split: where they come from, who asks whether they are
 * listed, and when the file stands in the queue.
 *
 * A file is UPLOADING from its first part on until all are with the provider (ACCEPTED) or none can
 * go on for now. It stands in the queue while a part of it can start. Parts are listed by the
 * provider in any order, whatever the file's state is.
 */
#include "jobs/parts.h"

#include <stdlib.h>
#include <string.h>

#include "core/transaction.h"
#include "jobs/commit_waiters.h"
#include "jobs/part.h"
#include "jobs/persistence.h"
#include "policy/slots.h"
#include "work/plan.h"

void sl_parts_emit(struct sl_engine *engine, struct sl_task *task)
{
    if (task->shard_bytes == 0 || !sl_task_parts(engine, task))
        return;
    for (uint32_t i = 0; i < task->split->count; i++)
        sl_part_emit(engine, task, &task->split->parts[i]);
}

/* ---- taken back from the commits ---- */

/* The first owner in another file whose piece the commits have. */
static struct sl_task *other_owner(struct sl_engine *engine, const struct sl_piece_id *piece,
                                   int64_t but_job_id, const struct sl_part **part)
{
    struct sl_owner owner = {0};
    struct sl_need need;
    while (sl_owners_next(&engine->owners, piece, &owner)) {
        struct sl_task *task = sl_tasks_by_id(&engine->tasks, owner.job_id);
        if (task == NULL || task->id == but_job_id ||
            !sl_owners_find(&engine->owners, piece, owner, &need) || need.kind != SL_NEED_COMMITS)
            continue;
        *part = task->split != NULL ? sl_split_find(task->split, owner.part) : NULL;
        if ((*part != NULL) == (owner.part != 0))
            return task;
    }
    return NULL;
}

/* Take a piece back from the commits, unless another file needs it: then it is committed for that
 * file, under that file's name. */
static bool take_back(struct sl_engine *engine, int64_t job_id, const struct sl_piece_id *piece)
{
    const struct sl_part *part = NULL;
    struct sl_task *other = other_owner(engine, piece, job_id, &part);
    const bool taken = sl_commit_forget(engine->commit, piece);
    if (taken && other != NULL)
        sl_task_await_commit(engine, other, part);
    return taken || other != NULL;
}

/* Step each part of the file that needs the piece with SL_IN_VERIFY: the commits will report
 * nothing more about these parts. */
static void is_taken_back(struct sl_engine *engine, struct sl_task *task,
                          const struct sl_piece_id *piece)
{
    struct sl_owner owner = {task->id, 0};
    while (sl_owners_next(&engine->owners, piece, &owner) && owner.job_id == task->id) {
        struct sl_part *part = sl_split_find(task->split, owner.part);
        if (part != NULL && part->state == SL_JOB_STORED)
            (void)sl_part_step(engine, task, part, SL_IN_VERIFY);
    }
}

bool sl_engine_uncommit(struct sl_engine *engine, struct sl_task *task)
{
    const bool committing = task->state == SL_JOB_PARKED || task->state == SL_JOB_COMMITTING;
    bool any = false;
    if (task->split == NULL)
        return !committing || take_back(engine, task->id, &task->piece);
    for (uint32_t i = 0; i < task->split->count; i++) {
        const struct sl_part *part = &task->split->parts[i];
        const struct sl_piece_id piece = sl_part_piece(part);
        /* a part whose transaction is already on its way stays; its end comes with the reason */
        if (part->state != SL_JOB_STORED || !take_back(engine, task->id, &piece))
            continue;
        is_taken_back(engine, task, &piece);
        any = true;
    }
    return any || !committing;
}

/* ---- coming and going ---- */

static int add_part(void *ctx, const struct sl_job_part *part)
{
    return sl_split_add(ctx, part);
}

static bool covers(const struct sl_split *split, uint64_t file_bytes)
{
    const struct sl_part *last = split->count > 0 ? &split->parts[split->count - 1] : NULL;
    return last != NULL && last->offset_bytes + last->size_bytes == file_bytes;
}

void sl_task_bound_parts(const struct sl_engine *engine, struct sl_task *task)
{
    task->split->at_once = engine->options.split_bytes == SL_SPLIT_AUTO
                               ? sl_plan_at_once(task->file.size_bytes, task->shard_bytes)
                               : UINT32_MAX;
}

bool sl_task_parts(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_err err = {0};
    if (task->split != NULL)
        return true;
    struct sl_split *split = sl_split_new(task);
    int rc = split != NULL ? SL_OK : sl_err_set(&err, SL_ENOMEM, "out of memory for parts");
    if (rc >= 0)
        rc = sl_journal_each_part(engine->journal, task->id, add_part, split, &err);
    if (split != NULL && rc >= 0 && covers(split, task->file.size_bytes)) {
        task->split = split;
        sl_task_bound_parts(engine, task);
        return true;
    }
    sl_split_free(split);
    if (rc < 0 && rc != SL_EFORMAT)
        sl_engine_break(engine, &err);
    return false;
}

bool sl_engine_on_chain(struct sl_engine *engine, struct sl_task *task)
{
    if (task->shard_bytes == 0)
        return sl_commit_has(engine->commit, &task->piece);
    if (!sl_task_parts(engine, task))
        return false;
    for (uint32_t i = 0; i < task->split->count; i++) {
        const struct sl_piece_id piece = sl_part_piece(&task->split->parts[i]);
        if (!sl_commit_has(engine->commit, &piece))
            return false;
    }
    return true;
}

void sl_task_unsplit(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_err err = {0};
    if (task->split != NULL) {
        sl_task_let_go(engine, task);
        if (engine->commit != NULL)
            (void)sl_engine_uncommit(engine, task);
        sl_parts_drop(engine, task);
        sl_parts_leave(engine, task);
        sl_tasks_retire_split(&engine->tasks, task);
    }
    if (task->shard_bytes == 0)
        return;
    task->shard_bytes = 0;
    if (sl_engine_txn_begin(engine) < 0)
        return;
    if (sl_journal_drop_parts(engine->journal, task->id, 0, &err) < 0)
        sl_engine_break(engine, &err);
}

void sl_parts_again(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_split *split = task->split;
    free(split->failed);
    split->failed = NULL;
    atomic_store(&split->total->attempt, task->attempts);
    for (uint32_t i = 0; i < split->count; i++) {
        split->parts[i].due_ms = 0;
        split->parts[i].attempts = 0;
        split->parts[i].best_bytes = 0;
        (void)sl_part_step(engine, task, &split->parts[i], SL_IN_RETRY);
    }
}

/* ---- asking whether they are listed ---- */

static bool is_elsewhere(const struct sl_engine *engine, const struct sl_task *task)
{
    return task->state != SL_JOB_ACCEPTED && task->provider[0] != '\0' &&
           strcmp(task->provider, engine->url) != 0;
}

/* Parts that an earlier run stored may be gone: a provider keeps pieces without a data set for
 * about an hour. */
static void look_again(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_split *split = task->split;
    const bool verify = !split->awake || (task->already_stored && task->state == SL_JOB_ACCEPTED);
    const bool elsewhere = !split->awake && is_elsewhere(engine, task);
    for (uint32_t i = 0; i < split->count; i++) {
        struct sl_part *part = &split->parts[i];
        if (part->state == SL_JOB_CONFIRMED && !split->awake && engine->commit != NULL) {
            /* the journal knows which copies there are, and which are missing */
            (void)sl_part_step(engine, task, part, SL_IN_VERIFY);
            continue;
        }
        if (part->state == SL_JOB_STORED && verify)
            (void)sl_part_step(engine, task, part, SL_IN_VERIFY);
        if (part->state == SL_JOB_ACCEPTED && elsewhere)
            (void)sl_part_step(engine, task, part, SL_IN_MISSING);
        if (part->state == SL_JOB_ACCEPTED && part->parked == NULL)
            sl_part_ask(engine, task, part);
    }
    split->awake = true;
}

/* ---- its place in the queue ---- */

void sl_parts_place(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_split *split = task->split;
    int64_t due_ms;
    sl_timers_cancel(&engine->timers, &split->timer);
    if (task->state != SL_JOB_UPLOADING)
        return;
    const bool next = sl_split_next(split, sl_engine_now(engine), &due_ms) != NULL;
    const bool ready = split->failed == NULL && (next || sl_task_held_worker(engine, task) != NULL);
    if (ready && task->place.node.at == 0)
        sl_heap_push(&engine->queue, &task->place.node, task->rank);
    if (!ready)
        sl_heap_remove(&engine->queue, &task->place.node);
    if (!ready && split->failed == NULL)
        sl_timers_set(&engine->timers, &split->timer, SL_TIMER_PARTS, due_ms);
}

void sl_parts_enter(struct sl_engine *engine, struct sl_task *task)
{
    if (task->split == NULL || task->state == SL_JOB_STORED)
        return;
    if (task->state != SL_JOB_UPLOADING)
        sl_parts_wait_no_more(engine, task);
    if (sl_job_state_finished((enum sl_job_state)task->state))
        sl_parts_forget(engine, task);
    else
        look_again(engine, task);
    sl_parts_place(engine, task);
}

void sl_parts_leave(struct sl_engine *engine, struct sl_task *task)
{
    sl_timers_cancel(&engine->timers, &task->split->timer);
    if (task->state == SL_JOB_UPLOADING)
        sl_heap_remove(&engine->queue, &task->place.node);
}

void sl_parts_hurry(struct sl_engine *engine, struct sl_task *task)
{
    for (uint32_t i = 0; i < task->split->count; i++)
        task->split->parts[i].due_ms = 0;
    sl_parts_place(engine, task);
}
