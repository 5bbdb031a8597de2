/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* engine.c - the engine thread: its turns, and its end. */
#include "core/engine.h"

#include <stdlib.h>

#include "core/add_results.h"
#include "core/commands.h"
#include "core/transaction.h"
#include "jobs/commit_events.h"
#include "jobs/commit_waiters.h"
#include "jobs/job.h"
#include "jobs/part.h"
#include "jobs/part_settle.h"
#include "policy/dispatch.h"
#include "policy/failover.h"
#include "policy/gate.h"
#include "policy/limits.h"
#include "policy/slots.h"
#include "work/pre_hash.h"
#include "work/results.h"

/* ---- messages ---- */

static void on_planned(struct sl_engine *engine, const struct sl_planned *planned)
{
    struct sl_task *task = sl_tasks_by_id(&engine->tasks, planned->job_id);
    if (task != NULL && task->slot != SL_NO_SLOT)
        sl_task_replan(engine, task, &planned->file);
}

static void on_no_memory(struct sl_engine *engine, const char *when)
{
    struct sl_err err = {0};
    sl_err_set(&err, SL_ENOMEM, "out of memory %s", when);
    sl_engine_break(engine, &err);
}

/* Messages that are part of something else are only read; the others are freed. */
void sl_engine_apply(struct sl_engine *engine, struct sl_msg *msg)
{
    switch (msg->kind) {
    case SL_MSG_COMMAND:
        sl_engine_command(engine, (struct sl_msg_command *)msg);
        free(msg);
        break;
    case SL_MSG_SCAN:
        sl_engine_intake(engine, (struct sl_msg_scan *)msg);
        free(msg);
        break;
    case SL_MSG_PARKED:
        sl_engine_parked(engine, (struct sl_park_query *)msg);
        free(msg);
        break;
    case SL_MSG_PLANNED:
        on_planned(engine, (struct sl_planned *)msg);
        break;
    case SL_MSG_RESULT:
        sl_engine_result(engine, sl_worker_of_result(msg));
        break;
    case SL_MSG_HASHED:
        sl_engine_hashed(engine, (struct sl_hashed *)msg);
        free(msg);
        break;
    case SL_MSG_HASH_END:
        sl_engine_hash_end(engine, (struct sl_hash_end *)msg);
        break;
    case SL_MSG_PROBED:
        sl_engine_probed(engine, (struct sl_probed *)msg);
        break;
    case SL_MSG_SILENT:
        sl_engine_silent(engine, sl_park_poller_silence(engine->poller, msg));
        break;
    case SL_MSG_SOUGHT:
        sl_engine_sought(engine);
        break;
    case SL_MSG_COMMIT:
        sl_engine_committed(engine, (struct sl_msg_commit *)msg);
        free(msg);
        break;
    case SL_MSG_BROKEN:
        on_no_memory(engine, "while a folder was walked");
        break;
    }
}

void sl_engine_discard(struct sl_msg *list)
{
    struct sl_msg *next = NULL;
    for (; list != NULL; list = next) {
        next = list->next;
        if (list->kind == SL_MSG_COMMAND || list->kind == SL_MSG_SCAN ||
            list->kind == SL_MSG_PARKED || list->kind == SL_MSG_HASHED ||
            list->kind == SL_MSG_COMMIT)
            free(list);
    }
}

static void read_mail(struct sl_engine *engine)
{
    struct sl_msg *next = NULL;
    for (struct sl_msg *msg = sl_mailbox_take(&engine->box); msg != NULL; msg = next) {
        next = msg->next;
        sl_engine_apply(engine, msg);
    }
    if (atomic_load(&engine->deaf))
        on_no_memory(engine, "for what was committed");
    if (atomic_exchange(&engine->ticked, false))
        sl_park_poller_wake(engine->poller);
}

/* ---- a turn ---- */

static void note_idle(struct sl_engine *engine)
{
    const size_t *live = engine->live;
    const bool idle = engine->phase == SL_RUNNING && engine->requests == NULL &&
                      live[SL_JOB_QUEUED] + live[SL_JOB_HASHING] + live[SL_JOB_UPLOADING] +
                              live[SL_JOB_ACCEPTED] + live[SL_JOB_WAITING] + live[SL_JOB_PARKED] +
                              live[SL_JOB_COMMITTING] ==
                          0;
    if (idle != engine->was_idle)
        sl_outbox_idle(&engine->outbox, idle);
    engine->was_idle = idle;
}

/* What was picked in a turn that could not be committed does not start. */
static void revoke(struct sl_engine *engine)
{
    for (int i = 0; i < SL_SLOTS; i++) {
        struct sl_worker *worker = &engine->workers[i];
        if (worker->assigned)
            sl_worker_revoke(worker);
    }
    sl_outbox_forget_tasks(&engine->outbox);
}

