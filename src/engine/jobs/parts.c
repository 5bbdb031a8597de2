/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * parts.c - the parts of a file that is split: where they come from, who asks whether they are
 * listed, and which one starts. part_upload.c is what their ends mean.
 *
 * A file is UPLOADING from its first part on until all are with the provider (ACCEPTED) or none can
 * go on for now. It stands in the queue while a part of it can start. Parts are listed by the
 * provider in any order, whatever the file's state is.
 */
#include <stdlib.h>
#include <string.h>

#include "core/engine_internal.h"

enum { ATTEMPTS_SEEN = 255 };

void sl_part_write(struct sl_engine *engine, const struct sl_task *task, const struct sl_part *part)
{
    struct sl_err err = {0};
    const struct sl_job_part record = sl_part_record(part);
    if (sl_engine_begin(engine) < 0)
        return;
    if (sl_journal_put_part(engine->journal, task->id, &record, &err) < 0)
        sl_engine_break(engine, &err);
}

void sl_part_say(struct sl_engine *engine, const struct sl_task *task, const struct sl_part *part)
{
    struct sl_err err = {0};
    const struct sl_job_part record = sl_part_record(part);
    if (sl_outbox_part(&engine->outbox, task, &record, &err) < 0)
        sl_engine_break(engine, &err);
}

void sl_engine_piece_parked(struct sl_engine *engine, struct sl_task *task,
                            const struct sl_part *part)
{
    if (part == NULL) {
        (void)sl_task_step(engine, task, engine->commit != NULL ? SL_IN_COMMIT : SL_IN_FOUND);
        return;
    }
    sl_part_say(engine, task, part);
    if (engine->commit != NULL)
        sl_engine_await(engine, task, part);
}

void sl_parts_tell(struct sl_engine *engine, struct sl_task *task)
{
    if (task->shard_bytes == 0 || !sl_task_parts(engine, task))
        return;
    for (uint32_t i = 0; i < task->split->count; i++)
        sl_part_say(engine, task, &task->split->parts[i]);
}

