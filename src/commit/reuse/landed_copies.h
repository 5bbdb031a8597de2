/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* landed_copies.h - copies that the journal knows to be on chain. Layer: commit, private. */
#ifndef SL_COMMIT_LANDED_COPIES_H
#define SL_COMMIT_LANDED_COPIES_H

#include "commit_internal.h"

/** 1: the piece is on chain as this lane's copy, for a caller that wants `copies` copies; *event
 * reports it. 0: the journal knows no such copy. Any thread, with a journal of its own. Errors:
 * SL_EJOURNAL. */
int sl_lane_has_landed(struct sl_commit_event *event, const struct sl_lane *lane,
                       struct sl_journal *journal, const struct sl_piece_id *piece, unsigned copies,
                       struct sl_err *err) SL_MUST_CHECK;

#endif
