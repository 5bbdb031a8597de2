/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * part.c - the state changes of a part of a split file, and of its need for a piece.
 *
 * A piece is sent for one owner at a time; the others wait. If the provider then lists the piece,
 * the others advance too. If the upload ends without that, the next owner sends the piece.
 */
#include "jobs/part.h"

#include <stdlib.h>

#include "core/job_log.h"
#include "core/transaction.h"
#include "jobs/commit_waiters.h"
#include "jobs/persistence.h"

static struct sl_owner owner_of(const struct sl_task *task, const struct sl_part *part)
{
    return (struct sl_owner){task->id, part->id};
}

static void out_of_memory(struct sl_engine *engine)
{
    struct sl_err err = {0};
    sl_err_set(&err, SL_ENOMEM, "out of memory for a part of a file");
    sl_engine_break(engine, &err);
}

/* ---- needs ---- */

static void need(struct sl_engine *engine, const struct sl_task *task, const struct sl_part *part,
                 enum sl_need_kind kind)
{
    const struct sl_piece_id piece = sl_part_piece(part);
    if (sl_owners_put(&engine->owners, &piece, owner_of(task, part), kind) < 0)
        out_of_memory(engine);
}

static void need_no_more(struct sl_engine *engine, const struct sl_task *task,
                         const struct sl_part *part)
{
    const struct sl_piece_id piece = sl_part_piece(part);
    if (part->has_piece)
        sl_owners_remove(&engine->owners, &piece, owner_of(task, part));
}

void sl_part_brings(struct sl_engine *engine, const struct sl_task *task,
                    const struct sl_part *part)
{
    need(engine, task, part, SL_NEED_BRINGS);
}

void sl_part_brings_no_more(struct sl_engine *engine, const struct sl_task *task,
                            const struct sl_part *part)
{
    const struct sl_piece_id piece = sl_part_piece(part);
    need_no_more(engine, task, part);
    if (sl_owners_queue_news(&engine->owners, &piece, part->state == SL_JOB_STORED) < 0)
        out_of_memory(engine);
}

/* ---- steps ---- */

void sl_parts_count_loss(struct sl_task *task)
{
    task->attempts++;
    atomic_store(&task->split->total->attempt, task->attempts);
}

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

static void drop_question(struct sl_part *part)
{
    if (part->parked != NULL)
        atomic_store(&part->parked->dropped, true);
    part->parked = NULL;
}

/* A part that the commits gave up has still arrived: its bytes are with the provider. */
static bool has_arrived(const struct sl_part *part)
{
    return sl_part_is_delivered(part) || part->state == SL_JOB_FAILED;
}

/* A part that was uploading counts its own bytes as it sends them. */
static void count_bytes(struct sl_task *task, const struct sl_part *part,
                        const struct sl_part *before)
{
    struct sl_total *total = task->split->total;
    if (has_arrived(before) && !has_arrived(part)) {
        sl_total_take(total, part->size_bytes, part->size_bytes);
        sl_parts_count_loss(task);
    }
    if (!has_arrived(before) && has_arrived(part) && before->state != SL_JOB_UPLOADING)
        sl_total_add(total, part->size_bytes, part->size_bytes);
}

static bool is_live(const struct sl_task *task)
{
    return !sl_job_state_finished((enum sl_job_state)task->state);
}

static void leave(struct sl_engine *engine, struct sl_task *task, struct sl_part *part,
                  enum sl_job_state from)
{
    if (from == SL_JOB_ACCEPTED)
        drop_question(part);
    if (from == SL_JOB_WAITING || from == SL_JOB_STORED)
        need_no_more(engine, task, part);
    if (from == SL_JOB_ACCEPTED || (from == SL_JOB_UPLOADING && part->state == SL_JOB_QUEUED))
        sl_part_brings_no_more(engine, task, part);
}

static void is_listed(struct sl_engine *engine, struct sl_task *task, const struct sl_part *part)
{
    sl_part_emit(engine, task, part);
    if (engine->commit != NULL)
        sl_task_await_commit(engine, task, part);
}

static void enter(struct sl_engine *engine, struct sl_task *task, struct sl_part *part,
                  enum sl_job_state from)
{
    if (part->state == SL_JOB_WAITING)
        need(engine, task, part, SL_NEED_WAITS);
    if (part->state == SL_JOB_UPLOADING)
        sl_part_brings(engine, task, part);
    if (part->state == SL_JOB_ACCEPTED) {
        part->verify = from != SL_JOB_UPLOADING;
        if (is_live(task))
            sl_part_ask(engine, task, part);
    }
    if (part->state == SL_JOB_QUEUED && (from == SL_JOB_ACCEPTED || from == SL_JOB_STORED)) {
        part->verify = false;
        part->attempts = 0;
        part->due_ms = 0;
    }
    if (part->state == SL_JOB_STORED && from == SL_JOB_CONFIRMED)
        sl_task_await_commit(engine, task, part);
    else if (part->state == SL_JOB_STORED)
        is_listed(engine, task, part);
    if (part->state == SL_JOB_CONFIRMED)
        sl_part_emit(engine, task, part);
}

bool sl_part_step(struct sl_engine *engine, struct sl_task *task, struct sl_part *part,
                  enum sl_input input)
{
    const struct sl_part before = *part;
    const enum sl_job_state from = (enum sl_job_state)part->state;
    const enum sl_job_state next = sl_machine_next_part(from, input);
    if (next == SL_JOB_STATE_COUNT || engine->broken.code != SL_OK)
        return false;
    sl_part_set_state(task->split, part, next);
    sl_part_note(task, part, from, sl_input_word(input));
    count_bytes(task, part, &before);
    leave(engine, task, part, from);
    enter(engine, task, part, from);
    if (sl_part_record(part).state != sl_part_record(&before).state && next != SL_JOB_UPLOADING)
        sl_part_write(engine, task, part);
    return true;
}

void sl_parts_forget(struct sl_engine *engine, struct sl_task *task)
{
    for (uint32_t i = 0; i < task->split->count; i++) {
        struct sl_part *part = &task->split->parts[i];
        if (part->parked == NULL)
            continue;
        drop_question(part);
        sl_part_brings_no_more(engine, task, part);
    }
}

void sl_parts_drop(struct sl_engine *engine, struct sl_task *task)
{
    sl_parts_forget(engine, task);
    for (uint32_t i = 0; i < task->split->count; i++)
        need_no_more(engine, task, &task->split->parts[i]);
}

/* ---- one owner sends, the others wait ---- */

bool sl_part_waits(struct sl_engine *engine, struct sl_task *task, struct sl_part *part)
{
    const struct sl_piece_id piece = sl_part_piece(part);
    return sl_owners_is_brought(&engine->owners, &piece) &&
           sl_part_step(engine, task, part, SL_IN_LATER);
}

void sl_parts_wait_no_more(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_split *split = task->split;
    for (uint32_t i = 0; split->in_state[SL_JOB_WAITING] > 0 && i < split->count; i++)
        (void)sl_part_step(engine, task, &split->parts[i], SL_IN_DUE);
}

void sl_part_keep_error(struct sl_err **kept, const struct sl_err *err)
{
    if (*kept == NULL)
        *kept = malloc(sizeof **kept);
    if (*kept != NULL)
        **kept = *err;
}
