/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* onchain_pieces.h - pieces of the lane's data set that the journal does not know. Layer: commit,
 * private. */
#ifndef SL_COMMIT_ONCHAIN_PIECES_H
#define SL_COMMIT_ONCHAIN_PIECES_H

#include "commit_internal.h"

/** Whether the data set has pieces of the batch already. SL_STEP_REGATHER: it has, and their events
 * are out; SL_STEP_PROCEED: it has not. */
enum sl_step sl_batch_ask_data_set(struct sl_lane *lane, struct sl_batch *batch,
                                   struct sl_err *err) SL_MUST_CHECK;
/** These pieces are known without a look. */
void sl_onchain_pieces_skip(struct sl_onchain_pieces *seen, const struct sl_journal_commit *landed);
void sl_onchain_pieces_free(struct sl_onchain_pieces *seen);

#endif
