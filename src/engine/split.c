/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "split.h"

#include <stdlib.h>
#include <string.h>

#include "plan.h"
#include "tasks.h"

struct sl_split *sl_split_new(struct sl_task *task)
{
    struct sl_split *split = calloc(1, sizeof *split);
    if (split == NULL)
        return NULL;
    split->task = task;
    split->at_once = UINT32_MAX;
    split->total = sl_total_new(task->attempts);
    if (split->total == NULL) {
        free(split);
        return NULL;
    }
    return split;
}

void sl_split_free(struct sl_split *split)
{
    if (split == NULL)
        return;
    sl_total_unref(split->total);
    free(split->failed);
    free(split->missing);
    free(split->parts);
    free(split);
}

static bool has_state(const struct sl_part *part, enum sl_job_state state)
{
    return part->state == (uint8_t)state;
}

bool sl_part_is_delivered(const struct sl_part *part)
{
    return has_state(part, SL_JOB_ACCEPTED) || has_state(part, SL_JOB_STORED) ||
           has_state(part, SL_JOB_CONFIRMED);
}

/* ---- making ---- */

static struct sl_part new_part(int id, struct sl_plan_range range)
{
    return (struct sl_part){.offset_bytes = range.offset_bytes,
                            .size_bytes = (uint32_t)range.size_bytes,
                            .id = id,
                            .state = SL_JOB_QUEUED};
}

struct sl_split *sl_split_plan(struct sl_task *task, uint64_t shard_bytes)
{
    struct sl_split *split = sl_split_new(task);
    if (split == NULL)
        return NULL;
    const uint64_t size = task->file.size_bytes;
    const uint64_t count = sl_plan_count(size, shard_bytes);
    split->parts = calloc(count, sizeof *split->parts);
    if (split->parts == NULL) {
        sl_split_free(split);
        return NULL;
    }
    for (uint64_t i = 0; i < count; i++)
        split->parts[i] = new_part((int)i + 1, sl_plan_range(size, shard_bytes, i));
    split->count = split->in_state[SL_JOB_QUEUED] = (uint32_t)count;
    return split;
}

static int make_room(struct sl_split *split, size_t count)
{
    struct sl_part *parts = realloc(split->parts, count * sizeof *parts);
    if (parts == NULL)
        return SL_ENOMEM;
    split->parts = parts;
    return SL_OK;
}

static uint64_t end_of(const struct sl_split *split)
{
    if (split->count == 0)
        return 0;
    const struct sl_part *last = &split->parts[split->count - 1];
    return last->offset_bytes + last->size_bytes;
}

int sl_split_add(struct sl_split *split, const struct sl_job_part *part)
{
    const struct sl_plan_range range = {part->offset_bytes, part->size_bytes};
    if (part->offset_bytes != end_of(split) || part->size_bytes == 0)
        return SL_EFORMAT;
    /* one at a time, but room for many: a power of two */
    if ((split->count & (split->count - 1)) == 0 &&
        make_room(split, split->count == 0 ? 1 : (size_t)split->count * 2) < 0)
        return SL_ENOMEM;
    struct sl_part *added = &split->parts[split->count++];
    *added = new_part(part->id, range);
    split->in_state[SL_JOB_QUEUED]++;
    if (part->has_piece)
        sl_part_set_piece(split, added, &part->piece);
    if (part->has_piece && sl_job_state_delivered(part->state)) {
        sl_part_set_state(split, added, part->state);
        sl_total_add(split->total, part->size_bytes, part->size_bytes);
    }
    return SL_OK;
}

