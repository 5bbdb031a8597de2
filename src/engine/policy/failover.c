/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * failover.c - failover of the first copy: confirm the outage, choose a replacement, switch to it.
 *
 * provider_health.h says when to look. The commits, on a thread of their own, find out whether the
 * provider is at fault and choose a replacement. The switch works like the end of one run and the
 * start of the next: the commits restart from the journal, and no payload that may have been signed
 * is signed again. Pieces that the old provider has not parked are sent to the new one. Parked
 * pieces go back to the commits, which know whether they may land and report the others as lost.
 */
#include "policy/failover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/log.h"
#include "sluice/text.h"

#include "core/thread.h"
#include "core/transaction.h"
#include "jobs/commit_waiters.h"
#include "jobs/job.h"
#include "jobs/part.h"
#include "jobs/part_settle.h"
#include "jobs/parts.h"
#include "jobs/persistence.h"
#include "policy/blame.h"
#include "policy/slots.h"

enum { NAME_CHARS = 48 };

/* ---- looking for another one ---- */

static void *seek_main(void *arg)
{
    struct sl_engine *engine = arg;
    struct sl_sought *sought = &engine->sought;
    sought->err = (struct sl_err){0};
    sought->verdict = sl_commit_provider_search_run(engine->seek, &sought->err);
    sought->msg.kind = SL_MSG_SOUGHT;
    sl_mailbox_put(&engine->box, &sought->msg);
    return NULL;
}

static void end_seek(struct sl_engine *engine)
{
    if (engine->seek == NULL)
        return;
    pthread_join(engine->seek_thread, NULL);
    sl_commit_provider_search_free(engine->seek);
    engine->seek = NULL;
}

void sl_engine_stop_seek(struct sl_engine *engine)
{
    if (engine->seek != NULL)
        sl_commit_provider_search_cancel(engine->seek);
    end_seek(engine);
}

static void start_seek(struct sl_engine *engine)
{
    struct sl_err err = {0};
    const bool silent = engine->health.silent_since_ms != 0 && engine->health.failing_ms == 0;
    if (sl_engine_txn_commit(engine) < 0)
        return;
    engine->sought_streak = engine->health.streak;
    int rc = sl_commit_provider_search_new(&engine->seek, engine->commit, silent, &err);
    if (rc == SL_OK)
        rc = sl_thread_start(&engine->seek_thread, seek_main, engine, &err);
    if (rc == SL_OK)
        return;
    sl_commit_provider_search_free(engine->seek); /* without memory: next time */
    engine->seek = NULL;
    sl_engine_provider_health_looked(&engine->health, sl_engine_now(engine),
                                     sl_engine_patience_ms(engine), false);
}

static const char *charge(const struct sl_engine *engine)
{
    return engine->health.failing_ms == 0 ? "does not answer" : "fails every request";
}

/* Once, until it works again. */
static void say_that_it_stays(struct sl_engine *engine, const char *why)
{
    struct sl_event event = {.type = SL_EVENT_NOTE};
    if (engine->health.told)
        return;
    engine->health.told = true;
    (void)sl_err_set(&event.err, SL_ENET, "%.100s %s; files stay with it: %s", engine->url,
                     charge(engine), why);
    sl_engine_emit(engine, &event, NULL);
}

static void look(struct sl_engine *engine)
{
    if (sl_engine_can_change(engine)) {
        start_seek(engine);
        return;
    }
    say_that_it_stays(engine, engine->commit == NULL ? "`provider_url` is set"
                                                     : "`provider` or `data_set` is set");
    sl_engine_provider_health_looked(&engine->health, sl_engine_now(engine),
                                     sl_engine_patience_ms(engine), true);
}

/* ---- leaving the old one ---- */

