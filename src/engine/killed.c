/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* killed.c - a file in parts whose last run was killed in the middle: what was on its way is lost,
 * and less of it is worth risking again. */
#include "sluice/text.h"

#include "inside.h"
#include "plan.h"

enum {
    DIVISOR = 16,
    LEAST_TIMES = 4,   /* of the smallest parts for a slow line */
    PARTS_MOST = 4096, /* of one file from this */
};

static uint64_t left_bytes(const struct sl_split *split)
{
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < split->count; i++)
        bytes += split->parts[i].state == SL_JOB_QUEUED ? split->parts[i].size_bytes : 0;
    return bytes;
}

static void say(struct sl_engine *engine, const struct sl_task *task, uint64_t shard_bytes)
{
    char size[SL_TEXT_SHORT];
    struct sl_event event = {.type = SL_EVENT_NOTE, .job = {.id = task->id}};
    sl_text_size(size, shard_bytes);
    sl_err_set(&event.err, SL_ENET,
               "the last run was killed in the middle of it, so the rest is sent in parts of %s",
               size);
    sl_engine_say(engine, &event, task->path);
}

void sl_parts_after_kill(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_split *split = task->split;
    if (split == NULL || engine->options.split_bytes != SL_SPLIT_AUTO)
        return;
    uint64_t least = engine->options.split_least_bytes * LEAST_TIMES;
    uint64_t most = 0;
    if (least < left_bytes(split) / PARTS_MOST)
        least = left_bytes(split) / PARTS_MOST;
    for (uint32_t i = 0; i < split->count && engine->broken.code == SL_OK; i++) {
        const uint64_t size = split->parts[i].size_bytes;
        const uint64_t shard = sl_shard_floor(size / DIVISOR > least ? size / DIVISOR : least);
        if (split->parts[i].state != SL_JOB_QUEUED || shard * 2 > size)
            continue;
        const uint32_t before = split->count;
        sl_part_cut(engine, task, &split->parts[i], shard);
        i += split->count - before;
        most = shard > most ? shard : most;
    }
    if (most > 0)
        say(engine, task, most);
}
