/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Who runs, who waits, and what a failure means.
 *
 * attempts counts uploads in a row that got no further than one before: an attempt that brought a
 * sixteenth of the file more across than any earlier one starts the count anew, so that a bad line
 * can finish a large file in the end, and max_attempts still ends what does not move.
 *
 * The gate: when the provider cannot be reached at all (no answer to the first question of an
 * attempt) nothing new starts, no attempt is counted, and one probe at a time, ever more rarely,
 * asks whether it is back. Its first answer, whatever it says, opens the gate.
 */
#include "sluice/log.h"

#include "core/engine_internal.h"
#include "work/plan.h"

/* The network is back within seconds of its return, however long it was away. */
enum {
    PROBE_CAP_MS = 10000,
    CLAIMS_MOST = 18, /* their waits are less than the hour that a claim can last */
};

int64_t sl_engine_backoff(struct sl_engine *engine, int attempt, int64_t least_ms)
{
    int64_t bound_ms = engine->options.retry_base_ms;
    for (int i = 1; i < attempt && bound_ms < engine->options.retry_cap_ms; i++)
        bound_ms *= 2;
    if (bound_ms > engine->options.retry_cap_ms)
        bound_ms = engine->options.retry_cap_ms;
    engine->random += UINT64_C(0x9E3779B97F4A7C15); /* splitmix64 */
    uint64_t z = engine->random;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    const int64_t wait_ms = 1 + (int64_t)((z ^ (z >> 31)) % (uint64_t)bound_ms);
    return wait_ms > least_ms ? wait_ms : least_ms;
}

int64_t sl_engine_now(const struct sl_engine *engine)
{
    return sl_now_ms(&engine->options.clock);
}

/* ---- failures ---- */

void sl_task_wait(struct sl_engine *engine, struct sl_task *task, int64_t wait_ms)
{
    task->next_try_ms = sl_wall_ms(&engine->options.clock) + wait_ms;
    (void)sl_task_step(engine, task, SL_IN_LATER);
}

static void plan_probe(struct sl_engine *engine)
{
    const int64_t wait_ms = sl_engine_backoff(engine, engine->down_count, 0);
    engine->probe_ms = sl_engine_now(engine) + (wait_ms < PROBE_CAP_MS ? wait_ms : PROBE_CAP_MS);
    sl_park_poller_probe(engine->poller, engine->probe_ms);
}

void sl_engine_close_gate(struct sl_engine *engine, const struct sl_err *err)
{
    if (engine->down)
        return;
    sl_engine_blame_silence(engine, err);
    sl_log(SL_LOG_WARN, SL_LOG_ENGINE, "nothing starts: the provider is silent: %s", err->text);
    engine->down = true;
    engine->down_count = 1;
    plan_probe(engine);
}

int64_t sl_engine_gate_wait(const struct sl_engine *engine)
{
    const int64_t left_ms = engine->probe_ms - sl_engine_now(engine);
    return left_ms > 0 ? left_ms : engine->options.retry_base_ms;
}

static bool moved_on(struct sl_task *task, uint64_t acked_bytes)
{
    const uint64_t step = task->file.size_bytes / 16 + 1;
    if (acked_bytes < task->best_bytes + step)
        return false;
    const bool again = task->best_bytes > 0; /* the first attempt has nothing to beat */
    task->best_bytes = acked_bytes;
    return again;
}

static void fail(struct sl_engine *engine, struct sl_task *task, const struct sl_err *err,
                 bool kept_back)
{
    if (kept_back && task->attempts >= engine->options.max_attempts)
        sl_task_uncount(task);
    const bool hopeless = (sl_err_class_of(err->code) != SL_CLASS_RETRY && !kept_back) ||
                          task->attempts >= engine->options.max_attempts;
    sl_task_blame(task, err);
    if (hopeless)
        (void)sl_task_step(engine, task, SL_IN_FAIL);
    else
        sl_task_wait(engine, task, sl_engine_backoff(engine, task->attempts, err->wait_ms));
}

