/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* job.c - a job changes its state, comes and goes, and is read from the journal at the start. */
#include "jobs/job.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "sluice/log.h"

#include "core/job_log.h"
#include "core/transaction.h"
#include "jobs/commit_waiters.h"
#include "jobs/copies.h"
#include "jobs/part.h"
#include "jobs/parts.h"
#include "jobs/persistence.h"
#include "policy/resplit.h"

/* ---- what belongs to a state ---- */

static void drop_parked(struct sl_task *task)
{
    if (task->parked != NULL)
        atomic_store(&task->parked->dropped, true);
    task->parked = NULL;
}

static void ask_if_parked(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_err err = {0};
    struct sl_park_query *parked = calloc(1, sizeof *parked);
    if (parked == NULL) {
        sl_err_set(&err, SL_ENOMEM, "out of memory for a job");
        sl_engine_break(engine, &err);
        return;
    }
    parked->job_id = task->id;
    parked->piece = task->piece;
    parked->url = task->provider[0] != '\0' ? task->provider : engine->url;
    parked->verify = task->already_stored;
    atomic_init(&parked->dropped, false);
    if (sl_park_poller_add(engine->poller, parked, &err) < 0)
        sl_engine_break(engine, &err);
    else
        task->parked = parked;
}

/* `next_try_ms` is wall-clock time; timers run on monotonic time. */
static int64_t due_ms(const struct sl_engine *engine, const struct sl_task *task)
{
    const struct sl_clock *clock = &engine->options.clock;
    int64_t wait_ms = task->next_try_ms - sl_wall_ms(clock);
    if (wait_ms > 24 * INT64_C(3600000)) /* the wall clock jumped back */
        wait_ms = engine->options.retry_cap_ms;
    return sl_now_ms(clock) + (wait_ms > 0 ? wait_ms : 0);
}

static void enter(struct sl_engine *engine, struct sl_task *task)
{
    engine->live[task->state]++;
    if (task->state == SL_JOB_QUEUED)
        sl_heap_push(&engine->queue, &task->place.node, task->rank);
    else if (task->state == SL_JOB_WAITING)
        sl_timers_set(&engine->timers, &task->place, SL_TIMER_RETRY, due_ms(engine, task));
    else if (task->state == SL_JOB_ACCEPTED && task->shard_bytes == 0)
        ask_if_parked(engine, task);
    else if (task->state == SL_JOB_PARKED && task->shard_bytes == 0)
        sl_task_await_commit(engine, task, NULL);
    if (task->shard_bytes > 0)
        sl_parts_enter(engine, task);
}

static void leave(struct sl_engine *engine, struct sl_task *task)
{
    if (task->dormant) {
        task->dormant = false;
        return;
    }
    engine->live[task->state]--;
    if (task->split != NULL)
        sl_parts_leave(engine, task);
    if (task->state == SL_JOB_QUEUED)
        sl_heap_remove(sl_task_queue(engine, task), &task->place.node);
    else if (task->state == SL_JOB_WAITING)
        sl_timers_cancel(&engine->timers, &task->place);
    else if (task->state == SL_JOB_ACCEPTED)
        drop_parked(task);
    task->to_hash = false;
}

struct sl_heap *sl_task_queue(struct sl_engine *engine, const struct sl_task *task)
{
    return task->to_hash ? &engine->to_hash : &engine->queue;
}

/* A cancelled file that was split says what of it is stored. */
static bool keeps_reason(const struct sl_task *task, enum sl_job_state state)
{
    return state == SL_JOB_WAITING || state == SL_JOB_FAILED ||
           (state == SL_JOB_CANCELLED && task->shard_bytes > 0);
}

static bool is_committing(const struct sl_task *task)
{
    return task->state == SL_JOB_PARKED || task->state == SL_JOB_COMMITTING;
}

/* Commits of parts begin while other parts are still sent. */
static bool is_on_its_way(enum sl_job_state state)
{
    return state == SL_JOB_UPLOADING || state == SL_JOB_ACCEPTED || state == SL_JOB_PARKED ||
           state == SL_JOB_COMMITTING;
}

