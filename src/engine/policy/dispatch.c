/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* dispatch.c - what starts, and when the engine has to look again. */
#include "policy/dispatch.h"

#include "core/transaction.h"
#include "jobs/job.h"
#include "jobs/part.h"
#include "jobs/part_settle.h"
#include "jobs/parts.h"
#include "jobs/persistence.h"
#include "policy/failover.h"
#include "policy/gate.h"
#include "policy/limits.h"
#include "policy/slots.h"
#include "work/pre_hash.h"

/* ---- time ---- */

/* Nothing starts while the provider is silent: the task waits for the next probe. */
static void postpone(struct sl_engine *engine, struct sl_task *task)
{
    const int64_t wait_ms = sl_engine_gate_wait(engine);
    task->next_try_ms = sl_wall_ms(&engine->options.clock) + wait_ms;
    task->down = true;
    sl_timers_set(&engine->timers, &task->place, SL_TIMER_RETRY, sl_engine_now(engine) + wait_ms);
    sl_task_save(engine, task);
}

static void retry_is_due(struct sl_engine *engine, struct sl_task *task)
{
    if (engine->down)
        postpone(engine, task);
    else
        (void)sl_task_step(engine, task, engine->paused_all ? SL_IN_PAUSE : SL_IN_DUE);
}

static void hold_is_over(struct sl_engine *engine, struct sl_worker *worker)
{
    if (!worker->held)
        return;
    if (worker->upload.total == NULL) /* parts count for themselves */
        sl_task_uncount(worker->task);
    sl_engine_let_go(engine, worker);
}

static void is_due(struct sl_engine *engine, struct sl_timer *timer)
{
    switch (timer->kind) {
    case SL_TIMER_RETRY:
        retry_is_due(engine, (struct sl_task *)timer);
        break;
    case SL_TIMER_PARTS:
        sl_parts_place(engine, ((struct sl_split *)timer)->task);
        break;
    case SL_TIMER_HOLD:
        hold_is_over(engine, (struct sl_worker *)timer);
        break;
    case SL_TIMER_WAKE:
        break;
    }
}

/* An engine that stops starts nothing more, so what waits no longer has a time. */
void sl_engine_timers(struct sl_engine *engine)
{
    const int64_t now_ms = sl_engine_now(engine);
    struct sl_timer *timer = NULL;
    while ((timer = sl_timers_next_due(&engine->timers, now_ms)) != NULL) {
        if (engine->phase == SL_RUNNING && engine->broken.code == SL_OK)
            is_due(engine, timer);
    }
}

static bool waits_for_room(const struct sl_engine *engine)
{
    return engine->phase == SL_RUNNING && !engine->down && engine->seek == NULL &&
           engine->queue.count > 0 && sl_engine_running(engine) == 0 &&
           sl_engine_provider_health_is_full(&engine->health);
}

/* These times follow from what happened in the turn: how uploads move, what was commanded. */
static void set_own_timers(struct sl_engine *engine)
{
    const int64_t room_ms = waits_for_room(engine) ? engine->health.body_ms : INT64_MAX;
    struct sl_timers *timers = &engine->timers;
    sl_timers_set(timers, &engine->limits_timer, SL_TIMER_WAKE, sl_engine_limits_next_ms(engine));
    sl_timers_set(timers, &engine->failover_timer, SL_TIMER_WAKE, sl_engine_change_ms(engine));
    sl_timers_set(timers, &engine->full_timer, SL_TIMER_WAKE, room_ms);
}

int64_t sl_engine_wait_ms(struct sl_engine *engine)
{
    set_own_timers(engine);
    const int64_t first_ms = sl_timers_first_ms(&engine->timers);
    if (engine->sweeping)
        return 0;
    if (first_ms == INT64_MAX)
        return -1;
    const int64_t left_ms = first_ms - sl_engine_now(engine);
    return left_ms > 0 ? left_ms : 0;
}

