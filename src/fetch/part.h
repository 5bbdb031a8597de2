/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* part.h - decides what a worker does next for a part. Call everything under the lock. Private to
 * fetch. */
#ifndef SL_FETCH_PART_H
#define SL_FETCH_PART_H

#include "fetch_internal.h"

enum sl_task_kind { SL_TASK_NONE, SL_TASK_ASK, SL_TASK_GET };
struct sl_task {
    enum sl_task_kind kind;
    struct sl_part *part;
    size_t origin;              /* ASK */
    struct sl_segment *segment; /* GET */
};

struct sl_task sl_fetch_part_task(struct sl_run *run, struct sl_part *part);

/** An origin answered whether it has the piece. `why`: code 0 if it has. */
void sl_fetch_part_answered(struct sl_run *run, struct sl_part *part, size_t origin,
                            const struct sl_err *why);

/** The segment is received and hashed. */
void sl_fetch_part_received(struct sl_run *run, struct sl_part *part, struct sl_segment *segment);

/**
 * A transfer of the segment from `origin` ended early, `moved` bytes after its start. Returns how
 * long to wait before continuing with the part's current origin. -1: the worker must leave the
 * segment, because the part starts again or the run is over.
 */
int64_t sl_fetch_part_failed(struct sl_run *run, struct sl_part *part,
                             const struct sl_segment *segment, size_t origin, uint64_t moved,
                             const struct sl_err *why);

/** Whether an untried address other than the current one could supply bytes. */
bool sl_fetch_part_has_untried(const struct sl_part *part);

/** The worker gives up a segment that is not complete. */
void sl_fetch_part_leave(struct sl_run *run, struct sl_part *part, struct sl_segment *segment);

/** End the run with this error; the first one counts. */
void sl_fetch_run_fail(struct sl_run *run, const struct sl_err *why);

#endif