void sl_task_failed(struct sl_engine *engine, struct sl_task *task, const struct sl_err *err)
{
    fail(engine, task, err, sl_engine_blame(engine, err));
}

/* A piece that broke off twice, or cannot make it in time, is worth sending in parts. */
static bool split_after(struct sl_engine *engine, struct sl_task *task, const struct sl_upload *up,
                        const struct sl_err *err)
{
    const struct sl_engine_options *options = &engine->options;
    const uint64_t size = task->file.size_bytes;
    const bool broke = task->attempts >= 2 && up->reached && up->source.at_bytes > 0 &&
                       size >= options->split_least_bytes * 4 &&
                       sl_err_class_of(err->code) == SL_CLASS_RETRY;
    if (options->split_bytes != SL_SPLIT_AUTO || !(up->too_slow || broke))
        return false;
    const uint64_t shard = sl_task_smaller(engine, size, up->too_slow);
    struct sl_err why = *err;
    if (shard == 0 || !sl_task_split(engine, task, shard))
        return false;
    sl_task_blame_split(&why, shard, up->too_slow);
    sl_task_blame(task, &why);
    sl_task_wait(engine, task, sl_engine_backoff(engine, 1, err->wait_ms));
    return true;
}

/* The file has grown out of one piece since it was queued. */
static bool outgrew(const struct sl_engine *engine, const struct sl_task *task,
                    const struct sl_err *err)
{
    return err->code == SL_ETOOBIG && task->file.size_bytes > SL_PIECE_MAX_BYTES &&
           sl_plan_check(task->file.size_bytes, engine->options.split_bytes, NULL) >= 0;
}

/* The provider has the same root with another length. */
static void is_alike(struct sl_engine *engine, struct sl_task *task, const struct sl_err *err)
{
    struct sl_err why = *err;
    if (sl_task_cut_apart(engine, task, &why) < 0) {
        sl_task_blame(task, &why);
        (void)sl_task_step(engine, task, SL_IN_FAIL);
        return;
    }
    sl_task_uncount(task);
    (void)sl_task_step(engine, task, SL_IN_ABORT);
}

bool sl_engine_waits_for_claim(uint8_t *claims, const struct sl_err *err)
{
    if (!sl_sp_is_claimed(err))
        *claims = 0;
    else if (*claims < CLAIMS_MOST)
        return ++*claims > 0;
    return false;
}

int64_t sl_engine_claim_wait(struct sl_engine *engine, int claims)
{
    return sl_engine_backoff(engine, claims, engine->options.retry_base_ms / 2);
}

static void upload_failed(struct sl_engine *engine, struct sl_task *task,
                          const struct sl_upload *up, const struct sl_err *err)
{
    if (err->code == SL_EALIKE) {
        is_alike(engine, task, err);
        return;
    }
    if (err->code == SL_ECANCELED ||
        outgrew(engine, task, err)) { /* the engine stops; or plan it anew */
        sl_task_uncount(task);
        (void)sl_task_step(engine, task, SL_IN_ABORT);
        return;
    }
    if (!up->reached && (err->code == SL_ENET || err->code == SL_ESTALLED)) {
        sl_task_uncount(task);
        sl_task_blame(task, err);
        sl_engine_close_gate(engine, err);
        task->down = true;
        sl_task_wait(engine, task, sl_engine_gate_wait(engine));
        return;
    }
    if (sl_engine_waits_for_claim(&task->claims, err)) {
        sl_task_uncount(task);
        sl_task_blame(task, err);
        sl_task_wait(engine, task, sl_engine_claim_wait(engine, task->claims));
        return;
    }
    sl_engine_blame_upload(engine, up, err);
    const bool moved = moved_on(task, up->acked_bytes);
    if (moved)
        task->attempts = 1;
    if (split_after(engine, task, up, err))
        return;
    const bool kept_back = !moved && !up->too_slow && sl_engine_blame(engine, err);
    fail(engine, task, err,
         kept_back && err->code != SL_ENOSPC); /* the error text itself says what is wrong */
}

