/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* lanes.h - the threads of all lanes. Layer: commit, private. */
#ifndef SL_COMMIT_LANES_H
#define SL_COMMIT_LANES_H

#include "commit_internal.h"

int sl_lanes_start(struct sl_commit *commit, struct sl_err *err) SL_MUST_CHECK;
/** End at once, join, and free what they had; they can be started again. */
void sl_lanes_stop(struct sl_commit *commit);

#endif
