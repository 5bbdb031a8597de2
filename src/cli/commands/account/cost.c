/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* `sluice cost PATH...`: what an upload would cost, before anything is sent. */
#include <inttypes.h>
#include <string.h>

#include "sluice/chain.h"
#include "sluice/text.h"
#include "sluice/walk.h"

#include "commands.h"
#include "commands/account/cost_plan.h"
#include "commands/queue/path_list.h"
#include "output/json_lines.h"
#include "output/output.h"
#include "output/report_json.h"
#include "setup/chain_open.h"
#include "setup/keys.h"
#include "setup/path_rules.h"

struct cost {
    struct sl_cli_chain net;
    struct sl_cli_path_rules rules;
    struct sl_cli_path_list list;
    struct sl_cli_cost_load load;
    size_t refused; /* too small for any provider */
    size_t failed;  /* not there, or not readable */
    size_t missing; /* of those, not there */
    struct sl_err trouble;
    bool broken;     /* stdout takes no more */
    bool has_payer;  /* if false, the sums are those of an empty account and are not shown */
    bool is_session; /* a session key signs */
    bool approval;   /* the service still needs it */
    struct sl_address payer;
    struct sl_address session;
    struct sl_chain_view *view;
    struct sl_cli_provider_cooldown cooldown;
    struct sl_cli_cost_plan plan;
};

/* ---- the files ---- */

static void refuse(struct cost *cost, const char *path, const struct sl_err *err)
{
    struct sl_buf line = {0};
    if (cost->net.json) {
        cost->broken = cost->broken || !sl_cli_json_failed(&cost->net.clock, path, err);
        return;
    }
    sl_output_escape(&line, path);
    sl_notice("%s: %s", line.data != NULL ? line.data : "", err->text);
    sl_buf_free(&line);
}

static int on_item(void *ctx, const struct sl_scan_item *item)
{
    struct cost *cost = ctx;
    struct sl_err err = {0};
    if (item->kind == SL_SCAN_ERROR && item->found && item->err.code == SL_EFILETYPE) {
        cost->refused++; /* an upload skips it */
        refuse(cost, item->path, &item->err);
    } else if (item->kind == SL_SCAN_ERROR) {
        cost->failed++;
        cost->missing += item->err.code == SL_ENOENT ? 1 : 0;
        refuse(cost, item->path, &item->err);
    } else if (item->kind == SL_SCAN_FILE) {
        const int rc = sl_cli_cost_load_add(&cost->load, item->file.size_bytes, &err);
        if (rc == SL_ETOOSMALL) {
            cost->refused++;
            refuse(cost, item->path, &err);
        } else if (rc < 0) {
            cost->trouble = err;
        }
    }
    return cost->broken || cost->trouble.code != SL_OK ? -1 : 0;
}

static int walk(struct cost *cost, struct sl_err *err)
{
    atomic_bool stop = false;
    cost->load.split_bytes = cost->net.settings.config.split;
    struct sl_walk_options options =
        sl_cli_path_rules_walk(&cost->rules, &cost->net.settings.config);
    options.stop = &stop;
    options.fn = on_item;
    options.ctx = cost;
    const char *path = NULL;
    while ((path = sl_cli_path_list_next(&cost->list, path)) != NULL && !cost->broken &&
           cost->trouble.code == SL_OK) {
        if (strlen(path) >= SL_PATH_BYTES)
            return sl_err_set(err, SL_EOVERFLOW, "path too long: %.80s...", path);
        sl_walk(&options, path, 0);
    }
    *err = cost->trouble;
    return cost->trouble.code;
}

/* ---- the chain ---- */

/* Prices can be shown without a key, too. */
static int find_payer(struct cost *cost, const struct sl_args *args, struct sl_err *err)
{
    struct sl_signer signer;
    cost->has_payer = true;
    if (args->address != NULL || cost->net.local.key != NULL)
        return sl_cli_chain_payer(&cost->payer, &cost->net, args, err);
    const int rc = sl_keys_find(&signer, &cost->net.settings.config, SL_KEYS_ADDRESS, err);
    cost->has_payer = rc == 1;
    if (rc < 1)
        return rc;
    cost->payer = signer.payer;
    cost->is_session = signer.session;
    cost->session = signer.address;
    sl_signer_free(&signer);
    return SL_OK;
}

