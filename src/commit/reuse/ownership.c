/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Decides which journal records a lane is responsible for. */
#include "reuse/ownership.h"

#include <string.h>

bool sl_commit_is_own(const struct sl_commit_options *options,
                      const struct sl_journal_commit *record)
{
    return record->chain_id == options->network.chain_id &&
           memcmp(record->payer, options->payer.bytes, sizeof record->payer) == 0;
}

/* By its provider: the numbers of copies are those of another run. By its number when none of the
 * lanes is there. */
bool sl_lane_owns(const struct sl_lane *lane, const struct sl_journal_commit *record)
{
    struct sl_commit *commit = lane->commit;
    size_t owner = record->copy;
    pthread_mutex_lock(&commit->lock);
    for (size_t i = commit->lane_count; i > 0; i--) {
        if (sl_u256_cmp(commit->now[i - 1], record->provider_id) == 0)
            owner = i - 1;
    }
    pthread_mutex_unlock(&commit->lock);
    return sl_commit_is_own(&commit->options, record) && owner == lane->copy;
}

bool sl_commit_is_own_copy(const struct sl_commit_options *options,
                           const struct sl_journal_copy *copy)
{
    return copy->chain_id == options->network.chain_id &&
           memcmp(copy->payer, options->payer.bytes, sizeof copy->payer) == 0;
}

bool sl_batch_is_orphan(const struct sl_lane *lane, const struct sl_batch *batch)
{
    return sl_u256_cmp(batch->record.provider_id, lane->target.provider_id) != 0;
}
