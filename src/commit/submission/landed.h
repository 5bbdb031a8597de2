/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* landed.h - updates the lane after a batch landed on chain. Layer: commit, private. */
#ifndef SL_COMMIT_LANDED_H
#define SL_COMMIT_LANDED_H

#include "commit_internal.h"

/** A batch of this run or an earlier one has landed: learn from it, and emit it. */
void sl_lane_on_landed(struct sl_lane *lane, const struct sl_batch *batch);

#endif
