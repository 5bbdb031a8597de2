/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* pull.h - the lane's provider fetches the pieces from the one that has them. Layer: commit,
 * private. */
#ifndef SL_COMMIT_PULL_H
#define SL_COMMIT_PULL_H

#include "commit_internal.h"

/** Returns 0 when the provider has all pieces. SL_EMISMATCH and the like: some failed, and their
 * items were marked. */
int sl_batch_pull(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err) SL_MUST_CHECK;

#endif
