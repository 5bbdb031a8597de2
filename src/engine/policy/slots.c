/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* slots.c - the worker slots: find idle workers, count running uploads, abort uploads. */
#include "policy/slots.h"

#include "core/transaction.h"
#include "jobs/part.h"

struct sl_worker *sl_task_held_worker(struct sl_engine *engine, const struct sl_task *task)
{
    for (int i = 0; i < SL_SLOTS; i++) {
        if (engine->workers[i].task == task && engine->workers[i].held)
            return &engine->workers[i];
    }
    return NULL;
}

int sl_engine_running(const struct sl_engine *engine)
{
    int count = 0;
    for (int i = 0; i < SL_SLOTS; i++)
        count += engine->workers[i].busy && !engine->workers[i].held;
    return count;
}

struct sl_worker *sl_engine_idle_worker(struct sl_engine *engine)
{
    struct sl_err err = {0};
    for (int i = 0; i < SL_SLOTS; i++) {
        struct sl_worker *worker = &engine->workers[i];
        if (worker->busy)
            continue;
        if (sl_worker_start(worker, engine->url, &engine->options.http, &err) >= 0)
            return worker;
        sl_engine_break(engine, &err);
        return NULL;
    }
    return NULL;
}

void sl_engine_let_go(struct sl_engine *engine, struct sl_worker *worker)
{
    struct sl_task *task = worker->task;
    if (task->state == SL_JOB_PAUSED)
        sl_outbox_task(&engine->outbox, task); /* the bytes that it had sent are lost */
    if (worker->upload.total != NULL) {
        struct sl_part *part = sl_split_find(task->split, worker->upload.part);
        if (part != NULL && sl_part_step(engine, task, part, SL_IN_ABORT) && part->attempts > 0)
            part->attempts--;
    }
    sl_timers_cancel(&engine->timers, &worker->hold);
    sl_worker_let_go(worker);
}

void sl_task_let_go(struct sl_engine *engine, struct sl_task *task)
{
    for (int i = 0; i < SL_SLOTS; i++) {
        if (engine->workers[i].task == task)
            sl_engine_let_go(engine, &engine->workers[i]);
    }
}