void sl_parts_count_loss(struct sl_task *task)
{
    task->attempts++;
    atomic_store(&task->split->total->attempt, task->attempts);
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

void sl_task_unsplit(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_err err = {0};
    if (task->split != NULL) {
        sl_task_let_go(engine, task);
        if (engine->commit != NULL)
            (void)sl_engine_uncommit(engine, task);
        sl_parts_drop(engine, task);
        sl_parts_leave(engine, task);
        sl_split_free(task->split);
        task->split = NULL;
    }
    if (task->shard_bytes == 0)
        return;
    task->shard_bytes = 0;
    if (sl_engine_begin(engine) < 0)
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

void sl_part_ask(struct sl_engine *engine, struct sl_task *task, struct sl_part *part)
{
    struct sl_err err = {0};
    struct sl_park_query *parked = calloc(1, sizeof *parked);
    if (parked == NULL) {
        sl_err_set(&err, SL_ENOMEM, "out of memory for a part of a file");
        sl_engine_break(engine, &err);
        return;
    }
    parked->job_id = task->id;
    parked->part = part->id;
    parked->piece = sl_part_piece(part);
    parked->url = task->provider[0] != '\0' ? task->provider : engine->url;
    parked->verify = part->verify;
    atomic_init(&parked->dropped, false);
    sl_part_brings(engine, task, part);
    if (sl_park_poller_add(engine->poller, parked, &err) < 0)
        sl_engine_break(engine, &err);
    else
        part->parked = parked;
}

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

static struct sl_worker *held_worker(struct sl_engine *engine, const struct sl_task *task)
{
    for (int i = 0; i < SL_SLOTS; i++) {
        if (engine->workers[i].task == task && engine->workers[i].held)
            return &engine->workers[i];
    }
    return NULL;
}

void sl_parts_place(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_split *split = task->split;
    int64_t due_ms;
    sl_heap_remove(&engine->part_timers, &split->timer);
    if (task->state != SL_JOB_UPLOADING)
        return;
    const bool next = sl_split_next(split, sl_engine_now(engine), &due_ms) != NULL;
    const bool ready = split->failed == NULL && (next || held_worker(engine, task) != NULL);
    if (ready && task->node.at == 0)
        sl_heap_push(&engine->queue, &task->node, task->rank);
    if (!ready)
        sl_heap_remove(&engine->queue, &task->node);
    if (!ready && split->failed == NULL && due_ms != INT64_MAX)
        sl_heap_push(&engine->part_timers, &split->timer, due_ms);
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
    sl_heap_remove(&engine->part_timers, &task->split->timer);
    if (task->state == SL_JOB_UPLOADING)
        sl_heap_remove(&engine->queue, &task->node);
}

void sl_parts_hurry(struct sl_engine *engine, struct sl_task *task)
{
    for (uint32_t i = 0; i < task->split->count; i++)
        task->split->parts[i].due_ms = 0;
    sl_parts_place(engine, task);
}

void sl_parts_timers(struct sl_engine *engine)
{
    struct sl_heap_node *top = NULL;
    while ((top = sl_heap_top(&engine->part_timers)) != NULL && top->key <= sl_engine_now(engine)) {
        struct sl_split *split = (struct sl_split *)top;
        sl_parts_place(engine, split->task);
    }
}

/* ---- starting ---- */

static bool is_running(struct sl_engine *engine, struct sl_task *task)
{
    if (task->attempts == 0) {
        task->attempts = 1;
        atomic_store(&task->split->total->attempt, 1);
    }
    task->provider = engine->url;
    return task->state == SL_JOB_UPLOADING || sl_task_step(engine, task, SL_IN_START);
}

static int start_part(struct sl_engine *engine, struct sl_task *task, struct sl_part *part)
{
    struct sl_worker *worker = sl_engine_idle_worker(engine);
    if (worker == NULL || !is_running(engine, task))
        return -1;
    if (!sl_part_step(engine, task, part, SL_IN_START))
        return -1;
    if (part->attempts < ATTEMPTS_SEEN)
        part->attempts++;
    sl_worker_assign_part(worker, task, part);
    sl_parts_place(engine, task);
    return 1;
}

/* A held upload resumes, unless another owner of its piece has begun to send it meanwhile. */
static bool go_on(struct sl_engine *engine, const struct sl_task *task, struct sl_worker *held)
{
    const struct sl_part *part = sl_split_find(task->split, held->upload.part);
    if (part != NULL && sl_needs_is_brought(&engine->needs, &held->upload.piece)) {
        sl_engine_let_go(engine, held);
        return false;
    }
    sl_worker_unhold(held);
    if (part != NULL)
        sl_part_brings(engine, task, part);
    return true;
}

int sl_parts_start(struct sl_engine *engine, struct sl_task *task)
{
    int64_t due_ms;
    struct sl_worker *held = NULL;
    while ((held = held_worker(engine, task)) != NULL) {
        if (!is_running(engine, task))
            return -1;
        if (!go_on(engine, task, held))
            continue;
        sl_parts_place(engine, task);
        return 1;
    }
    struct sl_part *part = sl_split_next(task->split, sl_engine_now(engine), &due_ms);
    while (part != NULL && sl_part_waits(engine, task, part))
        part = sl_split_next(task->split, sl_engine_now(engine), &due_ms);
    if (part != NULL)
        return start_part(engine, task, part);
    /* all was sent, or all that is left waits: it leaves the queue */
    if (task->split->in_state[SL_JOB_WAITING] > 0)
        task->provider = engine->url;
    if (task->state != SL_JOB_UPLOADING && !sl_task_step(engine, task, SL_IN_START))
        return -1;
    sl_parts_settle(engine, task);
    return 0;
}
