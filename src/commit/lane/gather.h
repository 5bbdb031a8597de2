/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* gather.h - gathers the pieces of one batch. Layer: commit, private. */
#ifndef SL_COMMIT_GATHER_H
#define SL_COMMIT_GATHER_H

#include "commit_internal.h"

/** When a piece that is added now no longer waits for others; parked_ms as in struct
 * sl_commit_piece. */
int64_t sl_lane_leaves_ms(const struct sl_lane *lane, int64_t parked_ms);
/** Wait until pieces are due, and put them into the batch. False: the commit ends. An empty batch:
 * an orphan is due for a look. */
bool sl_lane_gather(struct sl_lane *lane, struct sl_batch *batch) SL_MUST_CHECK;

#endif