static int read_chain(struct cost *cost, struct sl_err *err)
{
    const struct sl_chain_wish wish = {.what = SL_READ_PROVIDERS | SL_READ_MONEY |
                                               (cost->has_payer ? SL_READ_DATA_SETS : 0U) |
                                               (cost->is_session ? SL_READ_SESSION : 0U),
                                       .payer = &cost->payer,
                                       .session_key = cost->is_session ? &cost->session : NULL};
    int rc = sl_chain_read(&cost->view, cost->net.chain, &wish, err);
    if (rc == SL_OK)
        rc = sl_cli_provider_cooldown_read(&cost->cooldown, &cost->net.settings.config,
                                           cost->net.network.chain_id, &cost->net.clock, err);
    if (rc == SL_OK)
        rc =
            sl_cli_cost_plan_make(&cost->plan, &cost->net.settings.config, &cost->payer, cost->view,
                                  &cost->cooldown, &cost->load, &cost->net.network, err);
    if (rc == SL_OK)
        cost->approval = sl_funds_need_approval(cost->view, &cost->plan.costs);
    return rc;
}

/* ---- JSON ---- */

static void json_places(struct sl_jw *w, const struct sl_cli_cost_plan *plan)
{
    sl_jw_u64(w, "copies", plan->copies);
    sl_jw_array(w, "dataSets");
    for (size_t i = 0; i < plan->copies; i++) {
        const struct sl_choice *choice = &plan->choices[i];
        sl_jw_object(w, NULL);
        sl_cli_json_u256(w, "providerId", choice->provider->id);
        sl_jw_bool(w, "new", choice->data_set == NULL);
        if (choice->data_set != NULL)
            sl_cli_json_u256(w, "dataSetId", choice->data_set->id);
        sl_jw_end_object(w);
    }
    sl_jw_end_array(w);
}

static void json_costs(struct sl_jw *w, const struct sl_cli_cost_plan *plan)
{
    const struct sl_cost_upload *costs = &plan->costs;
    sl_cli_json_amount(w, "perMonth", plan->month);
    sl_cli_json_amount(w, "perEpoch", costs->lockup.rate_delta);
    sl_jw_object(w, "fees");
    sl_cli_json_amount(w, "create", costs->fees.create);
    sl_cli_json_amount(w, "add", costs->fees.add);
    sl_cli_json_amount(w, "total", costs->fees.total);
    sl_jw_end_object(w);
    sl_jw_object(w, "lockup");
    sl_cli_json_amount(w, "storage", costs->lockup.streaming);
    sl_cli_json_amount(w, "reserve", costs->lockup.reserve);
    sl_cli_json_amount(w, "refill", costs->lockup.refill);
    sl_cli_json_amount(w, "cdn", costs->lockup.cdn);
    sl_cli_json_amount(w, "cacheMiss", costs->lockup.cache_miss);
    sl_cli_json_amount(w, "total", costs->lockup.total);
    sl_jw_end_object(w);
}

static void json_advice(struct sl_jw *w, const struct sl_cost_advice *advice)
{
    char text[SL_ADVICE_CHARS];
    sl_jw_array(w, "advice");
    for (int i = 0; i < SL_ADVICE_COUNT; i++) {
        if (!sl_advice_text(text, advice, (enum sl_advice)i))
            continue;
        sl_jw_object(w, NULL);
        sl_jw_str(w, "code", sl_advice_word((enum sl_advice)i));
        sl_jw_str(w, "message", text);
        sl_jw_end_object(w);
    }
    sl_jw_end_array(w);
}

static void json_account(struct sl_jw *w, const struct cost *cost)
{
    char address[SL_ADDRESS_CHARS];
    sl_address_text(address, &cost->payer);
    sl_jw_str(w, "address", address);
    sl_cli_json_amount(w, "available", cost->view->account_state.available);
    sl_cli_json_amount(w, "debt", cost->view->account_state.debt);
    sl_cli_json_amount(w, "wallet", cost->view->token.balance);
    sl_cli_json_amount(w, "deposit", cost->plan.costs.deposit);
    sl_jw_bool(w, "approvalNeeded", cost->approval);
    sl_jw_bool(w, "ready", sl_u256_is_zero(cost->plan.costs.deposit) && !cost->approval);
    if (sl_u256_cmp(cost->plan.runway, sl_u256_max()) == 0)
        sl_jw_null(w, "runwayEpochs"); /* without end */
    else
        sl_cli_json_amount(w, "runwayEpochs", cost->plan.runway);
}

