/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "policy/limits.h"

#include "sluice/text.h"

#include "core/transaction.h"
#include "jobs/persistence.h"

enum {
    SLOW_DEFAULT = 1000000,
    REQUEST_LIMIT_MS = 30 * 60000, /* docs/PROTOCOL.md "Storage provider" */
    DRAIN_MOST_MS = 5 * 60000,
    LOOK_AGAIN_MS = 5 * 60000, /* the wall clock may have been set meanwhile */
};

/* ---- pure ---- */

bool sl_limit_is_too_low(uint64_t left_bytes, uint64_t bytes_per_s, int64_t left_ms)
{
    if (bytes_per_s == 0)
        return false;
    return left_ms <= 0 || (double)left_bytes * 1000 > (double)bytes_per_s * (double)left_ms;
}

uint64_t sl_limit_needed(uint64_t left_bytes, int64_t left_ms)
{
    return left_ms > 0 ? (uint64_t)((double)left_bytes * 1250 / (double)left_ms) + 1 : 0;
}

/* ---- what holds ---- */

static uint64_t in_force(const struct sl_limits *limits)
{
    return limits->in_slow_mode ? limits->slow : limits->normal;
}

static void changed(struct sl_engine *engine)
{
    engine->limits.stale = true;
    engine->limits.told = false;
}

static int64_t wall_ms(const struct sl_engine *engine)
{
    return sl_wall_ms(&engine->options.clock);
}

static void read_table(struct sl_engine *engine)
{
    struct sl_limits *limits = &engine->limits;
    const int64_t now = wall_ms(engine);
    limits->normal = sl_timetable_rate(&limits->table, now);
    limits->table_next_ms = sl_timetable_next(&limits->table, now);
    changed(engine);
}

static void set_stop_at(struct sl_engine *engine, int minute)
{
    const bool valid = minute >= 0 && minute < 24 * 60;
    engine->limits.stop_at_ms = valid ? sl_day_minute_next(minute, wall_ms(engine)) : INT64_MAX;
}

void sl_engine_limits_start(struct sl_engine *engine)
{
    struct sl_limits *limits = &engine->limits;
    struct sl_engine_options *options = &engine->options;
    limits->drain_until_ms = INT64_MAX;
    limits->table = options->limit;
    limits->slow = options->slow_bytes_per_s > 0 ? options->slow_bytes_per_s : SLOW_DEFAULT;
    if (options->request_limit_ms <= 0)
        options->request_limit_ms = REQUEST_LIMIT_MS;
    read_table(engine);
    limits->told = limits->normal == 0; /* that is what a face takes for granted */
    set_stop_at(engine, options->stop_at_minute - 1);
}

/* ---- commands ---- */

static void limit_job(struct sl_engine *engine, int64_t job_id, int bytes_per_s)
{
    struct sl_task *task = sl_tasks_by_id(&engine->tasks, job_id);
    if (task == NULL)
        return;
    task->limit_bytes_per_s = bytes_per_s > 0 ? (uint32_t)bytes_per_s : 0;
    engine->limits.stale = true;
    sl_task_save(engine, task);
}

bool sl_engine_limits_command(struct sl_engine *engine, const struct sl_msg_command *command)
{
    struct sl_limits *limits = &engine->limits;
    const int number = command->number;
    switch ((int)command->type) {
    case SL_CMD_LIMIT:
        if (command->job_id != 0) {
            limit_job(engine, command->job_id, number);
            return true;
        }
        limits->normal = number > 0 ? (uint64_t)number : 0;
        limits->in_slow_mode = false;
        changed(engine);
        return true;
    case SL_CMD_SLOW:
        limits->in_slow_mode = number < 0 ? !limits->in_slow_mode : number > 0;
        changed(engine);
        return true;
    case SL_CMD_STOP_AT:
        set_stop_at(engine, number);
        return true;
    default:
        return false;
    }
}

/* ---- the streams ---- */

struct stream {
    uint64_t left_bytes;
    int64_t left_ms; /* until the provider cuts it */
    int64_t run_ms;
    uint64_t sent_bytes;
};

