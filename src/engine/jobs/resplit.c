/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * resplit.c - what waits of a file in parts is cut smaller than it was planned: after its run was
 * killed in the middle, because what was on its way is lost and less of it is worth risking again;
 * and when the line turned out to be slower, before each part finds that out for itself. A file
 * that was to be one piece is cut after the second kill.
 */
#include "sluice/text.h"

#include "core/engine_internal.h"
#include "work/plan.h"

enum {
    DIVISOR = 4,
    LEAST_TIMES = 8,  /* of the smallest parts for a slow line */
    RISKY_TIMES = 64, /* of these: a whole file that is worth cutting after a second kill */
    KILLED_TWICE = 2,
    PARTS_MOST = 4096, /* of one file from this */
};

static uint64_t left_bytes(const struct sl_split *split)
{
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < split->count; i++)
        bytes += split->parts[i].state == SL_JOB_QUEUED ? split->parts[i].size_bytes : 0;
    return bytes;
}

static void say(struct sl_engine *engine, const struct sl_task *task, const char *why,
                uint64_t shard_bytes)
{
    char size[SL_TEXT_SHORT];
    struct sl_event event = {.type = SL_EVENT_NOTE, .job = {.id = task->id}};
    sl_text_size(size, shard_bytes);
    sl_err_set(&event.err, SL_ENET, "%s is sent in parts of %s", why, size);
    sl_engine_say(engine, &event, task->path);
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
        say(engine, task, "the last run was killed in the middle of it, so the rest", most);
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
            say(engine, task, "runs were killed in the middle of it twice, so it", shard);
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