int sl_split_cut(struct sl_split *split, struct sl_part *part, uint64_t shard_bytes)
{
    const struct sl_part old = *part;
    const size_t at = (size_t)(part - split->parts);
    const size_t count = sl_plan_count(old.size_bytes, shard_bytes);
    int divisor = 2;
    while ((size_t)divisor < count)
        divisor *= 2;
    if (sl_job_part_child_id(old.id, divisor, divisor - 1) == 0)
        return SL_EINVAL;
    if (make_room(split, (split->count + count) * 2) < 0)
        return SL_ENOMEM;
    memmove(&split->parts[at + count], &split->parts[at + 1],
            (split->count - at - 1) * sizeof *split->parts);
    for (size_t i = 0; i < count; i++) {
        struct sl_plan_range range = sl_plan_range(old.size_bytes, shard_bytes, i);
        range.offset_bytes += old.offset_bytes;
        split->parts[at + i] = new_part(sl_job_part_child_id(old.id, divisor, (int)i), range);
    }
    split->count += (uint32_t)count - 1;
    split->in_state[old.state]--;
    split->in_state[SL_JOB_QUEUED] += (uint32_t)count;
    split->with_piece -= old.has_piece;
    return SL_OK;
}

/* ---- looking ---- */

struct sl_part *sl_split_find(struct sl_split *split, int id)
{
    for (uint32_t i = 0; i < split->count; i++) {
        if (split->parts[i].id == id)
            return &split->parts[i];
    }
    return NULL;
}

struct sl_part *sl_split_next(struct sl_split *split, int64_t now_ms, int64_t *due_ms)
{
    *due_ms = INT64_MAX;
    if (split->in_state[SL_JOB_UPLOADING] >= split->at_once)
        return NULL;
    while (split->first < split->count && sl_part_is_delivered(&split->parts[split->first]))
        split->first++;
    for (uint32_t i = split->first; i < split->count; i++) {
        struct sl_part *part = &split->parts[i];
        if (!has_state(part, SL_JOB_QUEUED) || !part->has_piece)
            continue;
        if (part->due_ms <= now_ms)
            return part;
        if (part->due_ms < *due_ms)
            *due_ms = part->due_ms;
    }
    return NULL;
}

struct sl_piece_id sl_part_piece(const struct sl_part *part)
{
    struct sl_piece_id piece = {.payload_bytes = part->size_bytes,
                                .height = sl_piece_height(part->size_bytes)};
    memcpy(piece.root, part->root, sizeof piece.root);
    return piece;
}

struct sl_job_part sl_part_record(const struct sl_part *part)
{
    struct sl_job_part record = {
        .id = part->id,
        .offset_bytes = part->offset_bytes,
        .size_bytes = part->size_bytes,
        .state = has_state(part, SL_JOB_WAITING) ? SL_JOB_QUEUED : (enum sl_job_state)part->state,
        .has_piece = part->has_piece};
    if (part->has_piece)
        record.piece = sl_part_piece(part);
    return record;
}

bool sl_split_is_sent(const struct sl_split *split)
{
    return split->in_state[SL_JOB_ACCEPTED] + split->in_state[SL_JOB_STORED] +
               split->in_state[SL_JOB_CONFIRMED] ==
           split->count;
}

int sl_split_whole(const struct sl_split *split, uint64_t shard_bytes, struct sl_piece_id *whole,
                   struct sl_err *err)
{
    struct sl_piece_id *pieces = calloc(split->count, sizeof *pieces);
    if (pieces == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for the parts of a file");
    for (uint32_t i = 0; i < split->count; i++)
        pieces[i] = sl_part_piece(&split->parts[i]);
    const int rc = sl_piece_combine(whole, pieces, split->count, shard_bytes, err);
    free(pieces);
    return rc;
}

/* ---- changing ---- */

void sl_part_set_state(struct sl_split *split, struct sl_part *part, enum sl_job_state state)
{
    const uint32_t at = (uint32_t)(part - split->parts);
    split->in_state[part->state]--;
    split->in_state[state]++;
    part->state = (uint8_t)state;
    if (!sl_part_is_delivered(part) && at < split->first)
        split->first = at;
}

void sl_part_set_piece(struct sl_split *split, struct sl_part *part,
                       const struct sl_piece_id *piece)
{
    split->with_piece += !part->has_piece;
    part->has_piece = true;
    memcpy(part->root, piece->root, sizeof part->root);
}

void sl_part_forget_piece(struct sl_split *split, struct sl_part *part)
{
    split->with_piece -= part->has_piece;
    part->has_piece = false;
}
