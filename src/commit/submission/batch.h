/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* batch.h - a batch: the payload that is signed, and its journal record. Layer: commit, private. */
#ifndef SL_COMMIT_BATCH_H
#define SL_COMMIT_BATCH_H

#include "commit_internal.h"

/** Sign, and write to the journal. While another program has the journal locked, this and
 * sl_batch_save() wait, up to PATIENCE_RESENDS. SL_ECANCELED: the commit ends. */
int sl_batch_sign(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err) SL_MUST_CHECK;
/** Write the record as it is now; for a landed batch, write the labels too. */
int sl_batch_save(struct sl_lane *lane, struct sl_batch *batch, struct sl_err *err) SL_MUST_CHECK;
/** Write to the journal that the one piece of the batch, which this program did not sign for, is in
 * the lane's data set under this id. */
int sl_batch_note_landed(struct sl_lane *lane, struct sl_batch *batch, uint64_t piece_id,
                         struct sl_err *err) SL_MUST_CHECK;
/** Abandon the batch: write why. When that fails, it is only logged: the record stays open, and the
 * next run looks at it again. */
void sl_batch_abandon(struct sl_lane *lane, struct sl_batch *batch, const struct sl_err *why);
/** As requests name it; borrows from the batch. */
struct sl_sp_commit sl_batch_request(const struct sl_batch *batch);

/** Count its cost as spent, whatever the limit: the chain has taken it. */
void sl_batch_reserve(struct sl_lane *lane, const struct sl_batch *batch);
/** Pieces that the lane's data set takes in one batch, as far as is known: from old contracts, from
 * refusals of its provider, and few at first, because a failed batch repeats all. */
size_t sl_lane_limit(const struct sl_lane *lane);
/** Look up in the journal what the lane's provider has refused before, once for each provider. */
void sl_lane_recall_limit(struct sl_lane *lane);
/** Its provider refused the number of pieces (`fewer`): they go in smaller batches at once, and so
 * do later ones to this provider. The batch is empty then. */
void sl_batch_divide(struct sl_lane *lane, struct sl_batch *batch);
/** Hand all items back to the lane; the batch is empty then. */
void sl_batch_let_go(struct sl_lane *lane, struct sl_batch *batch);
/** The same for these pieces alone; NULL: all. */
void sl_batch_leave_out(struct sl_lane *lane, struct sl_batch *batch,
                        const struct sl_piece_set *pieces);

#endif
