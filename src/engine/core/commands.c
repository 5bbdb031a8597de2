#include "core/commands.h"

/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "core/add_results.h"
#include "core/transaction.h"
#include "jobs/commit_events.h"
#include "jobs/copies.h"
#include "jobs/job.h"
#include "jobs/part.h"
#include "jobs/part_settle.h"
#include "jobs/parts.h"
#include "jobs/persistence.h"
#include "policy/limits.h"
#include "policy/slots.h"
#include "work/pre_hash.h"

enum {
    MOVES_MAX = 1000, /* places a single command moves: each looks through the queue */
    SWEEP_TASKS = 1024,
};

static int held_count(const struct sl_engine *engine)
{
    int count = 0;
    for (int i = 0; i < SL_SLOTS; i++)
        count += engine->workers[i].held;
    return count;
}

/* Other files must not wait for a piece whose upload was paused. */
static void free_others(struct sl_engine *engine, const struct sl_worker *worker)
{
    const struct sl_part *part = sl_split_find(worker->task->split, worker->upload.part);
    if (part != NULL)
        sl_part_brings_no_more(engine, worker->task, part);
}

/* Its connection is kept for a while, if there is a slot for that. */
static void hold_worker(struct sl_engine *engine, struct sl_worker *worker)
{
    if (held_count(engine) < SL_HOLDS_MAX) {
        const int64_t until_ms = sl_engine_now(engine) + engine->options.pause_hold_ms;
        sl_worker_hold(worker);
        sl_timers_set(&engine->timers, &worker->hold, SL_TIMER_HOLD, until_ms);
        if (worker->upload.total != NULL)
            free_others(engine, worker);
    } else {
        if (worker->upload.total == NULL) /* parts count for themselves */
            sl_task_uncount(worker->task);
        sl_engine_let_go(engine, worker);
    }
}

static void hold(struct sl_engine *engine, struct sl_task *task)
{
    for (int i = 0; i < SL_SLOTS; i++) {
        if (engine->workers[i].task == task)
            hold_worker(engine, &engine->workers[i]);
    }
}

/* The bytes stop first: the journal may take a moment. A held worker of a job that was resumed and
 * is queued again stays held. */
static void pause_task(struct sl_engine *engine, struct sl_task *task)
{
    if (task->state == SL_JOB_UPLOADING)
        hold(engine, task);
    if (task == engine->hashing)
        sl_engine_stop_hash(engine);
    (void)sl_task_step(engine, task, SL_IN_PAUSE);
}

static void resume_task(struct sl_engine *engine, struct sl_task *task)
{
    const bool unfinished = !sl_job_state_finished((enum sl_job_state)task->state);
    if (unfinished && !sl_task_take_wish(engine, task))
        return;
    sl_task_wake(engine, task);
    (void)sl_task_step(engine, task, SL_IN_RESUME);
}

static void stop_task(struct sl_engine *engine, struct sl_task *task)
{
    sl_task_let_go(engine, task);
    if (task == engine->hashing)
        sl_engine_stop_hash(engine);
}

static void cancel_task(struct sl_engine *engine, struct sl_task *task)
{
    if (sl_job_state_finished((enum sl_job_state)task->state))
        return;
    if (engine->commit != NULL && !sl_engine_uncommit(engine, task))
        return;
    stop_task(engine, task);
    if (task->shard_bytes > 0)
        sl_parts_blame_cancelled(task);
    (void)sl_task_step(engine, task, SL_IN_CANCEL);
}

/* A person asks for it: whether the provider is back is worth a look at once. */
static void retry_task(struct sl_engine *engine, struct sl_task *task)
{
    if (!sl_task_take_wish(engine, task))
        return;
    if (task->state == SL_JOB_CONFIRMED && task->copies_landed < task->copies_wanted)
        (void)sl_engine_recommit(engine, task);
    else
        sl_task_again(engine, task);
    if (engine->commit != NULL)
        sl_commit_wake(engine->commit);
    if (engine->down)
        sl_park_poller_probe(engine->poller, sl_now_ms(&engine->options.clock));
}

static void remove_task(struct sl_engine *engine, struct sl_task *task)
{
    stop_task(engine, task);
    sl_task_delete(engine, task);
}

/* The queued task next to this one in the queue, in front of it (-1) or behind it (+1). */
static struct sl_task *neighbour(const struct sl_engine *engine, const struct sl_task *task,
                                 int side)
{
    struct sl_task *best = NULL;
    const size_t both = engine->queue.count + engine->to_hash.count;
    for (size_t i = 0; i < both; i++) {
        struct sl_heap_node *node = i < engine->queue.count
                                        ? engine->queue.nodes[i]
                                        : engine->to_hash.nodes[i - engine->queue.count];
        struct sl_task *other = (struct sl_task *)node;
        if (other->state != SL_JOB_QUEUED)
            continue; /* it runs, and has parts to start */
        if (sl_rank_priority(other->rank) != sl_rank_priority(task->rank))
            continue; /* that is another order */
        if ((side < 0 && other->rank >= task->rank) || (side > 0 && other->rank <= task->rank))
            continue;
        if (best == NULL || (side < 0 ? other->rank > best->rank : other->rank < best->rank))
            best = other;
    }
    return best;
}

