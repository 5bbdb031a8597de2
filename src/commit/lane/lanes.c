/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The threads of all lanes: start, stop, start again. */
#include "lane/lanes.h"

#include <stdlib.h>

#include "lane/lane.h"
#include "provider/candidates.h"
#include "reuse/onchain_pieces.h"
#include "submission/orphan.h"

enum { JOURNAL_MS = 2000 }; /* another program may have it locked */

static void stop_lane(struct sl_lane *lane)
{
    struct sl_commit *commit = lane->commit;
    pthread_mutex_lock(&commit->lock);
    if (lane->sp != NULL)
        sl_sp_cancel(lane->sp);
    if (lane->chain != NULL)
        sl_chain_cancel(lane->chain);
    if (lane->second != NULL)
        sl_chain_cancel(lane->second);
    pthread_cond_signal(&lane->wake);
    pthread_mutex_unlock(&commit->lock);
}

static void free_lane(struct sl_lane *lane)
{
    if (lane->running) {
        pthread_join(lane->thread, NULL);
        pthread_cond_destroy(&lane->wake);
    }
    lane->running = false;
    sl_sp_free(lane->sp);
    lane->sp = NULL;
    sl_chain_free(lane->chain);
    lane->chain = NULL;
    sl_journal_close(lane->journal);
    lane->journal = NULL;
    sl_orphans_free(lane);
    sl_onchain_pieces_free(&lane->onchain);
    while (lane->items != NULL) {
        struct sl_item *next = lane->items->next;
        free(lane->items);
        lane->items = next;
    }
}

void sl_lanes_stop(struct sl_commit *commit)
{
    pthread_mutex_lock(&commit->lock);
    commit->quit = true;
    pthread_mutex_unlock(&commit->lock);
    for (size_t i = 0; i < commit->lane_count; i++) {
        if (commit->lanes[i].running)
            stop_lane(&commit->lanes[i]);
    }
    for (size_t i = 0; i < commit->lane_count; i++)
        free_lane(&commit->lanes[i]);
}

static int patience_ms(int64_t epoch_ms)
{
    return epoch_ms < JOURNAL_MS ? (int)epoch_ms : JOURNAL_MS;
}

static int start_lane(struct sl_lane *lane, struct sl_err *err)
{
    pthread_condattr_t attr;
    lane->woken = false;
    lane->provider_silent_since_ms = 0;
    int rc = sl_journal_open_beside(&lane->journal, lane->commit->journal, err);
    if (rc == SL_OK)
        rc = sl_commit_chain(&lane->chain, lane->commit, err);
    if (rc < 0)
        return rc;
    /* the end of the commits does not wait for longer; the lane itself tries again */
    sl_journal_set_patience(lane->journal, patience_ms(lane->commit->options.epoch_ms));
    lane->tail = &lane->items;
    lane->most = SL_COMMIT_PIECES;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&lane->wake, &attr);
    pthread_condattr_destroy(&attr);
    const int failed = pthread_create(&lane->thread, NULL, sl_lane_main, lane);
    if (failed != 0) {
        pthread_cond_destroy(&lane->wake);
        return sl_err_sys(err, failed, "start a thread");
    }
    lane->running = true;
    return SL_OK;
}

int sl_lanes_start(struct sl_commit *commit, struct sl_err *err)
{
    int rc = SL_OK;
    commit->quit = false;
    for (size_t i = 0; i < commit->lane_count && rc == SL_OK; i++)
        rc = start_lane(&commit->lanes[i], err);
    return rc;
}
