/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* orphan.h - batches that were signed for a provider that the lane has left. Layer: commit,
 * private. */
#ifndef SL_COMMIT_ORPHAN_H
#define SL_COMMIT_ORPHAN_H

#include "commit_internal.h"

/** Look at the batch from time to time, while the lane does other work; its payload is given. A
 * batch that is known already is left out. Without memory it waits for the next run. */
void sl_orphan_add(struct sl_lane *lane, struct sl_batch *batch);
/** Whether an orphan has this piece: then nothing is signed for it. With the lock or without. */
bool sl_orphan_has(const struct sl_lane *lane, const struct sl_piece_id *piece);
/** When the next one is due; INT64_MAX: there is none. */
int64_t sl_orphans_next_ms(const struct sl_lane *lane);
/** Make all of them due. */
void sl_orphans_hurry(struct sl_lane *lane);
/** Look at those that are due, and emit what became of them. */
void sl_orphans_look(struct sl_lane *lane);
void sl_orphans_free(struct sl_lane *lane);

#endif
