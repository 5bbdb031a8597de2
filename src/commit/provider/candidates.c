/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The candidates for a copy: providers and data sets. A choice becomes the target of a lane. */
#include "provider/candidates.h"

#include <stdio.h>
#include <stdlib.h>

#include "sluice/journal.h"
#include "sluice/provider.h"

int sl_commit_chain(struct sl_chain **out, const struct sl_commit *commit, struct sl_err *err)
{
    return sl_chain_new(out, &commit->options.network, &commit->options.rpc, err);
}

struct sl_selection sl_commit_selection(const struct sl_commit *commit,
                                        const struct sl_chain_view *view)
{
    return (struct sl_selection){.providers = view->providers,
                                 .provider_count = view->provider_count,
                                 .data_sets = view->data_sets,
                                 .data_set_count = view->data_set_count,
                                 .legacy_limit = view->legacy_limit,
                                 .metadata = commit->metadata,
                                 .metadata_count = commit->metadata_count,
                                 .seed = commit->options.seed};
}

static int on_provider(void *ctx, const struct sl_journal_provider *provider)
{
    struct sl_avoid *avoid = ctx;
    if (sl_journal_provider_cools(provider, sl_wall_ms(&avoid->commit->options.clock)) &&
        avoid->count < USED_MAX)
        avoid->ids[avoid->count++] = provider->provider_id;
    return 0;
}

int sl_avoid_read(struct sl_avoid *avoid, const struct sl_commit *commit,
                  struct sl_journal *journal, struct sl_err *err)
{
    *avoid = (struct sl_avoid){.commit = commit};
    return sl_journal_each_provider(journal, commit->options.network.chain_id, on_provider, avoid,
                                    err);
}

void sl_target_read_sums(struct sl_target *target, const struct sl_data_set *set)
{
    target->leaves = set->leaves;
    target->reserve = set->reserve;
    target->pending = set->pending_payments;
    target->end_epoch = set->end_epoch;
    target->pdp_rail = set->pdp_rail;
    target->rail_rate = set->rail_rate;
    target->rail_rate_known = set->rail_rate_known;
}

struct sl_cost_target sl_target_cost(const struct sl_commit *commit, const struct sl_target *target)
{
    return (struct sl_cost_target){.current_leaves = target->leaves,
                                   .reserve = target->reserve,
                                   .pending = target->pending,
                                   .end_epoch = target->end_epoch,
                                   .rail_rate = target->rail_rate,
                                   .rail_rate_known = target->rail_rate_known,
                                   .is_new = sl_u256_is_zero(target->data_set),
                                   .cdn = commit->options.with_cdn};
}

int sl_target_of(struct sl_target *out, const struct sl_choice *choice, struct sl_err *err)
{
    const struct sl_provider *provider = choice->provider;
    if (provider == NULL)
        return sl_err_set(err, SL_ENOTFOUND, "no storage provider was chosen");
    *out = (struct sl_target){.provider_id = provider->id,
                              .service_provider = provider->service_provider,
                              .payee = provider->payee,
                              .shown.provider_id = provider->id};
    snprintf(out->shown.name, sizeof out->shown.name, "%s", provider->name);
    if (choice->data_set != NULL) {
        out->data_set = choice->data_set->id;
        out->client_data_set_id = choice->data_set->client_data_set_id;
        sl_target_read_sums(out, choice->data_set);
        if (!sl_u256_to_u64(&out->shown.data_set_id, out->data_set))
            return sl_err_set(err, SL_EPROTO, "the chain reports a data set with an impossible id");
    }
    return sl_offering_url(out->shown.service_url, &provider->offering, err);
}

int sl_alive_ask(struct sl_alive *alive, const struct sl_commit *commit,
                 const struct sl_chain_view *view, struct sl_err *err)
{
    alive->count = 0;
    for (size_t i = 0; i < view->provider_count && i < SL_PROVIDERS_MAX; i++) {
        if (view->providers[i].approved)
            alive->providers[alive->count++] = &view->providers[i];
    }
    struct sl_ping *pings = calloc(alive->count + 1, sizeof *pings);
    if (pings == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for the pings");
    const int rc = sl_pings(pings, alive->providers, alive->count, &commit->options.http, err);
    for (size_t i = 0; i < alive->count; i++)
        alive->answered[i] = pings[i].err.code == SL_OK;
    free(pings);
    return rc;
}

bool sl_alive(void *ctx, const struct sl_provider *provider)
{
    const struct sl_alive *alive = ctx;
    for (size_t i = 0; i < alive->count; i++) {
        if (alive->providers[i] == provider)
            return alive->answered[i];
    }
    return false;
}