static void set_rank(struct sl_engine *engine, struct sl_task *task, int64_t rank)
{
    task->rank = rank;
    struct sl_heap *heap = sl_task_queue(engine, task);
    sl_heap_remove(heap, &task->place.node);
    sl_heap_push(heap, &task->place.node, rank);
    sl_task_save(engine, task);
}

static void move_task(struct sl_engine *engine, struct sl_task *task, int steps)
{
    if (task->state != SL_JOB_QUEUED || task->dormant || steps == 0)
        return;
    const int side = steps < 0 ? -1 : 1;
    for (int left = steps * side < MOVES_MAX ? steps * side : MOVES_MAX; left > 0; left--) {
        struct sl_task *other = neighbour(engine, task, side);
        if (other == NULL)
            return;
        const int64_t rank = other->rank;
        set_rank(engine, other, task->rank);
        set_rank(engine, task, rank);
    }
}

static void set_priority(struct sl_engine *engine, struct sl_task *task, int steps)
{
    const int64_t rank =
        sl_rank_of(sl_rank_priority(task->rank) + steps, sl_rank_place(task->rank));
    if (rank == task->rank || sl_job_state_finished((enum sl_job_state)task->state))
        return;
    if (task->state == SL_JOB_QUEUED && !task->dormant) {
        set_rank(engine, task, rank);
    } else {
        task->rank = rank;
        sl_task_save(engine, task);
    }
}

/* ---- all at once ---- */

static void pause_each(void *ctx, struct sl_task *task)
{
    if (!task->dormant)
        pause_task(ctx, task);
}

static void resume_each(void *ctx, struct sl_task *task)
{
    resume_task(ctx, task);
}

static void pause_all(struct sl_engine *engine)
{
    for (int i = 0; i < SL_SLOTS; i++) { /* theirs is the hurry */
        struct sl_task *task = engine->workers[i].task;
        if (task != NULL)
            pause_task(engine, task);
    }
}

/* A long list is paused or resumed in parts, so that other commands are heard in between. Nothing
 * starts before a pause has gone through. */
static void start_sweep(struct sl_engine *engine, bool pause)
{
    engine->paused_all = pause;
    engine->sweeping = true;
    engine->sweep_bucket = 0;
    if (pause)
        pause_all(engine);
}

void sl_engine_sweep(struct sl_engine *engine)
{
    if (!engine->sweeping)
        return;
    const sl_task_fn fn = engine->paused_all ? pause_each : resume_each;
    engine->sweeping =
        !sl_tasks_some(&engine->tasks, &engine->sweep_bucket, SWEEP_TASKS, fn, engine);
}

static void set_parallel(struct sl_engine *engine, int number)
{
    engine->parallel = number < 1 ? 1 : number > SL_PARALLEL_MAX ? SL_PARALLEL_MAX : number;
}

static void job_command(struct sl_engine *engine, const struct sl_msg_command *command)
{
    struct sl_task *task = sl_tasks_by_id(&engine->tasks, command->job_id);
    if (task == NULL)
        return; /* it is gone, and the face will learn so */
    switch ((int)command->type) {
    case SL_CMD_PAUSE:
        pause_task(engine, task);
        break;
    case SL_CMD_RESUME:
        resume_task(engine, task);
        break;
    case SL_CMD_CANCEL:
        cancel_task(engine, task);
        break;
    case SL_CMD_RETRY:
        retry_task(engine, task);
        break;
    case SL_CMD_REMOVE:
        remove_task(engine, task);
        break;
    case SL_CMD_PARTS:
        sl_parts_emit(engine, task);
        break;
    case SL_CMD_TX:
        sl_task_emit_tx(engine, task);
        break;
    case SL_CMD_MOVE:
        move_task(engine, task, command->number);
        break;
    case SL_CMD_PRIORITY:
        set_priority(engine, task, command->number);
        break;
    default:
        break;
    }
}

void sl_engine_command(struct sl_engine *engine, const struct sl_msg_command *command)
{
    if (command->type == SL_CMD_STOP_NOW && engine->phase < SL_STOPPING)
        engine->phase = SL_STOPPING;
    if (sl_engine_limits_command(engine, command) || engine->phase > SL_DRAINING)
        return;
    switch ((int)command->type) {
    case SL_CMD_ADD:
        sl_engine_request(engine, command);
        break;
    case SL_CMD_PAUSE_ALL:
        start_sweep(engine, true);
        break;
    case SL_CMD_RESUME_ALL:
        start_sweep(engine, false);
        break;
    case SL_CMD_PARALLEL:
        set_parallel(engine, command->number);
        break;
    case SL_CMD_STOP_DRAIN:
        engine->phase = SL_DRAINING;
        break;
    default:
        job_command(engine, command);
        break;
    }
}