/* ---- results ---- */

void sl_engine_result(struct sl_engine *engine, struct sl_worker *worker)
{
    struct sl_task *task = worker->task;
    if (worker->upload.rate_bytes_per_s > 0 && worker->url == engine->url)
        sl_engine_rate(engine, worker->upload.rate_bytes_per_s, worker->upload.too_slow);
    if (worker->upload.total != NULL) {
        sl_parts_result(engine, worker);
        return;
    }
    worker->task = NULL;
    worker->busy = false;
    worker->held = false;
    if (task == NULL)
        return;
    task->slot = SL_NO_SLOT;
    /* the time of change moved during the upload, but the bytes are those that were sent */
    if (worker->rc >= 0 && !sl_file_mark_equal(&worker->upload.file, &task->file))
        sl_task_replan(engine, task, &worker->upload.file);
    if (sl_file_mark_equal(&worker->upload.file, &task->file)) {
        task->has_piece = worker->upload.has_piece;
        task->piece = worker->upload.piece;
    }
    if (worker->rc >= 0) {
        task->claims = 0;
        (void)sl_task_step(engine, task, SL_IN_UPLOADED);
    } else if (task->state == SL_JOB_UPLOADING) {
        upload_failed(engine, task, &worker->upload, &worker->err);
    } else { /* paused, or queued again because its held connection was lost */
        sl_task_uncount(task);
        sl_outbox_task(&engine->outbox, task);
    }
}

void sl_engine_parked(struct sl_engine *engine, struct sl_park_query *parked)
{
    if (atomic_load(&parked->dropped))
        return;
    struct sl_task *task = sl_tasks_by_id(&engine->tasks, parked->job_id);
    if (parked->part != 0) {
        sl_parts_parked(engine, task, parked);
        return;
    }
    task->parked = NULL; /* not dropped: it is this task's */
    if (parked->outcome == SL_PARK_QUERY_FOUND) {
        sl_engine_works(engine, parked->url);
        sl_engine_piece_parked(engine, task, NULL);
    } else if (task->already_stored || parked->outcome == SL_PARK_QUERY_GONE) {
        task->already_stored = false;
        task->attempts = 0;
        (void)sl_task_step(engine, task, SL_IN_MISSING);
        if (engine->paused_all)
            (void)sl_task_step(engine, task, SL_IN_PAUSE);
    } else {
        sl_task_failed(engine, task, &parked->err);
    }
}

static void go_on(void *ctx, struct sl_task *task)
{
    if (task->split != NULL)
        sl_parts_hurry(ctx, task);
    if (task->down && task->state == SL_JOB_WAITING)
        (void)sl_task_step(ctx, task, SL_IN_DUE);
}

static void open_gate(struct sl_engine *engine)
{
    sl_log(SL_LOG_INFO, SL_LOG_ENGINE, "the provider answers again");
    engine->down = false;
    engine->down_count = 0;
    sl_provider_health_answer(&engine->health);
    sl_tasks_each(&engine->tasks, go_on, engine);
}

void sl_engine_silent(struct sl_engine *engine, struct sl_silence silence)
{
    if (silence.url == engine->url)
        sl_engine_close_gate(engine, &silence.err);
    else
        sl_engine_say_wait(engine, silence.url, silence.since_ms);
}

void sl_engine_probed(struct sl_engine *engine, const struct sl_probed *probed)
{
    if (!engine->down)
        return;
    if (probed->rc != SL_ENET && probed->rc != SL_ESTALLED) {
        open_gate(engine);
        return;
    }
    engine->down_count++;
    sl_engine_say_wait(engine, engine->url, engine->health.silent_since_ms);
    plan_probe(engine);
}

/* ---- time ---- */

