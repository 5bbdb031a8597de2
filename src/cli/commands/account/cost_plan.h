/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* cost_plan.h - plans an upload of some files: where the copies go, and what it costs an account.
 * Private to cli. */
#ifndef SL_CLI_COST_PLAN_H
#define SL_CLI_COST_PLAN_H

#include "sluice/chain.h"
#include "sluice/config.h"
#include "sluice/costs.h"
#include "sluice/selection.h"

#include "setup/provider_cooldown.h"

/** The files, as providers will see them. */
struct sl_cli_cost_load {
    uint64_t split_bytes;  /* as struct sl_engine_options; set by the caller */
    struct sl_u256 bytes;  /* of one copy */
    struct sl_u256 leaves; /* of one copy: sl_cost_leaves() */
    uint64_t files;
    uint64_t pieces; /* of one copy; a large file is several, and so is one that later turns out too
                        large for the line */
    uint64_t least_bytes; /* of a piece */
    uint64_t most_bytes;
};

/** Count a file in. Errors: SL_ETOOSMALL (no provider takes it: it is not counted), SL_EOVERFLOW.
 */
int sl_cli_cost_load_add(struct sl_cli_cost_load *load, uint64_t bytes,
                         struct sl_err *err) SL_MUST_CHECK;

/** Where the copies go, and the price. Choices are borrowed from the view. */
struct sl_cli_cost_plan {
    size_t wanted; /* copies */
    size_t copies; /* fewer if there are not enough providers */
    struct sl_choice choices[SL_COPIES_MAX];
    struct sl_cost_target targets[SL_COPIES_MAX];
    struct sl_cost_upload costs;
    struct sl_spend_limit limit; /* limit of one run */
    struct sl_u256 most;         /* the amount that counts against the limit */
    bool is_doubtful;            /* a price is far from the one that this release expects */
    struct sl_price_doubt doubt;
    struct sl_cost_advice advice;
    struct sl_u256 month;  /* growth of the monthly storage price */
    struct sl_u256 runway; /* in epochs, after the upload and a deposit of what is missing */
};

/**
 * Choose as an upload with these settings does, without asking providers whether they are there;
 * those of `avoid` come last. The view was read with
 * SL_READ_PROVIDERS | SL_READ_DATA_SETS | SL_READ_MONEY. Errors: SL_ECONFIG, SL_ENOTFOUND (no
 * provider), SL_EREFUSED (a data set that was named takes no pieces), SL_EOVERFLOW (naming the
 * price that cannot be, if one is), SL_ENOMEM.
 */
int sl_cli_cost_plan_make(struct sl_cli_cost_plan *out, const struct sl_config *config,
                          const struct sl_address *payer, const struct sl_chain_view *view,
                          const struct sl_cli_provider_cooldown *avoid,
                          const struct sl_cli_cost_load *load, const struct sl_network *network,
                          struct sl_err *err) SL_MUST_CHECK;

#endif
