/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* settle.h - sends a signed batch and finds out its outcome. Layer: commit, private. */
#ifndef SL_COMMIT_SETTLE_H
#define SL_COMMIT_SETTLE_H

#include "commit_internal.h"
#include "submission/submission.h"

/** A batch, and what is known about its payload. */
struct sl_settling {
    struct sl_lane *lane;
    struct sl_batch *batch;
    struct sl_submission submission;
    struct sl_err why;     /* of the last action that failed */
    struct sl_err refusal; /* the answer to the last request, when it was an error */
    bool told_behind;      /* the log says that the node is behind */
};

/** Send a batch that was just signed, and look until its outcome is known. 0: landed, `record` says
 * where. An error with record.state ABANDONED: nothing is waited for any longer; any other state:
 * stopped meanwhile, open. */
int sl_batch_commit(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err) SL_MUST_CHECK;
/** The same for a batch that was left open: one that was sent is looked for, one that was not is
 * abandoned. */
int sl_batch_settle(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err) SL_MUST_CHECK;

/** Begin to look at a batch that was left open. */
void sl_settle_begin(struct sl_settling *s, struct sl_lane *lane, struct sl_batch *batch);
/** One look. SL_STEP_PROCEED: it has landed; SL_STEP_WAIT: look again after sl_settle_wait_ms();
 * SL_STEP_FAILED: as for sl_batch_commit(). */
enum sl_step sl_settle_look(struct sl_settling *s, struct sl_err *err) SL_MUST_CHECK;
int64_t sl_settle_wait_ms(const struct sl_settling *s);

#endif
