/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Strays: batches that were signed for a provider that the lane has left, and that may still land.
 * What becomes of them is looked at beside the lane's own work, and until they are given up nothing
 * else is signed for their pieces.
 */
#include <stdlib.h>

#include "sluice/log.h"

#include "inside.h"

struct sl_orphan {
    struct sl_orphan *next;
    struct sl_batch batch;
    struct sl_settling settling;
    int64_t look_ms;
};

bool sl_batch_is_orphan(const struct sl_lane *lane, const struct sl_batch *batch)
{
    return sl_u256_cmp(batch->record.provider_id, lane->target.provider_id) != 0;
}

static bool is_known(const struct sl_lane *lane, int64_t record_id)
{
    const struct sl_orphan *stray = lane->orphans;
    while (stray != NULL && stray->batch.record.id != record_id)
        stray = stray->next;
    return stray != NULL;
}

void sl_orphan_add(struct sl_lane *lane, struct sl_batch *batch)
{
    if (is_known(lane, batch->record.id))
        return;
    struct sl_orphan *stray = calloc(1, sizeof *stray);
    if (stray == NULL) {
        sl_log(SL_LOG_ERROR, SL_LOG_COMMIT, "out of memory to look at a commit that was left open");
        return;
    }
    stray->batch = *batch;
    batch->payload = (struct sl_buf){0};
    sl_settle_begin(&stray->settling, lane, &stray->batch);
    stray->next = lane->orphans;
    lane->orphans = stray;
}

bool sl_orphan_has(const struct sl_lane *lane, const struct sl_piece_id *piece)
{
    for (const struct sl_orphan *stray = lane->orphans; stray != NULL; stray = stray->next) {
        for (size_t i = 0; i < stray->batch.record.count; i++) {
            if (sl_piece_id_equal(&stray->batch.record.pieces[i], piece))
                return true;
        }
    }
    return false;
}

int64_t sl_orphans_next_ms(const struct sl_lane *lane)
{
    int64_t next_ms = INT64_MAX;
    for (const struct sl_orphan *stray = lane->orphans; stray != NULL; stray = stray->next) {
        if (stray->look_ms < next_ms)
            next_ms = stray->look_ms;
    }
    return next_ms;
}

void sl_orphans_hurry(struct sl_lane *lane)
{
    for (struct sl_orphan *stray = lane->orphans; stray != NULL; stray = stray->next)
        stray->look_ms = 0;
}

static void free_stray(struct sl_orphan *stray)
{
    sl_buf_free(&stray->batch.payload);
    free(stray);
}

/* True when it is over: it has landed, never will, or is left to the next run. */
static bool look(struct sl_lane *lane, struct sl_orphan *stray)
{
    struct sl_err err = {0};
    sl_batch_about(&stray->batch);
    const int rc = sl_settle_look(&stray->settling, &err);
    if (rc == 0 || err.code == SL_ECANCELED) {
        stray->look_ms = sl_lane_now_ms(lane) + sl_settle_wait_ms(&stray->settling);
        return false;
    }
    if (rc == 1)
        sl_lane_landed(lane, &stray->batch);
    else if (stray->batch.record.state != SL_JOURNAL_COMMIT_ABANDONED)
        sl_lane_tell_all(lane, &stray->batch, SL_COMMIT_FAILED, &err);
    return true; /* void: its pieces are the lane's again */
}

void sl_orphans_look(struct sl_lane *lane)
{
    struct sl_orphan **at = &lane->orphans;
    while (*at != NULL) {
        struct sl_orphan *stray = *at;
        if (stray->look_ms > sl_lane_now_ms(lane) || !look(lane, stray)) {
            at = &stray->next;
            continue;
        }
        *at = stray->next;
        free_stray(stray);
    }
    sl_log_about("%s", "");
}

void sl_orphans_free(struct sl_lane *lane)
{
    while (lane->orphans != NULL) {
        struct sl_orphan *next = lane->orphans->next;
        free_stray(lane->orphans);
        lane->orphans = next;
    }
}
