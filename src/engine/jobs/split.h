/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * split.h - the parts of a file that is cut into several pieces, compact, and what became of each.
 * Engine thread only. What moves them is in parts.c.
 */
#ifndef SL_SPLIT_H
#define SL_SPLIT_H

#include "sluice/job.h"

#include "core/timers.h"
#include "work/file_progress.h"

struct sl_park_query;

struct sl_part {
    uint64_t offset_bytes;
    int64_t due_ms;               /* QUEUED: not before this monotonic time */
    struct sl_park_query *parked; /* ACCEPTED: the park poller's question */
    uint32_t size_bytes;
    uint32_t best_bytes; /* most that any attempt got across */
    int id;              /* struct sl_job_part */
    uint8_t state;       /* enum sl_job_state: see sl_machine_next_part() */
    uint8_t attempts;
    uint8_t claims; /* as those of a task */
    uint8_t copies; /* CONFIRMED: on chain */
    bool has_piece;
    bool verify; /* ACCEPTED: it was listed once */
    uint8_t root[SL_PIECE_ROOT_BYTES];
};

struct sl_split {
    struct sl_timer timer; /* first; the earliest part that waits */
    struct sl_task *task;
    struct sl_split *next_retired;
    struct sl_total *total; /* a reference */
    struct sl_part *parts;  /* by offset */
    uint32_t count;
    uint32_t first; /* those before it are ACCEPTED or STORED */
    uint32_t with_piece;
    uint32_t at_once; /* most that may be UPLOADING; UINT32_MAX: all */
    uint32_t in_state[SL_JOB_STATE_COUNT];
    bool sent_here;         /* bytes were sent in this run: not all was there already */
    bool awake;             /* what an earlier run has stored was looked at */
    struct sl_err *missing; /* owned: why a copy of a part is missing; NULL: none is */
    struct sl_err *failed;  /* owned: starts nothing more, and why; NULL: all is well */
};

/** Parts as planned, without PieceCIDs. NULL: out of memory. Owned: sl_split_free(). */
struct sl_split *sl_split_plan(struct sl_task *task, uint64_t shard_bytes) SL_MUST_CHECK;

/** Empty; parts are added in order of their offset. NULL: out of memory. */
struct sl_split *sl_split_new(struct sl_task *task) SL_MUST_CHECK;
/** Errors: SL_ENOMEM, SL_EFORMAT (it does not begin where the last one ends). */
int sl_split_add(struct sl_split *split, const struct sl_job_part *part) SL_MUST_CHECK;
void sl_split_free(struct sl_split *split);

/** Cut a part that is not under way into pieces of shard_bytes, in its place and without PieceCIDs.
 * Pointers to parts are void. Errors: SL_ENOMEM, SL_EINVAL (its id cannot have children). */
int sl_split_cut(struct sl_split *split, struct sl_part *part, uint64_t shard_bytes) SL_MUST_CHECK;

/** NULL when there is none. */
struct sl_part *sl_split_find(struct sl_split *split, int id);

/** The first part to upload that is hashed and due; NULL: none, or enough are on their way.
 * *due_ms: the earliest of those that wait when there is none, else INT64_MAX. */
struct sl_part *sl_split_next(struct sl_split *split, int64_t now_ms, int64_t *due_ms);

/** Set the state of a part and update its counters; for sl_part_step(). */
void sl_part_set_state(struct sl_split *split, struct sl_part *part, enum sl_job_state state);
void sl_part_set_piece(struct sl_split *split, struct sl_part *part,
                       const struct sl_piece_id *piece);
/** Its PieceCID is void. */
void sl_part_forget_piece(struct sl_split *split, struct sl_part *part);

/** Only with has_piece. */
struct sl_piece_id sl_part_piece(const struct sl_part *part);
/** Whether the provider has all bytes of the part. */
bool sl_part_is_delivered(const struct sl_part *part);
/** The full journal record; a part that waits for another owner is recorded as QUEUED. */
struct sl_job_part sl_part_record(const struct sl_part *part);

/** All bytes are with the provider. */
bool sl_split_is_sent(const struct sl_split *split);

/** The PieceCID of the whole file of whole shards. Errors: SL_ENOMEM, SL_EINVAL. */
int sl_split_whole(const struct sl_split *split, uint64_t shard_bytes, struct sl_piece_id *whole,
                   struct sl_err *err) SL_MUST_CHECK;

#endif