static void leave_whole(struct sl_engine *engine, struct sl_task *task, const char *old)
{
    if (task->state == SL_JOB_PARKED || task->state == SL_JOB_COMMITTING) {
        sl_task_await_commit(engine, task, NULL);
        sl_task_save(engine, task);
        return;
    }
    if (task->state == SL_JOB_ACCEPTED && task->provider != old)
        return;
    task->attempts = 0;
    task->best_bytes = 0;
    if (task->state == SL_JOB_UPLOADING)
        (void)sl_task_step(engine, task, SL_IN_ABORT);
    else if (task->state == SL_JOB_ACCEPTED)
        (void)sl_task_step(engine, task, SL_IN_MISSING);
    else if (task->state == SL_JOB_WAITING)
        (void)sl_task_step(engine, task, SL_IN_DUE);
    if (engine->paused_all)
        (void)sl_task_step(engine, task, SL_IN_PAUSE);
}

static void leave_part(struct sl_engine *engine, struct sl_task *task, struct sl_part *part,
                       const char *old)
{
    if (part->state == SL_JOB_STORED)
        sl_task_await_commit(engine, task, part);
    else if (part->state == SL_JOB_ACCEPTED && task->provider == old)
        (void)sl_part_step(engine, task, part, SL_IN_MISSING);
}

static void leave_parts(struct sl_engine *engine, struct sl_task *task, const char *old)
{
    const bool finished = sl_job_state_finished((enum sl_job_state)task->state);
    if (!finished)
        sl_parts_again(engine, task);
    for (uint32_t i = 0; i < task->split->count; i++)
        leave_part(engine, task, &task->split->parts[i], old);
    if (finished)
        return;
    if (task->state == SL_JOB_WAITING)
        (void)sl_task_step(engine, task, engine->paused_all ? SL_IN_PAUSE : SL_IN_DUE);
    else if (task->state == SL_JOB_UPLOADING || task->state == SL_JOB_ACCEPTED)
        sl_parts_settle(engine, task);
    else
        sl_task_save(engine, task);
}

struct leaving {
    struct sl_engine *engine;
    const char *old;
};

static void leave_provider(void *ctx, struct sl_task *task)
{
    const struct leaving *leaving = ctx;
    const bool finished = sl_job_state_finished((enum sl_job_state)task->state);
    if (task->dormant)
        return;
    sl_task_let_go(leaving->engine, task);
    if (task->split != NULL)
        leave_parts(leaving->engine, task, leaving->old);
    else if (task->shard_bytes == 0 && !finished)
        leave_whole(leaving->engine, task, leaving->old);
}

/* ---- the new one ---- */

static void name_of(char out[static NAME_CHARS + SL_U256_DEC_CHARS + 16],
                    const struct sl_commit_target *target)
{
    char name[NAME_CHARS], id[SL_U256_DEC_CHARS];
    (void)sl_text_escape(name, sizeof name, target->name, strlen(target->name));
    sl_u256_dec(id, target->provider_id);
    (void)snprintf(out, NAME_CHARS + SL_U256_DEC_CHARS + 16, "%s (id %s)", name, id);
}

static void say_the_change(struct sl_engine *engine, const struct sl_commit_moved *moved)
{
    char from[NAME_CHARS + SL_U256_DEC_CHARS + 16], to[NAME_CHARS + SL_U256_DEC_CHARS + 16];
    struct sl_event event = {.type = SL_EVENT_NOTE};
    name_of(from, &moved->from);
    name_of(to, &moved->to);
    (void)sl_err_set(&event.err, SL_ENET, "%s %s: files go to %s from now on%s", from,
                     charge(engine), to, moved->endorsed ? "" : ": approved, not endorsed");
    sl_log(SL_LOG_WARN, SL_LOG_ENGINE, "failover: %s", event.err.text);
    sl_engine_emit(engine, &event, NULL);
}

