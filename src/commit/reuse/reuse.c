/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The only code that decides which pieces must not be signed again. It reads three sources: the
 * journal (landed copies and open commits), the nonces of abandoned payloads on chain, and the
 * pieces in the data set.
 */
#include "reuse/reuse.h"

#include "lane/items.h"
#include "lane/lane_io.h"
#include "reuse/landed_copies.h"
#include "reuse/nonce.h"
#include "reuse/onchain_pieces.h"
#include "reuse/recover.h"

static unsigned copies_of(const struct sl_lane *lane, const struct sl_item *item)
{
    pthread_mutex_lock(&lane->commit->lock);
    const unsigned copies = item->copies;
    pthread_mutex_unlock(&lane->commit->lock);
    return copies;
}

/* Leave out the item if its copy is on chain already: it is freed, and LANDED is out. 1: left out.
 */
static int leave_out_landed(struct sl_lane *lane, const struct sl_item *item, struct sl_err *err)
{
    const struct sl_piece_id piece = item->piece;
    struct sl_commit_event landed;
    int rc;
    do { /* repeat when an add that wants more copies arrived meanwhile: it counts existing copies
            differently */
        const unsigned copies = copies_of(lane, item);
        rc = sl_lane_has_landed(&landed, lane, lane->journal, &piece, copies, err);
        landed.copies = copies;
    } while (rc == 1 && !sl_lane_drop_wanted(lane, &piece, landed.copies, &landed.serial));
    if (rc == 1)
        sl_lane_emit(lane, &landed);
    return rc;
}

/* After an error the rest stays in the batch. */
static enum sl_step leave_out_all_landed(struct sl_lane *lane, struct sl_batch *batch,
                                         struct sl_err *err)
{
    struct sl_journal_commit *record = &batch->record;
    size_t kept = 0;
    int rc = 0;
    for (size_t i = 0; i < record->count; i++) {
        rc = rc < 0 ? rc : leave_out_landed(lane, batch->items[i], err);
        if (rc == 1)
            continue;
        batch->items[kept] = batch->items[i];
        record->pieces[kept++] = record->pieces[i];
    }
    record->count = kept;
    if (rc < 0)
        return SL_STEP_FAILED;
    return kept > 0 ? SL_STEP_PROCEED : SL_STEP_REGATHER;
}

static enum sl_step ask_journal(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    const enum sl_step step = sl_lane_recover_pieces(lane, batch, err);
    return step == SL_STEP_PROCEED ? leave_out_all_landed(lane, batch, err) : step;
}

static enum sl_step ask_chain(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    const enum sl_step step = sl_batch_recall(lane, batch, err);
    return step == SL_STEP_PROCEED ? sl_batch_ask_data_set(lane, batch, err) : step;
}

enum sl_step sl_reuse_check(struct sl_lane *lane, struct sl_batch *batch,
                            enum sl_reuse_source source, struct sl_err *err)
{
    return source == SL_REUSE_JOURNAL ? ask_journal(lane, batch, err) : ask_chain(lane, batch, err);
}