static void turn(struct sl_engine *engine)
{
    sl_mailbox_wait(&engine->box, sl_engine_wait_ms(engine));
    read_mail(engine);
    sl_engine_change(engine);
    sl_engine_sweep(engine);
    sl_engine_timers(engine);
    sl_engine_pass_on(engine);
    sl_engine_limits_timers(engine);
    sl_engine_pick(engine);
    sl_engine_limits_apply(engine);
    sl_engine_expect(engine);
    note_idle(engine);
    if (sl_engine_txn_commit(engine) < 0)
        revoke(engine);
    (void)sl_outbox_flush(&engine->outbox);
    sl_engine_launch(engine);
}

/* ---- stopping ---- */

static void let_holds_go(struct sl_engine *engine)
{
    for (int i = 0; i < SL_SLOTS; i++) {
        if (engine->workers[i].held)
            sl_engine_let_go(engine, &engine->workers[i]);
    }
}

static void abort_all(struct sl_engine *engine)
{
    for (int i = 0; i < SL_SLOTS; i++) {
        if (engine->workers[i].busy)
            sl_worker_abort(&engine->workers[i]);
    }
}

static void look_for_trouble(struct sl_engine *engine)
{
    if (engine->broken.code == SL_OK || engine->phase >= SL_STOPPING)
        return;
    const struct sl_event event = {.type = SL_EVENT_TROUBLE, .err = engine->broken};
    sl_engine_emit(engine, &event, NULL);
    engine->phase = SL_STOPPING;
}

/* Everything but this thread ends; the journal is closed; STOPPED is the last thing to say. */
static void finish(struct sl_engine *engine)
{
    sl_engine_stop_seek(engine);
    sl_park_poller_stop(engine->poller);
    sl_planner_stop(engine->planner);
    for (int i = 0; i < SL_SLOTS; i++)
        sl_worker_stop(&engine->workers[i]);
    sl_commit_close(engine->commit);
    engine->commit = NULL;
    sl_journal_close(engine->journal);
    engine->journal = NULL;
    engine->phase = SL_STOPPED;
    const struct sl_event event = {.type = SL_EVENT_STOPPED};
    sl_engine_emit(engine, &event, NULL);
}

/* The upload that brings the piece to the provider may be cancelled. */
static void wait_no_more(void *ctx, struct sl_task *task)
{
    if (task->split == NULL || task->split->in_state[SL_JOB_WAITING] == 0)
        return;
    sl_parts_wait_no_more(ctx, task);
    sl_parts_settle(ctx, task);
}

/* The user may pause jobs, or resume hashing, while running work finishes. */
static void start_nothing(struct sl_engine *engine)
{
    let_holds_go(engine);
    if (engine->seek != NULL)
        sl_commit_provider_search_cancel(engine->seek);
    if (engine->planner_busy) /* finished hashes are kept */
        sl_planner_cancel(engine->planner);
    if (engine->ending)
        return;
    engine->ending = true;
    sl_tasks_each(&engine->tasks, wait_no_more, engine);
    (void)sl_engine_txn_commit(engine);
}

static void take_no_files(struct sl_engine *engine)
{
    if (engine->shut)
        return;
    engine->shut = true;
    sl_mailbox_close(&engine->box);
    sl_scanner_stop(engine->scanner);
    engine->scanner = NULL;
}

static void advance_stop(struct sl_engine *engine)
{
    if (atomic_load(&engine->quit) && engine->phase < SL_STOPPING)
        engine->phase = SL_STOPPING;
    look_for_trouble(engine);
    if (engine->phase == SL_RUNNING)
        return;
    start_nothing(engine);
    if (engine->phase == SL_STOPPING || !sl_engine_busy(engine))
        take_no_files(engine);
    if (engine->phase == SL_STOPPING && !engine->aborted) {
        engine->aborted = true;
        abort_all(engine);
    }
    if (!sl_engine_busy(engine))
        finish(engine);
}

bool sl_engine_turn(struct sl_engine *engine)
{
    if (engine->phase == SL_STOPPED)
        return false;
    turn(engine);
    advance_stop(engine);
    sl_tasks_reap(&engine->tasks);
    return true;
}

void *sl_engine_main(void *arg)
{
    struct sl_engine *engine = arg;
    while (sl_engine_turn(engine)) {
    }
    while (!sl_outbox_flush(&engine->outbox) && !atomic_load(&engine->quit)) {
        sl_mailbox_wait(&engine->box, -1);
        sl_engine_discard(sl_mailbox_take(&engine->box));
    }
    return NULL;
}