/* ---- parts ---- */

enum { ATTEMPTS_SEEN = 255 };

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
    if (part != NULL && sl_owners_is_brought(&engine->owners, &held->upload.piece)) {
        sl_engine_let_go(engine, held);
        return false;
    }
    sl_timers_cancel(&engine->timers, &held->hold);
    sl_worker_unhold(held);
    if (part != NULL)
        sl_part_brings(engine, task, part);
    return true;
}

int sl_parts_start(struct sl_engine *engine, struct sl_task *task)
{
    int64_t due_ms;
    struct sl_worker *held = NULL;
    while ((held = sl_task_held_worker(engine, task)) != NULL) {
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

/* ---- work ---- */

bool sl_engine_busy(const struct sl_engine *engine)
{
    if (engine->planner_busy)
        return true;
    for (int i = 0; i < SL_SLOTS; i++) {
        if (engine->workers[i].busy)
            return true;
    }
    /* parked pieces do not live for ever: what runs is finished with them */
    return engine->phase == SL_DRAINING &&
           (engine->requests != NULL ||
            (engine->commit != NULL &&
             engine->owners.committing + engine->live[SL_JOB_ACCEPTED] > 0));
}

static bool start_held(struct sl_engine *engine, struct sl_task *task)
{
    const int16_t slot = task->slot;
    if (!sl_task_step(engine, task, SL_IN_START))
        return false;
    sl_timers_cancel(&engine->timers, &engine->workers[slot].hold);
    sl_worker_unhold(&engine->workers[slot]);
    return true;
}

static bool start_fresh(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_worker *worker = sl_engine_idle_worker(engine);
    if (worker == NULL)
        return false;
    task->attempts++;
    task->parked_ms = 0;
    task->provider = engine->url;
    if (!sl_task_step(engine, task, SL_IN_START))
        return false;
    task->slot = (int16_t)(worker - engine->workers);
    sl_worker_assign(worker, task);
    return true;
}

/* 1: a worker has it, 0: it left the queue without one, < 0: nothing can start. */
static int start(struct sl_engine *engine, struct sl_task *task)
{
    if (task->slot != SL_NO_SLOT)
        return start_held(engine, task) ? 1 : -1;
    if (task->state == SL_JOB_QUEUED && sl_task_wants_hash(engine, task)) {
        sl_heap_remove(&engine->queue, &task->place.node);
        sl_heap_push(&engine->to_hash, &task->place.node, task->rank);
        task->to_hash = true;
        return 0;
    }
    if (task->split != NULL)
        return sl_parts_start(engine, task);
    return start_fresh(engine, task) ? 1 : -1;
}

/* A provider that refuses sent bytes gets one upload at a time, and only from time to time. */
static int most_uploads(const struct sl_engine *engine)
{
    if (!sl_engine_provider_health_is_full(&engine->health))
        return engine->parallel;
    return sl_engine_now(engine) >= engine->health.body_ms && engine->seek == NULL ? 1 : 0;
}

void sl_engine_pick(struct sl_engine *engine)
{
    if (engine->phase != SL_RUNNING || engine->down || (engine->sweeping && engine->paused_all))
        return;
    int running = sl_engine_running(engine);
    const int most = most_uploads(engine);
    struct sl_heap_node *top = NULL;
    while (running < most && (top = sl_heap_top(&engine->queue)) != NULL) {
        struct sl_task *task = (struct sl_task *)top;
        if (!sl_engine_limits_allow(engine, task))
            return;
        engine->limits.stale = true; /* the new one has its rate to get */
        const int started = start(engine, task);
        if (started < 0)
            return;
        running += started;
    }
    sl_engine_pick_hash(engine);
}

void sl_engine_launch(struct sl_engine *engine)
{
    for (int i = 0; i < SL_SLOTS; i++) {
        if (engine->workers[i].assigned)
            sl_worker_launch(&engine->workers[i]);
    }
}
