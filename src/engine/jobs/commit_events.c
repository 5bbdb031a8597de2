/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* commit_events.c - what the commits report of a piece, applied to each of its owners. */
#include "jobs/commit_events.h"

#include <stdlib.h>
#include <string.h>

#include "core/job_log.h"
#include "core/transaction.h"
#include "jobs/commit_waiters.h"
#include "jobs/copies.h"
#include "jobs/job.h"
#include "jobs/part.h"
#include "jobs/part_settle.h"
#include "jobs/parts.h"
#include "jobs/persistence.h"
#include "policy/cut_apart.h"
#include "policy/gate.h"

static int count_bits(uint32_t bits)
{
    int count = 0;
    for (; bits != 0; bits &= bits - 1)
        count++;
    return count;
}

static uint32_t all_copies(const struct sl_engine *engine, const struct sl_task *task)
{
    return (UINT32_C(1) << sl_task_copies(engine, task)) - 1;
}

static void out_of_memory(struct sl_engine *engine)
{
    struct sl_err err = {0};
    sl_err_set(&err, SL_ENOMEM, "out of memory for a commit");
    sl_engine_break(engine, &err);
}

/* ---- parts ---- */

static bool is_committing(const struct sl_task *task)
{
    return task->state == SL_JOB_PARKED || task->state == SL_JOB_COMMITTING;
}

void sl_parts_committed(struct sl_engine *engine, struct sl_task *task, int part_id, int landed,
                        const struct sl_err *why)
{
    struct sl_split *split = task->split;
    struct sl_part *part = split != NULL ? sl_split_find(split, part_id) : NULL;
    if (part == NULL || part->state != SL_JOB_STORED)
        return;
    if (landed == 0 && why->code == SL_EALIKE) {
        (void)sl_part_step(engine, task, part, SL_IN_MISSING);
        sl_part_is_alike(engine, task, part, why); /* pointers to parts are invalid from here */
        sl_parts_settle(engine, task);
        return;
    }
    if (landed == 0) {
        sl_part_keep_error(&split->failed, why);
        (void)sl_part_step(engine, task, part, SL_IN_FAIL);
        sl_parts_settle(engine, task);
        return;
    }
    part->copies = (uint8_t)landed;
    if (landed < task->copies_wanted)
        sl_part_keep_error(&split->missing, why);
    (void)sl_part_step(engine, task, part, SL_IN_CONFIRM);
    if (task->state == SL_JOB_CANCELLED)
        sl_parts_blame_cancelled(task);
    sl_task_save(engine, task);
    if (is_committing(task))
        sl_parts_confirmed(engine, task);
}

void sl_parts_lost(struct sl_engine *engine, struct sl_task *task, int part_id)
{
    struct sl_part *part = task->split != NULL ? sl_split_find(task->split, part_id) : NULL;
    if (part != NULL && sl_part_step(engine, task, part, SL_IN_MISSING))
        sl_parts_settle(engine, task);
}

bool sl_parts_recommit(struct sl_engine *engine, struct sl_task *task)
{
    if (task->copies_landed >= task->copies_wanted || !sl_engine_on_chain(engine, task))
        return false;
    if (!sl_task_step(engine, task, SL_IN_VERIFY))
        return false;
    for (uint32_t i = 0; i < task->split->count; i++) {
        if (task->split->parts[i].state == SL_JOB_CONFIRMED)
            (void)sl_part_step(engine, task, &task->split->parts[i], SL_IN_VERIFY);
    }
    return true;
}

bool sl_engine_recommit(struct sl_engine *engine, struct sl_task *task)
{
    if (engine->commit == NULL)
        return false;
    if (task->shard_bytes > 0)
        return sl_parts_recommit(engine, task);
    return sl_engine_on_chain(engine, task) && sl_task_step(engine, task, SL_IN_VERIFY);
}

/* ---- from the commits ---- */

static void note_landed(const struct sl_engine *engine, struct sl_task *task,
                        const struct sl_need *need, const struct sl_commit_event *event)
{
    const bool first = need->owner.part == 0 || need->owner.part == 1;
    if (need->owner.part == 0)
        task->copies_landed = (uint8_t)count_bits(need->landed & all_copies(engine, task));
    if (task->data_set_id == 0 || (event->copy == 0 && first)) {
        task->data_set_id = event->data_set_id;
        task->chain_piece_id = event->piece_id;
    }
}

