/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* gather.h - which pieces go together. Layer: commit, private. */
#ifndef SL_COMMIT_GATHER_H
#define SL_COMMIT_GATHER_H

#include "commit_internal.h"

/** Wait until pieces are due, and put them into the batch. False: the commit ends. An empty batch:
 * an orphan is due for a look. */
bool sl_lane_gather(struct sl_lane *lane, struct sl_batch *batch) SL_MUST_CHECK;

#endif
