/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* asked.h - decides which copies match the explicit options. Layer: commit, private. */
#ifndef SL_COMMIT_ASKED_H
#define SL_COMMIT_ASKED_H

#include "commit_internal.h"

/** At the start: find the data sets that match options.asked, and note in the journal which of them
 * the CDN serves. Errors: SL_ENOMEM, SL_EJOURNAL. */
int sl_commit_find_fits(struct sl_commit *commit, const struct sl_chain_view *view,
                        struct sl_err *err) SL_MUST_CHECK;
/** Register a data set that a lane has created. */
void sl_commit_made(struct sl_lane *lane, uint64_t data_set_id);
/** Whether the copy is on our chain, belongs to our payer and matches options.asked. */
bool sl_commit_counts(struct sl_commit *commit, const struct sl_journal_copy *copy);
/** Whether the first copy must stay at its own provider, because the user named that provider or
 * data set. */
bool sl_commit_asks_place(const struct sl_commit *commit);

#endif
