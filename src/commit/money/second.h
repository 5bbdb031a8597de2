/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* second.h - compares what one node reports with a second node. Layer: commit, private. */
#ifndef SL_COMMIT_SECOND_H
#define SL_COMMIT_SECOND_H

#include "commit_internal.h"

/** Compare the prices that `chain` reported with those from a second node. Also SL_OK when there is
 * no second node or it is silent; *note then says why, else it is "". `lane`: NULL at the start,
 * later the lane on whose thread this runs. Errors: SL_EMONEY (the prices differ; with both
 * numbers), SL_ECANCELED. */
int sl_commit_compare_prices(struct sl_commit *commit, struct sl_lane *lane, struct sl_chain *chain,
                             const struct sl_prices *told, struct sl_err *note,
                             struct sl_err *err) SL_MUST_CHECK;
/** Compare what a landed batch took with its promised cost. If it took more, the run commits
 * nothing more and tells the user. A missing receipt proves nothing. */
void sl_batch_check_paid(struct sl_lane *lane, const struct sl_batch *batch);
/** Whether a second node knows the pieces of a landed batch. 1: yes, or no second node can be
 * queried; 0: not yet. Errors: SL_ECANCELED. */
int sl_batch_ask_second(struct sl_lane *lane, const struct sl_batch *batch,
                        struct sl_err *err) SL_MUST_CHECK;

#endif
