/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* outcome.h - decides what a failed batch means for its pieces and its lane. Layer: commit,
 * private. */
#ifndef SL_COMMIT_OUTCOME_H
#define SL_COMMIT_OUTCOME_H

#include "commit_internal.h"

/** End, lose or put off the pieces of a failed batch, and choose differently next time. */
void sl_lane_on_failed(struct sl_lane *lane, struct sl_batch *batch, const struct sl_err *err);

#endif
