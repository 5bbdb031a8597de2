/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* job.h - the record of a file to upload, shared by journal, engine and screen. Layer: store. */
#ifndef SL_JOB_H
#define SL_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "sluice/err.h"
#include "sluice/mark.h"
#include "sluice/piece.h"

/*
 * X(id, name, sign, ascii sign, finished, word for people). The name stands in the journal and in
 * --json output, so a row keeps its name for ever. Only a command leaves a `finished` state.
 */
#define SL_JOB_STATES(X)                                                                           \
    X(SL_JOB_QUEUED, "queued", "·", ".", false, "queued")                                          \
    X(SL_JOB_UPLOADING, "uploading", "↑", "^", false, "uploading")                                 \
    X(SL_JOB_ACCEPTED, "accepted", "⋯", "~", false, "accepted, parking")                           \
    X(SL_JOB_STORED, "stored", "✓", "*", true, "stored")                                           \
    X(SL_JOB_PAUSED, "paused", "‖", "=", false, "paused")                                          \
    X(SL_JOB_WAITING, "waiting", "⟳", "o", false, "waiting to try again")                          \
    X(SL_JOB_FAILED, "failed", "✗", "x", true, "failed")                                           \
    X(SL_JOB_CANCELLED, "cancelled", "-", "-", true, "cancelled")                                  \
    X(SL_JOB_HASHING, "hashing", "#", "#", false, "hashing") /* before it is split or compared */  \
    X(SL_JOB_PARKED, "parked", "⛁", "+", false, "parked, to be committed")                         \
    X(SL_JOB_COMMITTING, "committing", "⋯", "%", false, "being committed")                         \
    X(SL_JOB_CONFIRMED, "confirmed", "✓", "*", true, "confirmed")                                  \
    X(SL_JOB_DELETED, "deleted", "∅", "0", true, "deleted") /* its bytes were removed */

#define SL_JOB_ENUM(id, name, sign, ascii, finished, word) id,
enum sl_job_state { SL_JOB_STATES(SL_JOB_ENUM) SL_JOB_STATE_COUNT };
#undef SL_JOB_ENUM

const char *sl_job_state_name(enum sl_job_state state);
const char *sl_job_state_word(enum sl_job_state state);
const char *sl_job_state_sign(enum sl_job_state state, bool ascii);
bool sl_job_state_finished(enum sl_job_state state);
/** Whether the provider has all bytes: accepted and all later states. */
bool sl_job_state_delivered(enum sl_job_state state);
/** SL_JOB_STATE_COUNT for an unknown name. */
enum sl_job_state sl_job_state_of_name(const char *name);

enum { SL_JOB_TX_CHARS = 67 }; /* "0x", 64 digits and NUL */

/** The state of a job's copies on chain. A plain value. */
struct sl_job_copies {
    uint8_t wanted;       /* copies that the user wants; 0: do not commit */
    uint8_t landed;       /* of a split file: of the part with the fewest */
    uint16_t batch;       /* COMMITTING: pieces in its transaction; 0: unknown */
    uint64_t data_set_id; /* of the first copy of the first piece; 0: none has landed */
    uint64_t piece_id;
    char tx[SL_JOB_TX_CHARS]; /* COMMITTING: the transaction, "" while it is not known */
};

/** Plain value without pointers; path and provider URL travel beside it. */
struct sl_job {
    int64_t id; /* > 0, the journal's */
    enum sl_job_state state;
    int64_t rank;             /* place in the queue, smaller first; see sl_rank_priority() */
    struct sl_file_mark file; /* its mark when it was queued or read; holds for its parts, too */
    int64_t added_ms;         /* Unix ms */
    int64_t changed_ms;       /* Unix ms of the last change of state */
    int64_t next_try_ms;      /* Unix ms; WAITING only, else 0 */
    int attempts;             /* uploads begun; `retry` resets it */
    bool has_piece;           /* piece is valid: all bytes were hashed */
    bool already_stored; /* no bytes were sent: the provider had the piece from an earlier run */
    struct sl_piece_id piece; /* of the whole file, also when it is split */
    struct sl_err err;        /* why it waits or failed, or why a copy is missing; code 0 otherwise.
                                 CANCELLED and split: which parts are stored */
    /* a file that is cut into parts, each a piece of its own; 0 for a file of one piece */
    uint64_t shard_bytes;  /* it is cut at multiples of this, 127 * 2^k */
    uint32_t parts;        /* that it is cut into */
    uint32_t parts_stored; /* that the provider lists */
    uint64_t sent_bytes;   /* bytes that the provider had or that were on the way at that time */
    bool held; /* PAUSED: its connection is kept, and the bytes sent so far still count */
    struct sl_job_copies copies;
    int64_t wish_id;            /* how its copies are placed: struct sl_wish; 0: not known */
    uint32_t limit_bytes_per_s; /* of all uploads of this file together; 0: none */
};

/** The number of missing copies of a confirmed job; 0 in any other state. */
uint8_t sl_job_missing_copies(const struct sl_job *job);

/* ---- parts of a file ---- */

/** A piece of a file that is split. Plain value. */
struct sl_job_part {
    int id; /* > 0; sl_job_part_label() shows it */
    uint64_t offset_bytes;
    uint64_t size_bytes;
    enum sl_job_state state; /* queued, accepted, stored, confirmed, or failed (its commit was given
                                up); uploading in events only */
    bool has_piece;
    struct sl_piece_id piece;
};

enum {
    SL_PARTS_MAX = 65536,   /* that a file is cut into at first */
    SL_PART_SUB_SHIFT = 17, /* an id has the part's number, 1 .. SL_PARTS_MAX, in its lower bits;
                               the upper bits are 0, or divisor + index if the part was cut again */
    SL_PART_LABEL_CHARS = 40,
};

/** The id of piece `index` of `divisor` (a power of two, 2 or more) of a part, which may be such a
 * piece itself. 0: the id would be too large. */
int sl_job_part_child_id(int id, int divisor, int index);

/** "3/12", or "3.2-4/12" for the second quarter of part 3, which was cut again after the file was
 * planned. A part keeps its label, whatever happens to the other parts. */
void sl_job_part_label(char out[static SL_PART_LABEL_CHARS], const struct sl_job *job, int part_id);

/*
 * A rank is a place among the jobs of one priority, 1 .. 2^40 - 1, minus priority * 2^40. The ranks
 * thus give the order of the queue, and the journal keeps both in one number.
 */
enum { SL_PRIORITY_MAX = 9 }; /* and least: -9 */
int sl_rank_priority(int64_t rank);
int64_t sl_rank_place(int64_t rank);
/** The priority is clamped to its bounds. */
int64_t sl_rank_of(int priority, int64_t place);

#endif
