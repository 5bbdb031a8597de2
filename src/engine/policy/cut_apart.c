/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * cut_apart.c - pieces that differ only in the zeros at their end. They have the same root, and
 * providers know a piece by its root, so a provider cannot store the second of two. Such a piece is
 * cut at other places instead.
 *
 * Within one file the engine sees this once the parts are hashed, before anything is sent. For
 * pieces that others have stored, the provider reports it once it has the bytes (upload.h), before
 * anything is signed.
 */
#include "policy/cut_apart.h"

#include <stdlib.h>
#include <string.h>

#include "sluice/text.h"

#include "core/transaction.h"
#include "jobs/part.h"
#include "policy/resplit.h"
#include "work/plan.h"

static void emit_cut(struct sl_engine *engine, const struct sl_task *task, const struct sl_err *why,
                     uint64_t shard_bytes)
{
    char size[SL_TEXT_SHORT];
    struct sl_event event = {.type = SL_EVENT_NOTE, .job = {.id = task->id}, .err = *why};
    sl_text_size(size, shard_bytes);
    sl_err_ctx(&event.err, "stored in parts of %s instead", size);
    sl_engine_emit(engine, &event, task->path);
}

static int cannot_be_cut(const struct sl_engine *engine, struct sl_err *err)
{
    if (engine->options.split_bytes == SL_SPLIT_NEVER)
        sl_err_ctx(err, "split = never keeps it in one piece: use split = auto, or another "
                        "--provider");
    else
        sl_err_ctx(err, "too short to be stored in two parts instead: use another --provider");
    return SL_EALIKE;
}

static uint64_t cut_of(const struct sl_part *part)
{
    const struct sl_piece_id piece = sl_part_piece(part);
    return sl_plan_apart(part->size_bytes, sl_piece_is_zeros(&piece));
}

int sl_part_cut_apart(struct sl_engine *engine, struct sl_task *task, struct sl_part *part,
                      struct sl_err *err)
{
    const uint32_t before = task->split->count;
    const uint64_t shard = part->has_piece ? cut_of(part) : 0;
    if (shard != 0 && engine->options.split_bytes != SL_SPLIT_NEVER)
        sl_part_cut(engine, task, part, shard);
    if (task->split->count == before)
        return cannot_be_cut(engine, err);
    emit_cut(engine, task, err, shard);
    return SL_OK;
}

int sl_task_cut_apart(struct sl_engine *engine, struct sl_task *task, struct sl_err *err)
{
    const uint64_t shard = sl_plan_apart(task->file.size_bytes, false);
    if (shard == 0 || engine->options.split_bytes == SL_SPLIT_NEVER)
        return cannot_be_cut(engine, err);
    if (!sl_task_split(engine, task, shard))
        return engine->broken.code;
    emit_cut(engine, task, err, shard);
    return SL_OK;
}

void sl_part_is_alike(struct sl_engine *engine, struct sl_task *task, struct sl_part *part,
                      const struct sl_err *err)
{
    struct sl_err why = *err;
    if (sl_part_cut_apart(engine, task, part, &why) < 0)
        sl_part_keep_error(&task->split->failed, &why);
}

/* ---- the parts of one file ---- */

static bool is_placed(const struct sl_part *part)
{
    return part->state != SL_JOB_QUEUED;
}

/* Sort by root. Among equal roots, the part whose length stays comes first: a part that already has
 * its place, or else the longest, because many parts often share that length. */
static int compare(const void *a_, const void *b_)
{
    const struct sl_part *a = *(const struct sl_part *const *)a_;
    const struct sl_part *b = *(const struct sl_part *const *)b_;
    const int by_root = memcmp(a->root, b->root, sizeof a->root);
    if (by_root != 0)
        return by_root;
    if (is_placed(a) != is_placed(b))
        return is_placed(a) ? -1 : 1;
    return (a->size_bytes < b->size_bytes) - (a->size_bytes > b->size_bytes);
}

/* Find the parts that must be cut, by id. Returns their number. */
static size_t find_alike(int *ids, const struct sl_part **sorted, const struct sl_split *split)
{
    size_t count = 0;
    for (uint32_t i = 0; i < split->count; i++)
        sorted[i] = &split->parts[i];
    /* pointers. NOLINTNEXTLINE(bugprone-sizeof-expression) */
    qsort((void *)sorted, split->count, sizeof *sorted, compare);
    const struct sl_part *stays = sorted[0];
    for (uint32_t i = 1; i < split->count; i++) {
        const struct sl_part *part = sorted[i];
        if (memcmp(part->root, stays->root, sizeof part->root) != 0)
            stays = part;
        else if (part->size_bytes != stays->size_bytes && !is_placed(part))
            ids[count++] = part->id;
    }
    return count;
}

static int cut_all(struct sl_engine *engine, struct sl_task *task, const int *ids, size_t count,
                   struct sl_err *err)
{
    int rc = SL_OK;
    for (size_t i = 0; i < count && rc == SL_OK; i++) {
        struct sl_err why = {0};
        sl_err_set(&why, SL_EALIKE,
                   "two parts of this file differ only in the zeros at their end, and "
                   "a provider stores one length for both");
        rc = sl_part_cut_apart(engine, task, sl_split_find(task->split, ids[i]), &why);
        if (rc < 0)
            *err = why;
    }
    return rc;
}

int sl_parts_cut_apart(struct sl_engine *engine, struct sl_task *task, struct sl_err *err)
{
    const struct sl_split *split = task->split;
    int *ids = calloc(split->count, sizeof *ids);
    /* pointers. NOLINTNEXTLINE(bugprone-sizeof-expression) */
    const struct sl_part **sorted = (const struct sl_part **)calloc(split->count, sizeof *sorted);
    int rc = SL_OK;
    if (ids == NULL || sorted == NULL)
        rc = sl_err_set(err, SL_ENOMEM, "out of memory for the parts of a file");
    else
        rc = cut_all(engine, task, ids, find_alike(ids, sorted, split), err);
    free((void *)sorted);
    free(ids);
    return rc;
}
