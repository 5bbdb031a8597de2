/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Sends one commit request: journal the attempt first, then record its result. */
#include "submission/send.h"

#include <string.h>

#include "sluice/log.h"

#include "lane/lane_io.h"
#include "submission/batch.h"
#include "submission/notes.h"

static void emit_sent(struct sl_lane *lane, const struct sl_batch *batch)
{
    struct sl_commit_event event = {.type = SL_COMMIT_SENT, .batch = (unsigned)batch->record.count};
    memcpy(event.tx, batch->record.tx, sizeof event.tx);
    for (size_t i = 0; i < batch->record.count; i++) {
        event.piece = batch->record.pieces[i];
        sl_lane_emit(lane, &event);
    }
}

/* The hash is worth keeping but not needed: the nonce alone says whether it has landed. */
static void keep_tx(struct sl_lane *lane, struct sl_batch *batch,
                    const char tx[static SL_TX_HASH_CHARS])
{
    struct sl_err err = {0};
    memcpy(batch->record.tx, tx, sizeof batch->record.tx);
    batch->record.state = SL_JOURNAL_COMMIT_SENT;
    if (sl_batch_save(lane, batch, &err) < 0)
        sl_log(SL_LOG_WARN, SL_LOG_COMMIT, "could not record transaction %s in the journal: %s", tx,
               err.text);
    sl_batch_note(batch, "sent", NULL);
    emit_sent(lane, batch);
}

/* On disk before it leaves: after a crash it counts as sent. */
static int note_sending(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    struct sl_journal_commit *record = &batch->record;
    const struct sl_journal_commit before = *record;
    if (record->state == SL_JOURNAL_COMMIT_SIGNED)
        record->state = SL_JOURNAL_COMMIT_SENDING;
    record->sent_ms = sl_wall_ms(&lane->commit->options.clock);
    const int rc = sl_batch_save(lane, batch, err);
    if (rc < 0)
        *record = before;
    return rc;
}

int sl_batch_send(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err)
{
    char tx[SL_TX_HASH_CHARS];
    const struct sl_sp_commit request = sl_batch_request(batch);
    int rc = sl_lane_client(lane, batch->record.service_url, err);
    if (rc == SL_OK)
        rc = note_sending(lane, batch, err);
    if (rc < 0)
        return rc;
    if (batch->record.creates)
        rc = sl_sp_create_and_add(lane->sp, &lane->commit->options.network.fwss, &request, tx, err);
    else
        rc = sl_sp_add(lane->sp, batch->record.data_set_id, &request, tx, err);
    batch->fewer = sl_sp_most_pieces(lane->sp);
    if (rc == SL_OK)
        keep_tx(lane, batch, tx);
    return rc;
}
