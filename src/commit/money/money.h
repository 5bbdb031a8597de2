/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* money.h - computes what a commit costs and checks that the account can pay. Layer: commit,
 * private. */
#ifndef SL_COMMIT_MONEY_H
#define SL_COMMIT_MONEY_H

#include "commit_internal.h"

struct sl_sums {
    struct sl_u256 cost; /* fees and what is locked */
    struct sl_u256 most; /* the same cost for checking a limit: the known price replaces a lower
                            reported one */
    struct sl_u256 fees;
    struct sl_u256 add_fees; /* of those, for adding */
};
/** What these targets cost. SL_EMONEY: the account cannot pay; the text says what to do. */
int sl_money_check(struct sl_sums *sums, const struct sl_commit *commit,
                   const struct sl_chain_view *view, const struct sl_cost_target *targets,
                   size_t count, struct sl_err *err) SL_MUST_CHECK;
/** The account cannot pay for the next payload: put into *err the cost of everything that the
 * journal has queued, in all copies. `lane`: its data set is known better than at the start; may
 * be NULL. *err is unchanged when nothing is queued. */
void sl_commit_price_queue(struct sl_commit *commit, struct sl_journal *journal,
                           const struct sl_chain_view *view, const struct sl_lane *lane,
                           struct sl_err *err);
/** The same for a batch, with the run's limit: account, prices and data set are read now. Errors:
 * also SL_EBUSY (the data set has ended meanwhile, or the node does not know it: choose again). */
int sl_lane_check_money(struct sl_lane *lane, struct sl_batch *batch,
                        struct sl_err *err) SL_MUST_CHECK;
/** The chain refused a payload for lack of money, because another payload of the account came
 * first: put into *err what is missing now. *err is unchanged when nothing is missing, or when that
 * cannot be read. */
void sl_lane_explain_money(struct sl_lane *lane, const struct sl_batch *batch, struct sl_err *err);
/** A batch has landed: from now on the queue is priced with its data set as it is after that. */
void sl_lane_note_paid(struct sl_lane *lane, const struct sl_batch *batch);

#endif
