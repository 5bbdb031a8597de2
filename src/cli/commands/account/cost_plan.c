/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "commands/account/cost_plan.h"

#include <string.h>

#include "sluice/engine.h"

#include "setup/upload_target.h"

/* A price needs no answer from a provider, so treat all as reachable. */
static bool assume_reachable(void *ctx, const struct sl_provider *provider)
{
    (void)ctx;
    (void)provider;
    return true;
}

int sl_cli_cost_load_add(struct sl_cli_cost_load *load, uint64_t bytes, struct sl_err *err)
{
    if (bytes < SL_PIECE_MIN_BYTES)
        return sl_err_set(err, SL_ETOOSMALL,
                          "%llu bytes is too small: providers take no piece under %llu",
                          (unsigned long long)bytes, (unsigned long long)SL_PIECE_MIN_BYTES);
    const struct sl_file_pieces pieces = sl_file_pieces(bytes, load->split_bytes);
    struct sl_u256 leaves; /* whole leaves, for all parts but the last */
    const int rc = sl_cost_leaves(&leaves, sl_u256(bytes), 1, err);
    if (rc < 0)
        return rc;
    if (!sl_u256_add(&load->bytes, load->bytes, sl_u256(bytes)) ||
        !sl_u256_add(&load->leaves, load->leaves, leaves))
        return sl_err_set(err, SL_EOVERFLOW, "the sum of the sizes exceeds 256 bits");
    load->files++;
    load->pieces += pieces.count;
    if (load->least_bytes == 0 || pieces.most_bytes < load->least_bytes)
        load->least_bytes = pieces.most_bytes;
    if (pieces.most_bytes > load->most_bytes)
        load->most_bytes = pieces.most_bytes;
    return SL_OK;
}

/* The first copy goes where the user says, if given; the others as always. */
static int choose_named(struct sl_cli_cost_plan *plan, const struct sl_commit_options *placement,
                        const struct sl_selection *selection, struct sl_err *err)
{
    struct sl_u256 used[SL_COPIES_MAX];
    int rc = sl_u256_is_zero(placement->data_set)
                 ? sl_select_provider(&plan->choices[0], selection, placement->provider, err)
                 : sl_select_data_set(&plan->choices[0], selection, placement->data_set,
                                      &placement->payer, err);
    while (rc == SL_OK && ++plan->copies < plan->wanted) {
        used[plan->copies - 1] = plan->choices[plan->copies - 1].provider->id;
        rc = sl_select_another(&plan->choices[plan->copies], selection, used, plan->copies,
                               assume_reachable, NULL, err);
    }
    return rc == SL_ENOTFOUND && plan->copies > 0 ? SL_OK : rc;
}

static int choose(struct sl_cli_cost_plan *plan, const struct sl_commit_options *placement,
                  const struct sl_chain_view *view, const struct sl_cli_provider_cooldown *avoid,
                  const struct sl_cli_cost_load *load, struct sl_err *err)
{
    struct sl_metadata metadata[SL_METADATA_DATA_SET_ENTRIES];
    struct sl_selection selection = {.providers = view->providers,
                                     .provider_count = view->provider_count,
                                     .data_sets = view->data_sets,
                                     .data_set_count = view->data_set_count,
                                     .legacy_limit = view->legacy_limit,
                                     .metadata = metadata,
                                     .avoid = avoid->ids,
                                     .avoid_count = avoid->count,
                                     .least_bytes = load->least_bytes,
                                     .most_bytes = load->most_bytes};
    int rc =
        sl_metadata_combine(metadata, &selection.metadata_count, placement->metadata,
                            placement->metadata_count, placement->with_cdn, placement->source, err);
    if (rc < 0)
        return rc;
    if (!sl_u256_is_zero(placement->provider) || !sl_u256_is_zero(placement->data_set))
        return choose_named(plan, placement, &selection, err);
    rc = sl_select_copies(plan->choices, plan->wanted, &selection, assume_reachable, NULL, err);
    plan->copies = rc > 0 ? (size_t)rc : 0;
    return rc < 0 ? rc : SL_OK;
}

static int add_month(struct sl_u256 *sum, const struct sl_prices *prices,
                     const struct sl_cost_target *target, struct sl_err *err)
{
    struct sl_u256 more;
    const int rc = sl_cost_month(&more, prices, target, err);
    if (rc == SL_OK && !sl_u256_add(sum, *sum, more))
        return sl_err_set(err, SL_EOVERFLOW, "the monthly price exceeds 256 bits");
    return rc;
}

