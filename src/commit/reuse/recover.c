/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Recovers open commits: an earlier run left them open, or this run could not read their outcome.
 * The lane asks on its own thread, and its commits land only there, so an answer cannot go stale.
 */
#include "reuse/recover.h"

#include <stdlib.h>
#include <string.h>

#include "sluice/log.h"

#include "lane/items.h"
#include "reuse/ownership.h"
#include "submission/batch.h"
#include "submission/landed.h"
#include "submission/notes.h"
#include "submission/orphan.h"
#include "submission/settle.h"

struct left {
    struct left *next;
    struct sl_batch batch;
};

struct finding {
    const struct sl_lane *lane;
    struct left **tail;
};

static int on_open_commit(void *ctx, const struct sl_journal_commit *record, const void *payload,
                          size_t len)
{
    struct finding *finding = ctx;
    const struct sl_lane *lane = finding->lane;
    if (!sl_lane_owns(lane, record))
        return 0;
    struct left *left = calloc(1, sizeof *left);
    if (left == NULL)
        return SL_ENOMEM;
    left->batch.record = *record;
    sl_buf_add(&left->batch.payload, payload, len);
    *finding->tail = left;
    finding->tail = &left->next;
    return left->batch.payload.failed ? SL_ENOMEM : 0;
}

static void free_left(struct left *list)
{
    while (list != NULL) {
        struct left *next = list->next;
        sl_buf_free(&list->batch.payload);
        free(list);
        list = next;
    }
}

static int find_left(struct left **list, struct sl_lane *lane, struct sl_err *err)
{
    struct finding finding = {.lane = lane, .tail = list};
    const int rc = sl_journal_each_commit(lane->journal, true, on_open_commit, &finding, err);
    if (rc == SL_ENOMEM)
        sl_err_set(err, rc, "out of memory for the commits of the journal");
    return rc;
}

static void go_on_with(struct sl_lane *lane, struct sl_batch *batch)
{
    struct sl_err err = {0};
    const bool is_sent = batch->record.state != SL_JOURNAL_COMMIT_SIGNED;
    sl_batch_note(batch, "left open by an earlier run", &batch->record.err);
    if (is_sent)
        sl_lane_emit_all(lane, batch, SL_COMMIT_GATHERED, NULL);
    if (is_sent && sl_batch_is_orphan(lane, batch)) {
        sl_orphan_add(lane, batch);
        return;
    }
    if (sl_batch_settle(lane, batch, &err) == SL_OK)
        sl_lane_on_landed(lane, batch);
    else if (batch->record.state != SL_JOURNAL_COMMIT_ABANDONED && err.code != SL_ECANCELED)
        sl_lane_emit_all(lane, batch, SL_COMMIT_FAILED, &err);
}

static void go_on_with_all(struct sl_lane *lane, struct left *list)
{
    for (; list != NULL; list = list->next)
        go_on_with(lane, &list->batch);
    sl_log_about("%s", "");
}

static bool has_piece(const struct sl_journal_commit *record, const struct sl_piece_id *piece)
{
    for (size_t i = 0; i < record->count; i++) {
        if (sl_piece_id_equal(&record->pieces[i], piece))
            return true;
    }
    return false;
}

static bool may_still_land(const struct left *list, const struct sl_journal_commit *batch)
{
    for (; list != NULL; list = list->next) {
        for (size_t i = 0; i < batch->count; i++) {
            if (has_piece(&list->batch.record, &batch->pieces[i]))
                return true;
        }
    }
    return false;
}

enum sl_step sl_lane_recover_pieces(struct sl_lane *lane, struct sl_batch *batch,
                                    struct sl_err *err)
{
    struct left *list = NULL;
    enum sl_step step = find_left(&list, lane, err) < 0 ? SL_STEP_FAILED : SL_STEP_PROCEED;
    if (step == SL_STEP_PROCEED && may_still_land(list, &batch->record)) {
        sl_batch_let_go(lane, batch); /* settling may remove its items */
        go_on_with_all(lane, list);
        step = SL_STEP_REGATHER;
    }
    free_left(list);
    return step;
}

int sl_lane_recover(struct sl_lane *lane, struct sl_err *err)
{
    struct left *list = NULL;
    const int rc = find_left(&list, lane, err);
    if (rc == SL_OK)
        go_on_with_all(lane, list);
    free_left(list);
    return rc;
}