bool sl_task_step(struct sl_engine *engine, struct sl_task *task, enum sl_input input)
{
    const enum sl_job_state from = (enum sl_job_state)task->state;
    const enum sl_job_state next = sl_machine_next(from, input);
    if (next == SL_JOB_STATE_COUNT || engine->broken.code != SL_OK)
        return false;
    leave(engine, task);
    if (is_committing(task) && next != SL_JOB_COMMITTING && task->shard_bytes == 0)
        sl_task_unawait_commit(engine, task);
    if (!is_on_its_way(next))
        sl_task_clear_underway(task);
    task->state = (uint8_t)next;
    if (next != SL_JOB_WAITING) {
        task->next_try_ms = 0;
        task->down = false;
    }
    if (!keeps_reason(task, next))
        sl_task_blame(task, NULL);
    sl_task_note(engine, task, from, sl_input_word(input));
    enter(engine, task);
    sl_task_save(engine, task);
    return true;
}

void sl_task_is_listed(struct sl_engine *engine, struct sl_task *task)
{
    (void)sl_task_step(engine, task, engine->commit != NULL ? SL_IN_COMMIT : SL_IN_FOUND);
}

static bool is_all_sent(const struct sl_task *task)
{
    const enum sl_job_state state = (enum sl_job_state)task->state;
    return (sl_job_state_delivered(state) && !sl_job_state_finished(state)) ||
           (task->split != NULL && sl_split_is_sent(task->split));
}

/* An earlier run sent all bytes of the file, so no reader will open it again. If it is no longer
 * the file that was sent, plan it again. A file that is gone ends as it was sent. */
static void look_at_file(struct sl_engine *engine, struct sl_task *task)
{
    struct stat st;
    if (!is_all_sent(task) || stat(task->path, &st) != 0 || !S_ISREG(st.st_mode))
        return;
    const struct sl_file_mark now = sl_file_mark_on(&st, sl_path_makes_up_ctime(task->path));
    if (sl_file_mark_equal(&task->file, &now))
        return;
    const enum sl_job_state from = (enum sl_job_state)task->state;
    if (sl_job_state_delivered(from))
        task->state = SL_JOB_QUEUED;
    sl_task_note(engine, task, from, "the file has changed since it was sent");
    task->may_be_there = sl_file_mark_alike(&task->file, &now);
    sl_task_replan(engine, task, &now);
}

void sl_task_wake(struct sl_engine *engine, struct sl_task *task)
{
    if (!task->dormant)
        return;
    look_at_file(engine, task);
    sl_task_note(engine, task, (enum sl_job_state)task->state, "an earlier run left it");
    task->dormant = false;
    enter(engine, task);
    sl_outbox_task(&engine->outbox, task);
}

/* ---- coming and going ---- */

void sl_task_replan(struct sl_engine *engine, struct sl_task *task, const struct sl_file_mark *file)
{
    sl_task_unsplit(engine, task);
    task->has_piece = false;
    task->best_bytes = 0;
    sl_task_remark(engine, task, file);
}

void sl_task_again(struct sl_engine *engine, struct sl_task *task)
{
    if (sl_machine_next((enum sl_job_state)task->state, SL_IN_RETRY) == SL_JOB_STATE_COUNT)
        return;
    look_at_file(engine, task);
    task->attempts = 0;
    task->best_bytes = 0;
    task->already_stored = false;
    if (task->split != NULL)
        sl_parts_again(engine, task);
    if (sl_job_state_finished((enum sl_job_state)task->state))
        task->rank = sl_rank_of(sl_rank_priority(task->rank), ++engine->last_rank);
    (void)sl_task_step(engine, task, SL_IN_RETRY);
}

static int put_in_table(struct sl_engine *engine, struct sl_task *task, struct sl_err *err)
{
    const size_t room = engine->tasks.count + 1;
    int rc = sl_heap_reserve(&engine->queue, room, err);
    if (rc >= 0)
        rc = sl_timers_reserve(&engine->timers, room * SL_TIMERS_A_TASK + SL_TIMERS_MORE, err);
    if (rc >= 0)
        rc = sl_heap_reserve(&engine->to_hash, room, err);
    return rc < 0 ? rc : sl_tasks_add(&engine->tasks, task, err);
}

/* NULL: out of memory. */
static struct sl_task *insert(struct sl_engine *engine, const struct sl_job *job, const char *path,
                              struct sl_err *err)
{
    struct sl_task *task = sl_task_new(job, path);
    if (task == NULL) {
        sl_err_set(err, SL_ENOMEM, "out of memory for a job");
        return NULL;
    }
    if (put_in_table(engine, task, err) < 0) {
        sl_task_free(task);
        return NULL;
    }
    if (sl_rank_place(task->rank) > engine->last_rank)
        engine->last_rank = sl_rank_place(task->rank);
    return task;
}

