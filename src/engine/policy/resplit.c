/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * resplit.c - into which parts a file is cut, and when what waits of it is cut smaller: after its
 * run was killed in the middle, because what was on its way is lost and less of it is worth risking
 * again; and when the line turned out to be slower, before each part finds that out for itself. A
 * file that was to be one piece is cut after the second kill.
 */
#include "policy/resplit.h"

#include "sluice/text.h"

#include "core/transaction.h"
#include "jobs/parts.h"
#include "work/plan.h"

enum {
    DIVISOR = 4,
    LEAST_TIMES = 8,  /* of the smallest parts for a slow line */
    RISKY_TIMES = 64, /* of these: a whole file that is worth cutting after a second kill */
    KILLED_TWICE = 2,
    PARTS_MOST = 4096, /* of one file from this */
};

/* ---- plans ---- */

static struct sl_plan_ask ask_of(const struct sl_engine *engine, uint64_t file_bytes)
{
    const struct sl_engine_options *options = &engine->options;
    return (struct sl_plan_ask){.file_bytes = file_bytes,
                                .split_bytes = options->split_bytes,
                                .rate_bytes_per_s = engine->rate_bytes_per_s,
                                .limit_ms = options->request_limit_ms,
                                .least_bytes = options->split_least_bytes};
}

uint64_t sl_engine_shard(const struct sl_engine *engine, uint64_t bytes)
{
    const struct sl_plan_ask ask = ask_of(engine, bytes);
    return sl_plan_shard(&ask);
}

uint64_t sl_task_smaller(const struct sl_engine *engine, uint64_t bytes, bool too_slow)
{
    const uint64_t fits = too_slow ? sl_engine_shard(engine, bytes) : 0;
    return fits != 0 ? fits : sl_plan_smaller(bytes, engine->options.split_least_bytes);
}

void sl_task_blame_split(struct sl_err *why, uint64_t shard_bytes, bool too_slow)
{
    char size[SL_TEXT_SHORT];
    sl_text_size(size, shard_bytes);
    sl_err_ctx(why, "%s, so it is sent in parts of %s from now on",
               too_slow ? "the line is slow" : "it broke off twice", size);
}

void sl_engine_rate(struct sl_engine *engine, uint64_t bytes_per_s, bool too_slow)
{
    struct sl_err err = {0};
    const uint64_t before = engine->rate_bytes_per_s;
    /* a stream that had to be broken off counts for itself */
    const uint64_t now = before == 0 || too_slow ? bytes_per_s : (before * 3 + bytes_per_s) / 4;
    if (now == before || sl_engine_txn_begin(engine) < 0)
        return;
    engine->rate_bytes_per_s = now;
    if (sl_journal_set_rate(engine->journal, engine->url, now, &err) < 0)
        sl_engine_break(engine, &err);
}

static bool write_plan(struct sl_engine *engine, const struct sl_task *task, struct sl_err *err)
{
    const struct sl_split *split = task->split;
    int rc = sl_journal_drop_parts(engine->journal, task->id, 0, err);
    for (uint32_t i = 0; rc >= 0 && i < split->count; i++) {
        const struct sl_job_part part = sl_part_record(&split->parts[i]);
        rc = sl_journal_put_part(engine->journal, task->id, &part, err);
    }
    return rc >= 0;
}

bool sl_task_split(struct sl_engine *engine, struct sl_task *task, uint64_t shard_bytes)
{
    struct sl_err err = {0};
    if (sl_engine_txn_begin(engine) < 0)
        return false;
    sl_task_unsplit(engine, task);
    task->split = sl_split_plan(task, shard_bytes);
    task->shard_bytes = shard_bytes;
    if (task->split == NULL)
        sl_err_set(&err, SL_ENOMEM, "out of memory for the parts of a file");
    else
        sl_task_bound_parts(engine, task);
    if (task->split != NULL && write_plan(engine, task, &err))
        return true;
    sl_engine_break(engine, &err);
    return false;
}

/* ---- smaller parts ---- */

