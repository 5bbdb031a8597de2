/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The parts of a file on their way to the chain: each is committed as soon as it is parked. */
#include "core/engine_internal.h"

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

/* The file is as safe as the part with the fewest copies. */
void sl_parts_confirmed(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_split *split = task->split;
    if (split->in_state[SL_JOB_CONFIRMED] != split->count)
        return;
    struct sl_err why = split->missing != NULL ? *split->missing : (struct sl_err){0};
    task->copies_landed = task->copies_wanted;
    for (uint32_t i = 0; i < split->count; i++) {
        if (split->parts[i].copies < task->copies_landed)
            task->copies_landed = split->parts[i].copies;
    }
    if (!sl_task_step(engine, task, SL_IN_CONFIRM) || task->copies_landed == task->copies_wanted)
        return;
    sl_task_blame_copies(engine, task, &why);
}
