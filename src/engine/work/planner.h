/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * planner.h - the thread that hashes a file before it is sent, range by range on all cores: the
 * parts of a file that is split, or a file that may be stored already.
 *
 * One file at a time. Each PieceCID comes as a message of its own as soon as it is known, so that
 * the journal has it; the end comes always, and last.
 */
#ifndef SL_PLANNER_H
#define SL_PLANNER_H

#include "sluice/board.h"
#include "sluice/clock.h"
#include "sluice/job.h"
#include "sluice/path.h"
#include "sluice/ring.h"

#include "core/mailbox.h"
#include "work/plan.h"

struct sl_planner;

struct sl_planner_range {
    int id; /* of the part; 0: the whole file */
    struct sl_plan_range range;
};

/** What to hash; made by the engine with malloc() and given. */
struct sl_planner_job {
    int64_t job_id;
    int attempt; /* for the records of progress */
    struct sl_file_mark file;
    uint64_t hashed_bytes;            /* bytes hashed before this report; for progress records */
    const struct sl_guarded *guarded; /* files never to be opened; owned by the engine */
    bool with_whole;                  /* after the ranges, also hash the whole file */
    char path[SL_PATH_BYTES];
    size_t count;
    struct sl_planner_range ranges[];
};

/** SL_MSG_HASHED, owned by the message. */
struct sl_hashed {
    struct sl_msg msg; /* first */
    int64_t job_id;
    int id;
    struct sl_piece_id piece;
};

/** SL_MSG_HASH_END, part of the planner. */
struct sl_hash_end {
    struct sl_msg msg; /* first */
    int rc;            /* SL_ECHANGED: `file` is what it is now */
    struct sl_err err;
    bool has_whole;
    struct sl_piece_id whole;
    struct sl_file_mark file;
};

/** Owned, sl_planner_free(). Errors: SL_ENOMEM. */
int sl_planner_start(struct sl_planner **out, struct sl_mailbox *box, const struct sl_clock *clock,
                     struct sl_err *err) SL_MUST_CHECK;
/** Break off and join; may be repeated, NULL allowed. Its messages may still be unread. */
void sl_planner_stop(struct sl_planner *planner);
void sl_planner_free(struct sl_planner *planner);

/** Engine: hash this; given. Only when the last one has ended. */
void sl_planner_begin(struct sl_planner *planner, struct sl_planner_job *job);
/** Engine: end soon with SL_ECANCELED. */
void sl_planner_cancel(struct sl_planner *planner);

/** Its byte counts go to this slot too. Before its first file. */
void sl_planner_share(struct sl_planner *planner, struct sl_board *board, unsigned slot);
/** Records of struct sl_progress; the face reads. */
struct sl_ring *sl_planner_ring(const struct sl_planner *planner);

#endif