static void postpone(struct sl_engine *engine, struct sl_task *task)
{
    const int64_t wait_ms = sl_engine_gate_wait(engine);
    task->next_try_ms = sl_wall_ms(&engine->options.clock) + wait_ms;
    task->down = true;
    sl_heap_remove(&engine->timers, &task->node);
    sl_heap_push(&engine->timers, &task->node, sl_engine_now(engine) + wait_ms);
    sl_task_save(engine, task);
}

static void run_timers(struct sl_engine *engine)
{
    const int64_t now = sl_engine_now(engine);
    struct sl_heap_node *top = NULL;
    while ((top = sl_heap_top(&engine->timers)) != NULL && top->key <= now) {
        struct sl_task *task = (struct sl_task *)top;
        if (engine->broken.code != SL_OK)
            return;
        if (engine->down)
            postpone(engine, task);
        else
            (void)sl_task_step(engine, task, engine->paused_all ? SL_IN_PAUSE : SL_IN_DUE);
    }
}

static void run_holds(struct sl_engine *engine)
{
    const int64_t now = sl_engine_now(engine);
    for (int i = 0; i < SL_SLOTS; i++) {
        struct sl_worker *worker = &engine->workers[i];
        if (worker->held && worker->hold_until_ms <= now) {
            if (worker->upload.total == NULL) /* parts count for themselves */
                sl_task_uncount(worker->task);
            sl_engine_let_go(engine, worker);
        }
    }
}

void sl_engine_timers(struct sl_engine *engine)
{
    if (engine->phase != SL_RUNNING)
        return;
    run_timers(engine);
    sl_parts_timers(engine);
    run_holds(engine);
}

static bool waits_for_room(const struct sl_engine *engine)
{
    return engine->phase == SL_RUNNING && !engine->down && engine->seek == NULL &&
           engine->queue.count > 0 && sl_engine_running(engine) == 0 &&
           sl_provider_health_is_full(&engine->health);
}

int64_t sl_engine_wait_ms(const struct sl_engine *engine)
{
    const struct sl_heap_node *top = sl_heap_top(&engine->timers);
    if (engine->sweeping)
        return 0;
    int64_t at_ms = sl_engine_limits_next_ms(engine);
    const int64_t change_ms = sl_engine_change_ms(engine);
    if (change_ms < at_ms)
        at_ms = change_ms;
    if (waits_for_room(engine) && engine->health.body_ms < at_ms)
        at_ms = engine->health.body_ms;
    if (top != NULL && engine->phase == SL_RUNNING && top->key < at_ms)
        at_ms = top->key;
    top = sl_heap_top(&engine->part_timers);
    if (top != NULL && engine->phase == SL_RUNNING && top->key < at_ms)
        at_ms = top->key;
    for (int i = 0; i < SL_SLOTS; i++) {
        const struct sl_worker *worker = &engine->workers[i];
        if (worker->held && worker->hold_until_ms < at_ms)
            at_ms = worker->hold_until_ms;
    }
    if (at_ms == INT64_MAX)
        return -1;
    const int64_t left_ms = at_ms - sl_engine_now(engine);
    return left_ms > 0 ? left_ms : 0;
}

/* ---- work ---- */

int sl_engine_running(const struct sl_engine *engine)
{
    int count = 0;
    for (int i = 0; i < SL_SLOTS; i++)
        count += engine->workers[i].busy && !engine->workers[i].held;
    return count;
}

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
             engine->needs.committing + engine->live[SL_JOB_ACCEPTED] > 0));
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

static bool start_held(struct sl_engine *engine, struct sl_task *task)
{
    const int16_t slot = task->slot;
    if (!sl_task_step(engine, task, SL_IN_START))
        return false;
    sl_worker_unhold(&engine->workers[slot]);
    return true;
}

static bool start_fresh(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_worker *worker = sl_engine_idle_worker(engine);
    if (worker == NULL)
        return false;
    task->attempts++;
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
        sl_heap_remove(&engine->queue, &task->node);
        sl_heap_push(&engine->to_hash, &task->node, task->rank);
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
    if (!sl_provider_health_is_full(&engine->health))
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
