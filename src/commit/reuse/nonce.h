/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* nonce.h - chooses the nonce that a batch is signed with. Layer: commit, private. */
#ifndef SL_COMMIT_NONCE_H
#define SL_COMMIT_NONCE_H

#include "commit_internal.h"

/** A payload that has left for these pieces, or for a data set, keeps its nonce: put that nonce
 * into the batch, and leave out pieces with another one. SL_STEP_REGATHER: an abandoned payload has
 * landed after all; SL_STEP_PROCEED: sign. */
enum sl_step sl_batch_recall(struct sl_lane *lane, struct sl_batch *batch,
                             struct sl_err *err) SL_MUST_CHECK;
/** 1: this record has used the nonce; data_set_id and first_piece_id are filled in. 0: it has not,
 * or the node does not know it yet. */
int sl_lane_is_landed_as(struct sl_journal_commit *record, struct sl_lane *lane,
                         const struct sl_nonce_use *use, struct sl_err *err) SL_MUST_CHECK;
/** Which of the payloads with this nonce has used it: 1 and *out as above, or 0. */
int sl_lane_whose(struct sl_journal_commit *out, struct sl_lane *lane, struct sl_u256 nonce,
                  const struct sl_nonce_use *use, struct sl_err *err) SL_MUST_CHECK;

#endif