static struct sl_cost_target target_of(const struct sl_choice *choice, bool cdn,
                                       const struct sl_cli_cost_load *load)
{
    struct sl_cost_target out = {
        .leaves = load->leaves, .pieces = load->pieces, .is_new = true, .cdn = cdn};
    if (choice->data_set == NULL)
        return out;
    out.is_new = false;
    out.current_leaves = choice->data_set->leaves;
    out.reserve = choice->data_set->reserve;
    out.pending = choice->data_set->pending_payments;
    out.rail_rate = choice->data_set->rail_rate;
    out.rail_rate_known = choice->data_set->rail_rate_known;
    out.end_epoch = choice->data_set->end_epoch;
    return out;
}

/* The amount that counts against a run's limit, from the larger of the node's price and the known
 * price. */
static int add_most(struct sl_cli_cost_plan *plan, const struct sl_prices *known,
                    const struct sl_chain_view *view, struct sl_err *err)
{
    struct sl_prices larger;
    struct sl_cost_upload costs;
    (void)sl_prices_larger(&larger, &view->prices, known);
    const struct sl_cost_terms terms = sl_cost_terms(&larger);
    const int rc = sl_cost_upload(&costs, &larger, &view->account, &view->account_state,
                                  &view->approval, plan->targets, plan->copies, &terms, err);
    plan->most = sl_cost_spent(&costs);
    return rc;
}

static int add_costs(struct sl_cli_cost_plan *plan, bool cdn, const struct sl_chain_view *view,
                     const struct sl_cli_cost_load *load, struct sl_err *err)
{
    const struct sl_cost_terms terms = sl_cost_terms(&view->prices);
    struct sl_stored stored;
    int rc = SL_OK;
    for (size_t i = 0; i < plan->copies && rc == SL_OK; i++) {
        plan->targets[i] = target_of(&plan->choices[i], cdn, load);
        rc = add_month(&plan->month, &view->prices, &plan->targets[i], err);
    }
    if (rc == SL_OK)
        rc = sl_cost_upload(&plan->costs, &view->prices, &view->account, &view->account_state,
                            &view->approval, plan->targets, plan->copies, &terms, err);
    if (rc == SL_OK)
        rc = sl_cost_runway_after(&plan->runway, &view->account, &view->account_state, &plan->costs,
                                  err);
    if (rc == SL_OK && sl_stored_count(&stored, view->data_sets, view->data_set_count, NULL) == 0)
        (void)!sl_cost_advise(&plan->advice, &view->prices, &stored, plan->targets, plan->copies,
                              &plan->costs.fees, NULL);
    return rc;
}

/* Name the price that overflows the sum. */
static int name_doubt(const struct sl_cli_cost_plan *plan, int rc, struct sl_err *err)
{
    if (rc != SL_EOVERFLOW || !plan->is_doubtful)
        return rc;
    return sl_err_set(err, rc,
                      "the node says that %s is %s, but this release expects %s, so nothing "
                      "can be priced; try another node with --rpc-url",
                      plan->doubt.name, plan->doubt.told, plan->doubt.other);
}

int sl_cli_cost_plan_make(struct sl_cli_cost_plan *out, const struct sl_config *config,
                          const struct sl_address *payer, const struct sl_chain_view *view,
                          const struct sl_cli_provider_cooldown *avoid,
                          const struct sl_cli_cost_load *load, const struct sl_network *network,
                          struct sl_err *err)
{
    struct sl_placement texts;
    struct sl_prices known;
    struct sl_commit_options placement = {.payer = *payer};
    *out = (struct sl_cli_cost_plan){.wanted = 0};
    sl_prices_known(&known, &view->prices, network->builtin);
    out->is_doubtful = sl_prices_are_odd(&out->doubt, &view->prices, &known);
    int rc =
        sl_placement_read(&texts, &placement, config, strcmp(network->name, "local") == 0, err);
    out->wanted = (size_t)placement.copies;
    out->limit = placement.limit;
    if (rc == SL_OK)
        rc = choose(out, &placement, view, avoid, load, err);
    if (rc == SL_OK)
        rc = add_costs(out, placement.with_cdn, view, load, err);
    if (rc == SL_OK)
        rc = add_most(out, &known, view, err);
    return name_doubt(out, rc, err);
}
