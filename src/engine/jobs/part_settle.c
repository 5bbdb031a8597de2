/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* part_settle.c - a file follows what its parts have become. */
#include "jobs/part_settle.h"

#include <inttypes.h>

#include "core/transaction.h"
#include "jobs/copies.h"
#include "jobs/job.h"
#include "jobs/part.h"
#include "jobs/parts.h"
#include "jobs/persistence.h"
#include "policy/gate.h"
#include "policy/retry.h"

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

static void all_is_sent(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_split *split = task->split;
    if (task->state != SL_JOB_ACCEPTED)
        (void)sl_task_step(engine, task, SL_IN_UPLOADED);
    if (split->in_state[SL_JOB_STORED] + split->in_state[SL_JOB_CONFIRMED] != split->count)
        return;
    task->already_stored = !split->sent_here;
    sl_task_is_listed(engine, task);
    sl_parts_confirmed(engine, task);
}

static void wait_for_parts(struct sl_engine *engine, struct sl_task *task, int64_t due_ms)
{
    const int64_t left_ms = due_ms - sl_engine_now(engine);
    if (engine->down) {
        task->down = true;
        sl_task_wait(engine, task, sl_engine_gate_wait(engine));
    } else if (due_ms != INT64_MAX) {
        sl_task_wait(engine, task, left_ms > 0 ? left_ms : 1);
    } else {
        (void)sl_task_step(engine, task, SL_IN_ABORT); /* parts that are to be hashed */
    }
}

/* Nothing of it runs, and something is left to do. */
static void is_still(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_split *split = task->split;
    int64_t due_ms;
    const bool ready = sl_split_next(split, sl_engine_now(engine), &due_ms) != NULL;
    if (split->failed != NULL) {
        sl_task_blame(task, split->failed);
        (void)sl_task_step(engine, task, SL_IN_FAIL);
    } else if (engine->phase != SL_RUNNING) {
        (void)sl_task_step(engine, task, SL_IN_ABORT);
    } else if (!ready || engine->down) {
        wait_for_parts(engine, task, due_ms);
    }
}

/* A file that was sent completely lacks a part: the provider lost it or never listed it, or the
 * commits gave it up. */
static void is_missing(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_split *split = task->split;
    if (split->failed != NULL) {
        sl_task_blame(task, split->failed);
        (void)sl_task_step(engine, task, SL_IN_FAIL);
        return;
    }
    (void)sl_task_step(engine, task, SL_IN_MISSING);
    if (engine->paused_all)
        (void)sl_task_step(engine, task, SL_IN_PAUSE);
}

/* A part of the file moves, or another owner moves a piece that a part waits for. */
static bool waits_for_parts(const struct sl_engine *engine, const struct sl_split *split)
{
    return split->in_state[SL_JOB_UPLOADING] > 0 ||
           (split->in_state[SL_JOB_WAITING] > 0 && split->failed == NULL &&
            engine->phase == SL_RUNNING);
}

void sl_parts_settle(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_split *split = task->split;
    if (engine->broken.code != SL_OK)
        return;
    sl_task_save(engine, task);
    sl_parts_place(engine, task);
    if (sl_split_is_sent(split))
        all_is_sent(engine, task);
    else if (task->state == SL_JOB_ACCEPTED || task->state == SL_JOB_PARKED ||
             task->state == SL_JOB_COMMITTING)
        is_missing(engine, task);
    else if (task->state == SL_JOB_UPLOADING && !waits_for_parts(engine, split))
        is_still(engine, task);
}

void sl_parts_blame_cancelled(struct sl_task *task)
{
    const struct sl_split *split = task->split;
    struct sl_err why = {0};
    const uint32_t there = split == NULL
                               ? 0
                               : split->in_state[SL_JOB_ACCEPTED] + split->in_state[SL_JOB_STORED] +
                                     split->in_state[SL_JOB_CONFIRMED];
    if (there > 0 && split->in_state[SL_JOB_CONFIRMED] > 0)
        sl_err_set(&why, SL_ECANCELED,
                   "cancelled: %" PRIu32 " of its %" PRIu32
                   " parts are on chain and paid for; `sluice status %" PRId64
                   "` lists them and shows how to remove them",
                   split->in_state[SL_JOB_CONFIRMED], split->count, task->id);
    else if (there > 0)
        sl_err_set(&why, SL_ECANCELED,
                   "cancelled: %" PRIu32 " of its %" PRIu32 " parts are with the provider already",
                   there, split->count);
    sl_task_blame(task, there > 0 ? &why : NULL);
}

/* ---- one owner has sent, the others go on ---- */

static struct sl_task *split_task(struct sl_engine *engine, int64_t job_id)
{
    struct sl_task *task = sl_tasks_by_id(&engine->tasks, job_id);
    return task != NULL && task->split != NULL ? task : NULL;
}

static bool pass_to(struct sl_engine *engine, struct sl_task *task, int part_id, bool listed)
{
    struct sl_part *part = task != NULL ? sl_split_find(task->split, part_id) : NULL;
    return part != NULL && part->state == SL_JOB_WAITING &&
           sl_part_step(engine, task, part, listed ? SL_IN_FOUND : SL_IN_DUE);
}

/* Step all parts of a file before settling the file, so that it is settled only once. */
static void pass_on(struct sl_engine *engine, const struct sl_owner_news *news)
{
    struct sl_owner owner = {0};
    struct sl_task *moved = NULL; /* has stepped parts that are not settled yet */
    while (sl_owners_next(&engine->owners, &news->piece, &owner)) {
        if (moved != NULL && moved->id != owner.job_id) {
            sl_parts_settle(engine, moved);
            moved = NULL;
        }
        struct sl_task *task = split_task(engine, owner.job_id);
        if (pass_to(engine, task, owner.part, news->listed))
            moved = task;
    }
    if (moved != NULL)
        sl_parts_settle(engine, moved);
}

void sl_engine_pass_on(struct sl_engine *engine)
{
    struct sl_owner_news news;
    while (engine->broken.code == SL_OK && sl_owners_next_news(&engine->owners, &news)) {
        if (news.listed || !sl_owners_is_brought(&engine->owners, &news.piece))
            pass_on(engine, &news);
    }
}
