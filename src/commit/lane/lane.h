/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* lane.h - the thread of one copy. Layer: commit, private. */
#ifndef SL_COMMIT_LANE_H
#define SL_COMMIT_LANE_H

#include "commit_internal.h"

/** Body of the thread; arg: the lane. */
void *sl_lane_main(void *arg);

#endif