/* False: the engine stops. */
static bool take_url(struct sl_engine *engine, const char *url)
{
    struct sl_err err = {0};
    const char *own = sl_tasks_provider(&engine->tasks, url);
    int rc = own != NULL ? SL_OK : sl_err_set(&err, SL_ENOMEM, "out of memory");
    if (rc == SL_OK) {
        engine->url = engine->options.provider_url = own;
        sl_park_poller_turn_to(engine->poller, own);
        rc = sl_journal_rate(engine->journal, own, &engine->rate_bytes_per_s, &err);
    }
    if (rc < 0)
        sl_engine_break(engine, &err);
    return rc >= 0;
}

/* Reads what waits, but what the commits told: that is void. */
static void drop_commit_mail(struct sl_engine *engine)
{
    struct sl_msg *next = NULL;
    for (struct sl_msg *msg = sl_mailbox_take(&engine->box); msg != NULL; msg = next) {
        next = msg->next;
        if (msg->kind == SL_MSG_COMMIT)
            free(msg);
        else
            engine->on_message(engine, msg);
    }
}

static void change(struct sl_engine *engine)
{
    struct sl_commit_moved moved;
    struct sl_err err = {0};
    struct leaving leaving = {.engine = engine, .old = engine->url};
    if (sl_engine_txn_commit(engine) < 0) /* the lanes write, too, before they end */
        return;
    if (sl_commit_move(&moved, engine->commit, engine->seek, &engine->trouble_err, &err) < 0) {
        sl_engine_break(engine, &err);
        return;
    }
    drop_commit_mail(engine);
    if (!take_url(engine, moved.to.service_url))
        return;
    engine->down = false;
    engine->down_count = 0;
    sl_tasks_each(&engine->tasks, leave_provider, &leaving);
    say_the_change(engine, &moved);
    sl_engine_provider_health_changed(&engine->health, sl_engine_now(engine),
                                      sl_engine_patience_ms(engine));
}

/* ---- each turn ---- */

static bool is_due(const struct sl_engine *engine)
{
    return sl_engine_provider_health_due_ms(&engine->health, sl_engine_patience_ms(engine)) <=
               sl_engine_now(engine) &&
           (sl_engine_provider_health_is_full(&engine->health) || !sl_engine_is_moving(engine));
}

void sl_engine_sought(struct sl_engine *engine)
{
    engine->has_sought = true;
}

static void take_verdict(struct sl_engine *engine)
{
    const enum sl_commit_verdict verdict = engine->sought.verdict;
    const bool void_ =
        engine->sought_streak != engine->health.streak ||
        (sl_engine_is_moving(engine) && !sl_engine_provider_health_is_full(&engine->health));
    engine->has_sought = false;
    if (verdict == SL_VERDICT_ANOTHER && !void_) {
        change(engine);
    } else {
        if (verdict == SL_VERDICT_ALONE && !void_)
            say_that_it_stays(engine, engine->sought.err.text);
        sl_engine_provider_health_looked(&engine->health, sl_engine_now(engine),
                                         sl_engine_patience_ms(engine),
                                         verdict == SL_VERDICT_ALONE);
    }
    end_seek(engine);
}

void sl_engine_change(struct sl_engine *engine)
{
    if (engine->phase != SL_RUNNING || engine->broken.code != SL_OK)
        return;
    if (engine->has_sought)
        take_verdict(engine);
    else if (engine->seek == NULL && is_due(engine))
        look(engine);
}

int64_t sl_engine_change_ms(const struct sl_engine *engine)
{
    const int64_t due_ms =
        sl_engine_provider_health_due_ms(&engine->health, sl_engine_patience_ms(engine));
    if (engine->phase != SL_RUNNING || engine->seek != NULL || due_ms == INT64_MAX)
        return INT64_MAX;
    const int64_t again_ms = sl_engine_now(engine) + sl_engine_patience_ms(engine) / SL_MOVING_PART;
    const bool waits =
        sl_engine_is_moving(engine) && !sl_engine_provider_health_is_full(&engine->health);
    return due_ms <= sl_engine_now(engine) && waits ? again_ms : due_ms;
}