static void print_cost_json(struct sl_buf *out, const struct cost *cost)
{
    struct sl_jw w = {0};
    sl_cli_json_begin(&w, "cost", &cost->net.clock);
    sl_jw_str(&w, "network", cost->net.network.name);
    sl_jw_u64(&w, "chainId", cost->net.network.chain_id);
    sl_jw_u64(&w, "epoch", cost->view->epoch);
    sl_jw_u64(&w, "files", cost->load.files);
    sl_jw_u64(&w, "refused", cost->refused + cost->failed);
    sl_cli_json_u256(&w, "bytes", cost->load.bytes);
    sl_jw_u64(&w, "pieces", cost->load.pieces);
    json_places(&w, &cost->plan);
    json_costs(&w, &cost->plan);
    json_advice(&w, &cost->plan.advice);
    if (cost->has_payer)
        json_account(&w, cost);
    sl_cli_json_end(&w);
    *out = w.buf;
}

/* ---- text ---- */

static void add_sum(struct sl_buf *out, const char *name, struct sl_u256 amount, const char *more)
{
    char text[SL_COST_CHARS];
    sl_cost_text(text, amount);
    sl_buf_printf(out, "%-10s %s%s\n", name, text, more);
}

static void add_load(struct sl_buf *out, const struct cost *cost)
{
    char size[SL_SHOWN_SIZE_CHARS];
    sl_show_size(size, cost->load.bytes);
    sl_buf_printf(out, "network    %s, epoch %" PRIu64 "\n", cost->net.network.name,
                  cost->view->epoch);
    sl_buf_printf(out, "files      %" PRIu64 ", %s, in %" PRIu64 " piece%s\n", cost->load.files,
                  size, cost->load.pieces, cost->load.pieces == 1 ? "" : "s");
    if (cost->refused + cost->failed > 0)
        sl_buf_printf(out, "refused    %zu\n", cost->refused + cost->failed);
}

static void add_places(struct sl_buf *out, const struct sl_cli_cost_plan *plan)
{
    char provider[SL_U256_DEC_CHARS], set[SL_U256_DEC_CHARS];
    for (size_t i = 0; i < plan->copies; i++) {
        const struct sl_choice *choice = &plan->choices[i];
        sl_u256_dec(provider, choice->provider->id);
        sl_buf_printf(out, "copy %zu     provider %s, ", i + 1, provider);
        if (choice->data_set == NULL) {
            sl_buf_str(out, "a new data set\n");
        } else {
            sl_u256_dec(set, choice->data_set->id);
            sl_buf_printf(out, "data set %s\n", set);
        }
    }
}

static void add_account(struct sl_buf *out, const struct cost *cost)
{
    const struct sl_account_state *state = &cost->view->account_state;
    char runway[SL_RUNWAY_CHARS];
    sl_runway_text(runway, cost->plan.runway);
    add_sum(out, "available", state->available, "");
    if (!sl_u256_is_zero(state->debt))
        add_sum(out, "owed", state->debt, "");
    add_sum(out, "deposit", sl_funds_deposit(&cost->view->account, &cost->plan.costs), "");
    sl_buf_printf(out, "approval   %s\n", cost->approval ? "needed" : "given");
    sl_buf_printf(out, "runway     %s, beside what is locked\n", runway);
}

static void print_cost_text(struct sl_buf *out, const struct cost *cost)
{
    const struct sl_cost_upload *costs = &cost->plan.costs;
    add_load(out, cost);
    add_places(out, &cost->plan);
    add_sum(out, "storage", cost->plan.month, " a month");
    add_sum(out, "fees", costs->fees.total, ", once");
    add_sum(out, "locked", costs->lockup.total, ", given back when it is not used");
    if (!sl_u256_is_zero(costs->lockup.refill))
        add_sum(out, "refill", costs->lockup.refill,
                " of that, for a reserve that these fees would use up");
    if (cost->has_payer)
        add_account(out, cost);
}

/* ---- the result ---- */

