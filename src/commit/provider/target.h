/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* target.h - checks and replaces the data set of a lane before each batch. Layer: commit, private.
 */
#ifndef SL_COMMIT_TARGET_H
#define SL_COMMIT_TARGET_H

#include "commit_internal.h"

/** Make sure that the lane's data set can take pieces; choose another one when it cannot. */
int sl_lane_check_target(struct sl_lane *lane, struct sl_err *err) SL_MUST_CHECK;
/** Choose another provider for the copy, or its first one. A failing provider is not chosen again.
 * SL_ENOTFOUND: no other provider is left. */
int sl_lane_replace(struct sl_lane *lane, struct sl_err *err) SL_MUST_CHECK;

#endif