static struct stream look(const struct sl_engine *engine, const struct sl_worker *worker)
{
    const struct sl_throttle *throttle = &worker->upload.throttle;
    const uint64_t body = atomic_load(&throttle->body_bytes);
    const uint64_t sent = atomic_load(&throttle->sent_bytes);
    const int64_t started_ms = atomic_load(&throttle->started_ms);
    const int64_t run_ms = started_ms > 0 ? sl_now_ms(&engine->options.clock) - started_ms : 0;
    return (struct stream){.left_bytes = body > sent ? body - sent : 0,
                           .left_ms = engine->options.request_limit_ms - run_ms,
                           .run_ms = run_ms,
                           .sent_bytes = sent};
}

static bool moves(const struct sl_worker *worker)
{
    return worker->busy && !worker->held && worker->task != NULL;
}

static uint64_t lower(uint64_t a, uint64_t b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

/* A file's limit is for all streams of it together. */
static uint64_t file_share(const struct sl_engine *engine, const struct sl_worker *worker)
{
    uint64_t streams = 0;
    for (int i = 0; i < SL_SLOTS; i++)
        streams += moves(&engine->workers[i]) && engine->workers[i].task == worker->task;
    const uint64_t limit = worker->task->limit_bytes_per_s;
    return limit == 0 || limit / streams > 0 ? limit / streams : 1;
}

static void tell_exempt(struct sl_engine *engine, struct sl_worker *worker, uint64_t needed)
{
    char rate[SL_TEXT_SHORT];
    char limit[SL_TEXT_SHORT];
    struct sl_event event = {.type = SL_EVENT_NOTE, .job = {.id = worker->task->id}};
    if (worker->exempt_told)
        return;
    worker->exempt_told = true;
    sl_text_rate(rate, needed);
    sl_text_duration(limit, engine->options.request_limit_ms);
    sl_err_set(&event.err, SL_EBUSY,
               "the rate limit is too low for this upload: the provider ends an upload after %s, "
               "so it keeps %s",
               limit, needed > 0 ? rate : "its full speed");
    sl_engine_emit(engine, &event, worker->task->path);
}

/* Returns the rate it takes from the others; 0 when it shares the total. */
static uint64_t set_rate(struct sl_engine *engine, struct sl_worker *worker, uint64_t share)
{
    struct sl_throttle *throttle = &worker->upload.throttle;
    const struct stream stream = look(engine, worker);
    const uint64_t file = file_share(engine, worker);
    const bool exempt = sl_limit_is_too_low(stream.left_bytes, lower(share, file), stream.left_ms);
    const uint64_t needed = exempt ? sl_limit_needed(stream.left_bytes, stream.left_ms) : 0;
    bool news =
        sl_bucket_set(&throttle->own, exempt ? needed : file, sl_now_ms(&engine->options.clock));
    news = atomic_exchange(&throttle->exempt, exempt) != exempt || news;
    if (exempt)
        tell_exempt(engine, worker, needed);
    if (news)
        sl_sp_unpause(worker->upload.sp);
    return needed;
}

static int count_streams(const struct sl_engine *engine)
{
    int count = 0;
    for (int i = 0; i < SL_SLOTS; i++)
        count += moves(&engine->workers[i]);
    return count;
}

bool sl_engine_limits_allow(const struct sl_engine *engine, const struct sl_task *task)
{
    const uint64_t limit = in_force(&engine->limits);
    const uint64_t streams = (uint64_t)count_streams(engine) + 1;
    if (limit == 0 || streams == 1)
        return true;
    for (int i = 0; i < SL_SLOTS; i++) {
        const struct sl_worker *worker = &engine->workers[i];
        const struct stream stream = look(engine, worker);
        if (moves(worker) && !atomic_load(&worker->upload.throttle.exempt) &&
            sl_limit_is_too_low(stream.left_bytes, limit / streams, stream.left_ms))
            return false;
    }
    const uint64_t piece = task->shard_bytes > 0 ? task->shard_bytes : task->file.size_bytes;
    return !sl_limit_is_too_low(piece, limit / streams, engine->options.request_limit_ms);
}

/* The streams that share the total look at it again. */
static void set_total(struct sl_engine *engine, uint64_t bytes_per_s)
{
    if (!sl_bucket_set(&engine->limits.total, bytes_per_s, sl_now_ms(&engine->options.clock)))
        return;
    for (int i = 0; i < SL_SLOTS; i++) {
        if (moves(&engine->workers[i]))
            sl_sp_unpause(engine->workers[i].upload.sp);
    }
}

static void tell(struct sl_engine *engine)
{
    const struct sl_limits *limits = &engine->limits;
    const struct sl_event event = {
        .type = SL_EVENT_LIMIT, .count = in_force(limits), .request_id = limits->in_slow_mode};
    if (!limits->told)
        sl_engine_emit(engine, &event, NULL);
    engine->limits.told = true;
}

void sl_engine_limits_apply(struct sl_engine *engine)
{
    struct sl_limits *limits = &engine->limits;
    const uint64_t limit = in_force(limits);
    const int streams = count_streams(engine);
    tell(engine);
    if (!limits->stale && streams == limits->streams)
        return;
    uint64_t taken = 0;
    for (int i = 0; i < SL_SLOTS; i++) {
        if (moves(&engine->workers[i]))
            taken += set_rate(engine, &engine->workers[i], limit / (uint64_t)streams);
    }
    const uint64_t least = limit / 4; /* for those that share it */
    set_total(engine, limit > taken + least ? limit - taken : least);
    limits->stale = false;
    limits->streams = streams;
}

/* ---- times of the day ---- */

/* Whether what runs is through within minutes at the rate it had so far. */
static bool ends_soon(struct sl_engine *engine)
{
    for (int i = 0; i < SL_SLOTS; i++) {
        if (!moves(&engine->workers[i]))
            continue;
        const struct stream stream = look(engine, &engine->workers[i]);
        const double rate =
            stream.run_ms > 0 ? (double)stream.sent_bytes / (double)stream.run_ms : 0;
        if ((double)stream.left_bytes > rate * DRAIN_MOST_MS)
            return false;
    }
    return true;
}

static void stop_as_asked(struct sl_engine *engine)
{
    struct sl_limits *limits = &engine->limits;
    struct sl_event event = {.type = SL_EVENT_NOTE};
    const bool drain = ends_soon(engine);
    limits->stop_at_ms = INT64_MAX;
    sl_err_set(&event.err, SL_ECANCELED, "the stop time has come: %s",
               drain ? "running uploads are finished first"
                     : "unfinished files continue with the next run");
    sl_engine_emit(engine, &event, NULL);
    engine->phase = drain ? SL_DRAINING : SL_STOPPING;
    if (drain)
        limits->drain_until_ms = sl_now_ms(&engine->options.clock) + DRAIN_MOST_MS;
}

void sl_engine_limits_timers(struct sl_engine *engine)
{
    struct sl_limits *limits = &engine->limits;
    if (limits->table_next_ms <= wall_ms(engine))
        read_table(engine);
    if (engine->phase == SL_RUNNING && limits->stop_at_ms <= wall_ms(engine))
        stop_as_asked(engine);
    if (engine->phase == SL_DRAINING && limits->drain_until_ms <= sl_now_ms(&engine->options.clock))
        engine->phase = SL_STOPPING;
}

int64_t sl_engine_limits_next_ms(const struct sl_engine *engine)
{
    const struct sl_limits *limits = &engine->limits;
    const int64_t now = sl_now_ms(&engine->options.clock);
    int64_t next = limits->table_next_ms;
    if (engine->phase == SL_RUNNING && limits->stop_at_ms < next)
        next = limits->stop_at_ms;
    if (next != INT64_MAX) {
        const int64_t wait = next - wall_ms(engine);
        next = now + (wait < LOOK_AGAIN_MS ? wait : LOOK_AGAIN_MS);
    }
    const bool drains = engine->phase == SL_DRAINING && limits->drain_until_ms < next;
    return drains ? limits->drain_until_ms : next;
}