void sl_task_create(struct sl_engine *engine, const char *path, const struct sl_file_mark *file)
{
    struct sl_task *task = NULL;
    struct sl_err err = {0};
    struct sl_job job = {.state = engine->paused_all ? SL_JOB_PAUSED : SL_JOB_QUEUED,
                         .rank = engine->last_rank + 1,
                         .file = *file};
    sl_engine_wish(engine, &job);
    if (sl_engine_txn_begin(engine) < 0)
        return;
    if (sl_journal_add(engine->journal, &job, path, &err) >= 0)
        task = insert(engine, &job, path, &err);
    if (task == NULL) {
        sl_engine_break(engine, &err);
        return;
    }
    sl_task_note(engine, task, SL_JOB_STATE_COUNT, "added");
    enter(engine, task);
    sl_outbox_task(&engine->outbox, task);
}

void sl_task_delete(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_err err = {0};
    if (sl_engine_txn_begin(engine) < 0)
        return;
    if (engine->commit != NULL)
        (void)sl_engine_uncommit(engine, task);
    if (task->split != NULL)
        sl_parts_drop(engine, task);
    else if (is_committing(task))
        sl_task_unawait_commit(engine, task);
    if (sl_journal_remove(engine->journal, task->id, &err) < 0) {
        sl_engine_break(engine, &err);
        return;
    }
    sl_log(SL_LOG_INFO, SL_LOG_ENGINE, "job=%lld forgotten", (long long)task->id);
    leave(engine, task);
    sl_tasks_retire(&engine->tasks, task);
    if (sl_outbox_gone(&engine->outbox, task, &err) < 0)
        sl_engine_break(engine, &err);
}

/* ---- at the start ---- */

/* Without its parts it is planned and hashed again. */
static void keep_parts(struct sl_engine *engine, struct sl_task *task)
{
    if (sl_task_parts(engine, task))
        return;
    task->shard_bytes = 0;
    task->has_piece = false;
    if (task->state == SL_JOB_ACCEPTED)
        task->state = SL_JOB_HASHING; /* and so it is queued */
}

int sl_task_load(void *ctx, const struct sl_job *job, const char *path, const char *provider_url)
{
    struct sl_engine *engine = ctx;
    const char *provider = sl_tasks_provider(&engine->tasks, provider_url);
    struct sl_task *task = provider != NULL ? insert(engine, job, path, NULL) : NULL;
    if (task == NULL)
        return SL_ENOMEM;
    task->provider = provider;
    const bool unfinished = !sl_job_state_finished(job->state) && job->state != SL_JOB_PAUSED;
    task->dormant = unfinished && !(engine->options.run_earlier && sl_task_load_wish(engine, task));
    const bool rests = job->state == SL_JOB_STORED || job->state == SL_JOB_CONFIRMED ||
                       job->state == SL_JOB_DELETED;
    if (task->shard_bytes > 0 && !rests)
        keep_parts(engine, task);
    sl_outbox_task(&engine->outbox, task);
    return SL_OK;
}

static void settle(void *ctx, struct sl_task *task)
{
    struct sl_engine *engine = ctx;
    const enum sl_job_state from = (enum sl_job_state)task->state;
    if (from == SL_JOB_ACCEPTED || is_committing(task))
        task->parked_ms = task->changed_ms;
    if (task->state == SL_JOB_UPLOADING || task->state == SL_JOB_HASHING) {
        if (task->state == SL_JOB_UPLOADING)
            sl_task_after_kill(engine, task);
        task->state = SL_JOB_QUEUED;
        sl_task_save(engine, task);
    }
    if (!task->dormant)
        look_at_file(engine, task);
    if (is_committing(task)) {
        const enum sl_job_state go_on = task->shard_bytes > 0 ? SL_JOB_QUEUED : SL_JOB_PARKED;
        task->state = (uint8_t)(engine->commit != NULL ? go_on : SL_JOB_STORED);
        sl_task_save(engine, task);
    }
    if (task->state != from)
        sl_task_note(engine, task, from, "an earlier run left it");
    if (!task->dormant)
        enter(engine, task);
}

void sl_tasks_settle(struct sl_engine *engine)
{
    sl_tasks_each(&engine->tasks, settle, engine);
}