void sl_part_cut(struct sl_engine *engine, struct sl_task *task, struct sl_part *part,
                 uint64_t shard_bytes)
{
    struct sl_err err = {0};
    struct sl_split *split = task->split;
    const int id = part->id;
    const uint32_t at = (uint32_t)(part - split->parts);
    const uint32_t before = split->count;
    if (sl_split_cut(split, part, shard_bytes) < 0 || sl_engine_txn_begin(engine) < 0)
        return;
    int rc = sl_journal_drop_parts(engine->journal, task->id, id, &err);
    for (uint32_t i = at; rc >= 0 && i <= at + split->count - before; i++) {
        const struct sl_job_part record = sl_part_record(&split->parts[i]);
        rc = sl_journal_put_part(engine->journal, task->id, &record, &err);
    }
    if (rc < 0)
        sl_engine_break(engine, &err);
}

static uint64_t left_bytes(const struct sl_split *split)
{
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < split->count; i++)
        bytes += split->parts[i].state == SL_JOB_QUEUED ? split->parts[i].size_bytes : 0;
    return bytes;
}

static void emit_resplit(struct sl_engine *engine, const struct sl_task *task, const char *why,
                         uint64_t shard_bytes)
{
    char size[SL_TEXT_SHORT];
    struct sl_event event = {.type = SL_EVENT_NOTE, .job = {.id = task->id}};
    sl_text_size(size, shard_bytes);
    sl_err_set(&event.err, SL_ENET, "%s is sent in parts of %s", why, size);
    sl_engine_emit(engine, &event, task->path);
}

/* Cuts what waits, each part as `shard_for` says (0: it stays); the largest of the new parts. */
typedef uint64_t (*shard_fn)(const struct sl_engine *engine, uint64_t size_bytes, uint64_t least);

static uint64_t cut_waiting(struct sl_engine *engine, struct sl_task *task, shard_fn shard_for,
                            uint64_t least)
{
    struct sl_split *split = task->split;
    uint64_t most = 0;
    for (uint32_t i = 0; i < split->count && engine->broken.code == SL_OK; i++) {
        const uint64_t size = split->parts[i].size_bytes;
        const uint64_t shard = shard_for(engine, size, least);
        if (split->parts[i].state != SL_JOB_QUEUED || shard == 0 || shard * 2 > size)
            continue;
        const uint32_t before = split->count;
        sl_part_cut(engine, task, &split->parts[i], shard);
        i += split->count - before;
        most = shard > most ? shard : most;
    }
    return most;
}

static uint64_t shard_after_kill(const struct sl_engine *engine, uint64_t size_bytes,
                                 uint64_t least)
{
    (void)engine;
    return sl_shard_floor(size_bytes / DIVISOR > least ? size_bytes / DIVISOR : least);
}

static void cut_after_kill(struct sl_engine *engine, struct sl_task *task)
{
    uint64_t least = engine->options.split_least_bytes * LEAST_TIMES;
    if (least < left_bytes(task->split) / PARTS_MOST)
        least = left_bytes(task->split) / PARTS_MOST;
    const uint64_t most = cut_waiting(engine, task, shard_after_kill, least);
    if (most > 0)
        emit_resplit(engine, task, "the last run was killed in the middle of it, so the rest",
                     most);
}

/* A kill counts, for a file that is worth it, once: the second one is then known as such. */
static void split_after_kill(struct sl_engine *engine, struct sl_task *task)
{
    const uint64_t size = task->file.size_bytes;
    const uint64_t least = engine->options.split_least_bytes;
    if (engine->options.split_bytes == SL_SPLIT_AUTO && size / RISKY_TIMES >= least) {
        if (task->attempts < KILLED_TWICE)
            return;
        const uint64_t shard = sl_task_smaller(engine, size, false);
        if (shard != 0 && sl_task_split(engine, task, shard))
            emit_resplit(engine, task, "runs were killed in the middle of it twice, so it", shard);
    }
    sl_task_uncount(task);
}

void sl_task_after_kill(struct sl_engine *engine, struct sl_task *task)
{
    if (task->shard_bytes == 0)
        split_after_kill(engine, task);
    else if (task->split != NULL && engine->options.split_bytes == SL_SPLIT_AUTO)
        cut_after_kill(engine, task);
}

static uint64_t shard_for_rate(const struct sl_engine *engine, uint64_t size_bytes, uint64_t least)
{
    (void)least;
    return sl_engine_shard(engine, size_bytes);
}

void sl_parts_fit_rate(struct sl_engine *engine, struct sl_task *task)
{
    (void)cut_waiting(engine, task, shard_for_rate, 0);
}
