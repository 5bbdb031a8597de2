/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Orphans: batches that were signed for a provider that the lane has left, and that may still land.
 * The lane looks at them beside its own work. Until they are abandoned, it signs nothing else for
 * their pieces.
 */
#include "submission/orphan.h"

#include <stdlib.h>

#include "sluice/log.h"

#include "lane/items.h"
#include "lane/lane_io.h"
#include "submission/landed.h"
#include "submission/notes.h"
#include "submission/settle.h"

struct sl_orphan {
    struct sl_orphan *next;
    struct sl_batch batch;
    struct sl_settling settling;
    int64_t look_ms;
};

static bool is_known(const struct sl_lane *lane, int64_t record_id)
{
    const struct sl_orphan *orphan = lane->orphans;
    while (orphan != NULL && orphan->batch.record.id != record_id)
        orphan = orphan->next;
    return orphan != NULL;
}

void sl_orphan_add(struct sl_lane *lane, struct sl_batch *batch)
{
    if (is_known(lane, batch->record.id))
        return;
    struct sl_orphan *orphan = calloc(1, sizeof *orphan);
    if (orphan == NULL) {
        sl_log(SL_LOG_ERROR, SL_LOG_COMMIT, "out of memory to look at a commit that was left open");
        return;
    }
    orphan->batch = *batch;
    batch->payload = (struct sl_buf){0};
    sl_settle_begin(&orphan->settling, lane, &orphan->batch);
    orphan->next = lane->orphans;
    lane->orphans = orphan;
}

bool sl_orphan_has(const struct sl_lane *lane, const struct sl_piece_id *piece)
{
    for (const struct sl_orphan *orphan = lane->orphans; orphan != NULL; orphan = orphan->next) {
        for (size_t i = 0; i < orphan->batch.record.count; i++) {
            if (sl_piece_id_equal(&orphan->batch.record.pieces[i], piece))
                return true;
        }
    }
    return false;
}

int64_t sl_orphans_next_ms(const struct sl_lane *lane)
{
    int64_t next_ms = INT64_MAX;
    for (const struct sl_orphan *orphan = lane->orphans; orphan != NULL; orphan = orphan->next) {
        if (orphan->look_ms < next_ms)
            next_ms = orphan->look_ms;
    }
    return next_ms;
}

void sl_orphans_hurry(struct sl_lane *lane)
{
    for (struct sl_orphan *orphan = lane->orphans; orphan != NULL; orphan = orphan->next)
        orphan->look_ms = 0;
}

static void free_orphan(struct sl_orphan *orphan)
{
    sl_buf_free(&orphan->batch.payload);
    free(orphan);
}

/* True when it is over: it has landed, never will, or is left to the next run. */
static bool look(struct sl_lane *lane, struct sl_orphan *orphan)
{
    struct sl_err err = {0};
    sl_batch_about(&orphan->batch);
    const enum sl_step step = sl_settle_look(&orphan->settling, &err);
    if (step == SL_STEP_WAIT || err.code == SL_ECANCELED) {
        orphan->look_ms = sl_lane_now_ms(lane) + sl_settle_wait_ms(&orphan->settling);
        return false;
    }
    if (step == SL_STEP_PROCEED)
        sl_lane_on_landed(lane, &orphan->batch);
    else if (orphan->batch.record.state != SL_JOURNAL_COMMIT_ABANDONED)
        sl_lane_emit_all(lane, &orphan->batch, SL_COMMIT_FAILED, &err);
    return true; /* abandoned: its pieces are the lane's again */
}

void sl_orphans_look(struct sl_lane *lane)
{
    struct sl_orphan **at = &lane->orphans;
    while (*at != NULL) {
        struct sl_orphan *orphan = *at;
        if (orphan->look_ms > sl_lane_now_ms(lane) || !look(lane, orphan)) {
            at = &orphan->next;
            continue;
        }
        *at = orphan->next;
        free_orphan(orphan);
    }
    sl_log_about("%s", "");
}

void sl_orphans_free(struct sl_lane *lane)
{
    while (lane->orphans != NULL) {
        struct sl_orphan *next = lane->orphans->next;
        free_orphan(lane->orphans);
        lane->orphans = next;
    }
}
