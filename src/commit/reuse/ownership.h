/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* ownership.h - the journal records that a lane is responsible for. Layer: commit, private. */
#ifndef SL_COMMIT_OWNERSHIP_H
#define SL_COMMIT_OWNERSHIP_H

#include "commit_internal.h"

/** Whether a commit of the journal is on our chain, for our payer. */
bool sl_commit_is_own(const struct sl_commit_options *options,
                      const struct sl_journal_commit *record);
/** And whether this lane looks after it. */
bool sl_lane_owns(const struct sl_lane *lane, const struct sl_journal_commit *record);
/** Whether a copy of the journal is on our chain, for our payer. */
bool sl_commit_is_own_copy(const struct sl_commit_options *options,
                           const struct sl_journal_copy *copy);
/** Whether the batch was signed for a provider that the lane has left. */
bool sl_batch_is_orphan(const struct sl_lane *lane, const struct sl_batch *batch);

#endif
