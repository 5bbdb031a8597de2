/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A batch landed on chain: update the lane, its target and its pieces. */
#include "submission/landed.h"

#include "sluice/journal.h"

#include "lane/items.h"
#include "money/money.h"
#include "provider/asked.h"
#include "reuse/onchain_pieces.h"
#include "submission/notes.h"

/* The next batches go to the data set that this one has made. */
static void learn_target(struct sl_lane *lane, const struct sl_batch *batch)
{
    const struct sl_journal_commit *record = &batch->record;
    struct sl_target *target = &lane->target;
    if (!record->creates || !sl_u256_is_zero(target->data_set) ||
        sl_u256_cmp(record->provider_id, target->provider_id) != 0)
        return;
    sl_commit_made(lane, record->data_set_id);
    target->data_set = sl_u256(record->data_set_id);
    target->client_data_set_id = record->client_data_set_id;
    target->shown.data_set_id = record->data_set_id;
}

void sl_lane_on_landed(struct sl_lane *lane, const struct sl_batch *batch)
{
    sl_batch_note(batch, "landed", NULL);
    learn_target(lane, batch);
    sl_lane_note_paid(lane, batch);
    sl_onchain_pieces_skip(&lane->onchain, &batch->record);
    lane->most = SL_COMMIT_PIECES;
    lane->trusted = batch->record.provider_id;
    if (sl_u256_cmp(batch->record.provider_id, lane->target.provider_id) == 0) {
        lane->provider_failures = 0; /* what lands for one that has gone says nothing of it */
        (void)!sl_journal_provider_succeeded(lane->journal, batch->record.chain_id,
                                             batch->record.provider_id, NULL);
    }
    sl_lane_emit_all(lane, batch, SL_COMMIT_LANDED, NULL);
}
