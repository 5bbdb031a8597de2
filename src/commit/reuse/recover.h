/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* recover.h - commits that an earlier run left open. Layer: commit, private. */
#ifndef SL_COMMIT_RECOVER_H
#define SL_COMMIT_RECOVER_H

#include "commit_internal.h"

/** Settle what the journal says is open. Errors: SL_EJOURNAL, SL_ENOMEM. */
int sl_lane_recover(struct sl_lane *lane, struct sl_err *err) SL_MUST_CHECK;
/** The same if an open commit has a piece of the batch: SL_STEP_REGATHER, the batch is empty then.
 * SL_STEP_PROCEED: no open commit has one. */
enum sl_step sl_lane_recover_pieces(struct sl_lane *lane, struct sl_batch *batch,
                                    struct sl_err *err) SL_MUST_CHECK;

#endif
