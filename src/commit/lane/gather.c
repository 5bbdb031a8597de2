/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Gathers a batch: pieces that wait for the same provider and fit into one message. */
#include "lane/gather.h"

#include <string.h>

#include "sluice/eip712.h"

#include "lane/lane_io.h"
#include "submission/batch.h"
#include "submission/orphan.h"

static bool has_root(const struct sl_journal_commit *record, const struct sl_piece_id *piece)
{
    for (size_t i = 0; i < record->count; i++) {
        if (memcmp(record->pieces[i].root, piece->root, sizeof piece->root) == 0)
            return true;
    }
    return false;
}

/* Count the piece, unless the message would then be too large. */
static bool fits(struct sl_add_size *size, const struct sl_item *item)
{
    uint8_t cid[SL_PIECE_CID_BYTES];
    struct sl_add_size more = *size;
    const struct sl_signed_piece piece = {.cid = cid,
                                          .cid_len = sl_piece_cid_bytes(cid, &item->piece),
                                          .metadata = item->metadata,
                                          .metadata_count = item->metadata_count};
    sl_add_size_piece(&more, &piece);
    if (!sl_add_size_fits(&more, false))
        return false;
    *size = more;
    return true;
}

static struct sl_add_size empty_message(const struct sl_lane *lane)
{
    const struct sl_commit *commit = lane->commit;
    const struct sl_create_message create = {.metadata = commit->metadata,
                                             .metadata_count = commit->metadata_count};
    struct sl_add_size size;
    sl_add_size_init(&size, sl_u256_is_zero(lane->target.data_set) ? &create : NULL,
                     commit->is_compact);
    return size;
}

static bool may_join(const struct sl_lane *lane, const struct sl_batch *batch,
                     const struct sl_item *item)
{
    const struct sl_journal_commit *record = &batch->record;
    return (record->count == 0 || strcmp(batch->items[0]->url, item->url) == 0) &&
           !has_root(record, &item->piece) && !sl_orphan_has(lane, &item->piece);
}

/* Most pieces of a batch that this one is in. */
static size_t most_pieces(const struct sl_lane *lane, const struct sl_item *item)
{
    enum { PULLED = 100 }; /* a provider queues 120 pieces and refuses more */
    const size_t limit = sl_lane_limit(lane);
    const size_t most = lane->most < limit ? lane->most : limit;
    const bool pulls = strcmp(item->url, lane->target.shown.service_url) != 0;
    return pulls && most > PULLED ? PULLED : most;
}

/* The pieces that could go together now; *next_ms: when one that was put off may go. */
static void pick(const struct sl_lane *lane, struct sl_batch *batch, int64_t *next_ms)
{
    const int64_t now_ms = sl_lane_now_ms(lane);
    struct sl_add_size size = empty_message(lane);
    struct sl_journal_commit *record = &batch->record;
    record->count = 0;
    batch->is_full = false;
    *next_ms = INT64_MAX;
    for (struct sl_item *item = lane->items; item != NULL && !batch->is_full; item = item->next) {
        if (item->not_before_ms > now_ms) {
            *next_ms = item->not_before_ms < *next_ms ? item->not_before_ms : *next_ms;
            continue;
        }
        if (!may_join(lane, batch, item))
            continue;
        if (!fits(&size, item)) {
            batch->is_full = true;
            break;
        }
        batch->items[record->count] = item;
        record->pieces[record->count++] = item->piece;
        batch->is_full = record->count == most_pieces(lane, batch->items[0]);
    }
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Pieces that an earlier run has parked have waited already, so their age counts, not only the time
 * in this run. */
int64_t sl_lane_leaves_ms(const struct sl_lane *lane, int64_t parked_ms)
{
    enum { TOGETHER_MS = 2000 }; /* what an earlier run left comes one by one */
    const struct sl_commit_options *options = &lane->commit->options;
    const int64_t age_ms = parked_ms > 0 ? sl_wall_ms(&options->clock) - parked_ms : 0;
    const int64_t left_ms = SL_COMMIT_PARKED_MS - (age_ms > 0 ? age_ms : 0);
    return sl_lane_now_ms(lane) +
           earlier(options->hold_ms, left_ms > TOGETHER_MS ? left_ms : TOGETHER_MS);
}

/* When this batch leaves: now, if there is no reason to wait for more. */
static int64_t leaves_ms(const struct sl_lane *lane, const struct sl_batch *batch)
{
    int64_t first_ms = INT64_MAX;
    if (batch->is_full || !lane->commit->expect || lane->woken)
        return 0;
    for (size_t i = 0; i < batch->record.count; i++)
        first_ms = earlier(first_ms, batch->items[i]->leaves_ms);
    return first_ms;
}

bool sl_lane_gather(struct sl_lane *lane, struct sl_batch *batch)
{
    struct sl_commit *commit = lane->commit;
    sl_lane_recall_limit(lane);
    pthread_mutex_lock(&commit->lock);
    while (!commit->quit) {
        int64_t next_ms;
        if (lane->woken) { /* a person wants it tried now */
            for (struct sl_item *item = lane->items; item != NULL; item = item->next)
                item->not_before_ms = 0;
            sl_orphans_hurry(lane);
        }
        pick(lane, batch, &next_ms);
        if (batch->record.count > 0) {
            const int64_t at_ms = leaves_ms(lane, batch);
            if (at_ms <= sl_lane_now_ms(lane))
                break;
            next_ms = earlier(next_ms, at_ms);
        }
        batch->record.count = 0;
        next_ms = earlier(next_ms, sl_orphans_next_ms(lane));
        if (next_ms <= sl_lane_now_ms(lane))
            break;
        lane->woken = false;
        sl_lane_sleep_until(lane, next_ms);
    }
    lane->woken = false;
    const bool quit = commit->quit;
    for (size_t i = 0; !quit && i < batch->record.count; i++)
        batch->items[i]->in_batch = true;
    pthread_mutex_unlock(&commit->lock);
    if (!quit && batch->record.count > 0)
        batch->pulls = strcmp(batch->items[0]->url, lane->target.shown.service_url) != 0;
    return !quit;
}