/* Every copy has ended. One is enough to be safe; why others are missing stays with the job. */
static void finish(struct sl_engine *engine, struct sl_task *task, const struct sl_err *err)
{
    struct sl_err why = *err;
    if (task->copies_landed == 0 && err->code == SL_EALIKE) {
        sl_task_unawait_commit(engine, task); /* the whole file is no longer one piece */
        if (sl_task_cut_apart(engine, task, &why) == SL_OK) {
            (void)sl_task_step(engine, task, SL_IN_MISSING);
            return;
        }
    }
    if (task->copies_landed == 0) {
        sl_task_blame(task, &why);
        (void)sl_task_step(engine, task, SL_IN_FAIL);
        return;
    }
    if (!sl_task_step(engine, task, SL_IN_CONFIRM) || task->copies_landed == task->copies_wanted)
        return;
    sl_task_blame_copies(engine, task, &why);
}

static void end_copy(struct sl_engine *engine, struct sl_task *task, struct sl_owner owner,
                     const struct sl_commit_event *event)
{
    const struct sl_copy_end end = {.copy = event->copy,
                                    .landed = event->type == SL_COMMIT_LANDED,
                                    .serial = event->serial,
                                    .why = &event->err};
    const uint32_t all = all_copies(engine, task);
    struct sl_need need;
    struct sl_err why;
    /* a copy that landed elsewhere may count as copy 0 for one copy, and as copy 1 for two */
    if (end.landed && event->copies != 0 && event->copies < sl_task_copies(engine, task))
        return;
    if (!sl_owners_end_copy(&engine->owners, &event->piece, owner, &end, &need, &why))
        return;
    if (end.landed)
        note_landed(engine, task, &need, event);
    if ((need.ended & all) != all)
        sl_task_save(engine, task);
    else if (owner.part == 0)
        finish(engine, task, &why);
    else
        sl_parts_committed(engine, task, owner.part, count_bits(need.landed & all), &why);
}

static struct sl_underway *underway(struct sl_engine *engine, struct sl_task *task)
{
    if (task->underway == NULL)
        task->underway = calloc(1, sizeof *task->underway);
    if (task->underway == NULL)
        out_of_memory(engine);
    return task->underway;
}

static void is_gathered(struct sl_engine *engine, struct sl_task *task, unsigned batch)
{
    struct sl_underway *now = underway(engine, task);
    if (now != NULL)
        now->batch = (uint16_t)batch;
    if (!sl_task_step(engine, task, SL_IN_GATHERED)) /* of a file in parts: others are not there */
        sl_outbox_task(&engine->outbox, task);
}

static void is_sent(struct sl_engine *engine, struct sl_task *task,
                    const struct sl_commit_event *event)
{
    struct sl_underway *now = underway(engine, task);
    if (now != NULL && (event->copy == 0 || now->tx[0] == '\0'))
        memcpy(now->tx, event->tx, sizeof now->tx);
    sl_outbox_task(&engine->outbox, task);
}

static void is_lost(struct sl_engine *engine, struct sl_task *task, struct sl_owner owner)
{
    if (owner.part != 0) {
        sl_parts_lost(engine, task, owner.part);
        return;
    }
    task->attempts = 0;
    (void)sl_task_step(engine, task, SL_IN_MISSING);
}

static void tell(struct sl_engine *engine, struct sl_owner owner,
                 const struct sl_commit_event *event)
{
    struct sl_task *task = sl_tasks_by_id(&engine->tasks, owner.job_id);
    struct sl_need need;
    if (task == NULL || !sl_owners_find(&engine->owners, &event->piece, owner, &need) ||
        need.kind != SL_NEED_COMMITS)
        return;
    sl_task_note_copy(task, event);
    switch (event->type) {
    case SL_COMMIT_GATHERED:
        is_gathered(engine, task, event->batch);
        break;
    case SL_COMMIT_SENT:
        is_sent(engine, task, event);
        break;
    case SL_COMMIT_AWAY:
        sl_engine_close_gate(engine, &event->err);
        break;
    case SL_COMMIT_NOTE:
        break;
    case SL_COMMIT_LOST:
        if (event->serial >= need.serial)
            is_lost(engine, task, owner);
        break;
    case SL_COMMIT_LANDED:
    case SL_COMMIT_FAILED:
        end_copy(engine, task, owner, event);
        break;
    }
}

static void emit_trouble(struct sl_engine *engine, const struct sl_err *err)
{
    struct sl_event event = {.type = SL_EVENT_NOTE, .err = *err};
    sl_engine_emit(engine, &event, NULL);
}

/* A step for one owner may change the needs of the others, so each owner is looked up when its turn
 * comes. */
void sl_engine_committed(struct sl_engine *engine, const struct sl_msg_commit *msg)
{
    const struct sl_commit_event *event = &msg->event;
    struct sl_owner owner = {0};
    if (event->type == SL_COMMIT_NOTE) {
        emit_trouble(engine, &event->err);
        return;
    }
    while (sl_owners_next(&engine->owners, &event->piece, &owner))
        tell(engine, owner, event);
}
