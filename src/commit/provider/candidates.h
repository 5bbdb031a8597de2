/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* candidates.h - what a provider is chosen from, and what a choice means for a lane. Layer: commit,
 * private. */
#ifndef SL_COMMIT_CANDIDATES_H
#define SL_COMMIT_CANDIDATES_H

#include "commit_internal.h"

/** Open a chain of the options' network. */
int sl_commit_chain(struct sl_chain **out, const struct sl_commit *commit,
                    struct sl_err *err) SL_MUST_CHECK;
/** What to choose from; borrows from the view. */
struct sl_selection sl_commit_selection(const struct sl_commit *commit,
                                        const struct sl_chain_view *view);

/** Providers that failed recently and are avoided for a while. */
struct sl_avoid {
    const struct sl_commit *commit;
    struct sl_u256 ids[USED_MAX];
    size_t count;
};
int sl_avoid_read(struct sl_avoid *avoid, const struct sl_commit *commit,
                  struct sl_journal *journal, struct sl_err *err) SL_MUST_CHECK;

/** Errors: SL_EPROTO (a service URL that cannot be used). */
int sl_target_of(struct sl_target *out, const struct sl_choice *choice,
                 struct sl_err *err) SL_MUST_CHECK;
/** Copy the sums of a data set that pricing needs. */
void sl_target_read_sums(struct sl_target *target, const struct sl_data_set *set);
/** The target as a place for pieces, with none added yet. */
struct sl_cost_target sl_target_cost(const struct sl_commit *commit,
                                     const struct sl_target *target);

/** Which providers answer. All are pinged at once and the answers kept: ctx of sl_alive_fn. */
struct sl_alive {
    const struct sl_provider *providers[SL_PROVIDERS_MAX];
    bool answered[SL_PROVIDERS_MAX];
    size_t count;
};
int sl_alive_ask(struct sl_alive *alive, const struct sl_commit *commit,
                 const struct sl_chain_view *view, struct sl_err *err) SL_MUST_CHECK;
bool sl_alive(void *ctx, const struct sl_provider *provider);

#endif
