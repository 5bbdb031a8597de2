/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* items.h - the pieces of a lane that wait for their copy. Layer: commit, private. */
#ifndef SL_COMMIT_ITEMS_H
#define SL_COMMIT_ITEMS_H

#include "commit_internal.h"

/** Owned, free(). The texts are copied behind it. NULL: out of memory. */
struct sl_item *sl_item_new(const struct sl_commit_piece *piece, unsigned copies);

/** The lane's item of this piece, or NULL. Call with the lock held. */
struct sl_item *sl_lane_find(const struct sl_lane *lane, const struct sl_piece_id *piece);
/** Remove and free the item of this piece. Returns its serial; 0: no such item. Call with the lock
 * held. */
uint64_t sl_lane_take_out(struct sl_lane *lane, const struct sl_piece_id *piece);
/** True when the lane has the piece already; its end then answers the new add. *copies: the most
 * copies that any of its adds wants. */
bool sl_lane_join(struct sl_lane *lane, const struct sl_commit_piece *piece, unsigned *copies);

/** The copy of this piece has ended: remove and free its item. Returns its serial; 0: no such item.
 * Pointers to the item become invalid; only the lane's thread may hold pointers, and only to items
 * of its batch. */
uint64_t sl_lane_drop(struct sl_lane *lane, const struct sl_piece_id *piece);
/** Like sl_lane_drop(), unless an add now wants more copies than `copies`: then it returns false
 * and removes nothing. */
bool sl_lane_drop_wanted(struct sl_lane *lane, const struct sl_piece_id *piece, unsigned copies,
                         uint64_t *serial);

/** Emit one event for each piece of the batch. LANDED and FAILED also remove its item. */
void sl_lane_emit_all(struct sl_lane *lane, const struct sl_batch *batch,
                      enum sl_commit_event_type type, const struct sl_err *err);
/** Emit the end of one item of the batch and remove it from both. */
void sl_lane_end_item(struct sl_lane *lane, struct sl_batch *batch, size_t at,
                      enum sl_commit_event_type type, const struct sl_err *err);

#endif