static enum sl_exit refuse_files(const struct cost *cost, const struct sl_err *err)
{
    char short_of[SL_COST_CHARS];
    struct sl_u256 more;
    const struct sl_u256 deposit = sl_funds_deposit(&cost->view->account, &cost->plan.costs);
    if (sl_u256_sub(&more, deposit, cost->view->token.balance) && !sl_u256_is_zero(more)) {
        sl_cost_text(short_of, more);
        sl_notice("the wallet is %s short of that deposit", short_of);
    }
    return sl_exit_with(err);
}

static void notice_warnings(const struct cost *cost)
{
    if (cost->plan.is_doubtful)
        sl_notice("warning: the node says that %s is %s, but this release expects %s; "
                  "uploads are refused unless you give --max-spend",
                  cost->plan.doubt.name, cost->plan.doubt.told, cost->plan.doubt.other);
    if (!sl_spend_allows(&cost->plan.limit, cost->plan.most))
        sl_notice("warning: fees and lockup are more than max_spend allows one run; raise "
                  "max_spend, or upload less");
    if (cost->view->warning[0] != '\0')
        sl_notice("warning: %s", cost->view->warning);
    if (cost->plan.copies < cost->plan.wanted)
        sl_notice("warning: %zu copies are wanted, but providers are available for only %zu",
                  cost->plan.wanted, cost->plan.copies);
    if (!cost->has_payer)
        sl_notice("no key is set; these are the prices for a new account (use --address "
                  "0x... for yours)");
    else if (cost->is_session &&
             !sl_chain_session_allows(cost->view, cost->view->unix_s + SL_SESSION_MARGIN_S))
        sl_notice("warning: the session key may not sign uploads, or has expired; see "
                  "`sluice wallet session status`");
}

static void notice_advice(const struct sl_cost_advice *advice)
{
    char text[SL_ADVICE_CHARS];
    for (int i = 0; i < SL_ADVICE_COUNT; i++) {
        if (sl_advice_text(text, advice, (enum sl_advice)i))
            sl_notice("note: %s", text);
    }
}

static enum sl_exit finish(const struct cost *cost)
{
    struct sl_buf out = {0};
    struct sl_err err = {0};
    notice_warnings(cost);
    notice_advice(&cost->plan.advice);
    if (cost->net.json)
        print_cost_json(&out, cost);
    else
        print_cost_text(&out, cost);
    const bool ok = sl_output(&out);
    sl_buf_free(&out);
    if (!ok)
        return sl_exit_no_output();
    if (cost->has_payer && sl_funds_check(cost->view, &cost->plan.costs, &err) < 0)
        return refuse_files(cost, &err);
    return cost->failed > 0 ? SL_EXIT_SOME_FAILED : SL_EXIT_OK;
}

static enum sl_exit nothing(const struct cost *cost)
{
    sl_notice("there is nothing to upload");
    return cost->failed > 0 && cost->missing == cost->failed && cost->refused == 0
               ? SL_EXIT_NO_FILE
               : SL_EXIT_SOME_FAILED;
}

static enum sl_exit show_cost(struct cost *cost, const struct sl_args *args)
{
    struct sl_err err = {0};
    int rc = sl_cli_chain_open(&cost->net, args, &err);
    if (rc == SL_OK)
        rc = sl_cli_path_rules_open(&cost->rules, &cost->net.settings, args, &err);
    if (rc == SL_OK)
        rc = sl_cli_path_list_fill(&cost->list, args, &err);
    if (rc == SL_OK)
        rc = walk(cost, &err);
    if (rc == SL_OK && cost->broken)
        return sl_exit_no_output();
    if (rc == SL_OK && cost->load.files == 0)
        return nothing(cost);
    if (rc == SL_OK)
        rc = find_payer(cost, args, &err);
    if (rc == SL_OK)
        rc = read_chain(cost, &err);
    return rc < 0 ? sl_exit_with(&err) : finish(cost);
}

enum sl_exit sl_run_cost(const struct sl_args *args)
{
    struct cost cost = {0};
    if (args->operand_count == 0) {
        sl_notice("cost: give a path, or `-` to read a list of paths from standard input");
        return SL_EXIT_USAGE;
    }
    const enum sl_exit status = show_cost(&cost, args);
    sl_chain_view_free(cost.view);
    sl_cli_provider_cooldown_free(&cost.cooldown);
    sl_cli_path_list_free(&cost.list);
    sl_cli_path_rules_close(&cost.rules);
    sl_cli_chain_close(&cost.net);
    return status;
}
