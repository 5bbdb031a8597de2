/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "commands/account/send_tx.h"
#include "commands/network/data_set_ctx.h"
#include "commands/network/removal.h"
#include "output/json_lines.h"
#include "output/output.h"
#include "setup/chain_open.h"

enum { COLUMNS = 7, PROVING_BATCH = 25, COUNT_CHARS = 24 };

struct datasets {
    struct sl_cli_chain net;
    struct sl_address payer;
    struct sl_chain_view *view;
    struct sl_proving *proving;
};

static int read_proving(struct datasets *d, struct sl_err *err)
{
    struct sl_u256 ids[PROVING_BATCH];
    const size_t count = d->view->data_set_count;
    d->proving = calloc(count + 1, sizeof *d->proving);
    if (d->proving == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    for (size_t at = 0; at < count; at += PROVING_BATCH) {
        const size_t here = count - at < PROVING_BATCH ? count - at : PROVING_BATCH;
        uint64_t epoch;
        for (size_t i = 0; i < here; i++)
            ids[i] = d->view->data_sets[at + i].id;
        const int rc = sl_chain_proving(d->proving + at, &epoch, d->net.chain, ids, here, err);
        if (rc < 0)
            return rc;
    }
    return SL_OK;
}

static int read_all(struct datasets *d, struct sl_err *err)
{
    const struct sl_chain_wish wish = {.what = SL_READ_DATA_SETS, .payer = &d->payer};
    const int rc = sl_chain_read(&d->view, d->net.chain, &wish, err);
    return rc < 0 ? rc : read_proving(d, err);
}

static const char *state_of(const struct sl_data_set *set)
{
    if (!sl_u256_is_zero(set->end_epoch))
        return "terminated";
    if (!set->live)
        return "deleted";
    return set->managed ? "live" : "foreign";
}

static const char *proving_of(const struct sl_proving *proving)
{
    switch (proving->state) {
    case SL_PROVING_NONE:
        return "none";
    case SL_PROVING_DONE:
        return "proven";
    case SL_PROVING_DUE:
        return "due";
    case SL_PROVING_OVERDUE:
        return "overdue";
    case SL_PROVING_GONE:
        break;
    }
    return "gone";
}

static void add_epoch(struct sl_jw *w, const char *key, uint64_t epoch)
{
    if (epoch != 0)
        sl_jw_u64(w, key, epoch);
}

static bool print_set_json(const struct datasets *d, size_t i)
{
    struct sl_jw w = {0};
    struct sl_u256 bytes;
    char address[SL_ADDRESS_CHARS];
    const struct sl_data_set *set = &d->view->data_sets[i];
    const struct sl_proving *proving = &d->proving[i];
    sl_cli_json_begin(&w, "dataSet", &d->net.clock);
    sl_cli_json_u256(&w, "id", set->id);
    sl_cli_json_u256(&w, "providerId", set->provider_id);
    sl_address_text(address, &set->payer);
    sl_jw_str(&w, "payer", address);
    sl_jw_str(&w, "state", state_of(set));
    sl_jw_bool(&w, "usable", sl_data_set_is_usable(set));
    sl_jw_bool(&w, "cdn", sl_data_set_has_cdn(set));
    if (sl_data_set_has_authorizer(set)) {
        sl_address_text(address, &set->authorizer);
        sl_jw_str(&w, "authorizer", address);
    }
    if (!sl_u256_is_zero(set->end_epoch))
        sl_cli_json_u256(&w, "endEpoch", set->end_epoch);
    sl_jw_u64(&w, "pieces", proving->piece_count);
    sl_cli_json_u256(&w, "leaves", set->leaves);
    if (sl_data_set_bytes(&bytes, set))
        sl_cli_json_u256(&w, "bytes", bytes);
    sl_jw_str(&w, "proving", proving_of(proving));
    add_epoch(&w, "lastProvenEpoch", proving->last_proven);
    add_epoch(&w, "nextChallengeEpoch", proving->next_due);
    add_epoch(&w, "deadlineEpoch", proving->deadline);
    if (set->metadata_known)
        sl_cli_json_metadata(&w, set->metadata, set->metadata_count);
    sl_cli_json_end(&w);
    const bool ok = sl_output(&w.buf);
    sl_jw_free(&w);
    return ok;
}

static void add_set_row(struct sl_table *table, const struct sl_data_set *set,
                        const struct sl_proving *proving)
{
    char text[SL_U256_DEC_CHARS], size[SL_SHOWN_SIZE_CHARS], count[COUNT_CHARS];
    struct sl_u256 bytes;
    struct sl_buf metadata = {0};
    sl_u256_dec(text, set->id);
    sl_table_cell(table, text);
    sl_u256_dec(text, set->provider_id);
    sl_table_cell(table, text);
    sl_table_cell(table, state_of(set));
    sl_table_cell(table, proving_of(proving));
    snprintf(count, sizeof count, "%" PRIu64, proving->piece_count);
    sl_table_cell(table, count);
    sl_show_size(size, sl_data_set_bytes(&bytes, set) ? bytes : sl_u256_max());
    sl_table_cell(table, size);
    sl_show_metadata(&metadata, set->metadata, set->metadata_known ? set->metadata_count : 0);
    sl_table_cell(table, metadata.data != NULL ? metadata.data : "");
    sl_buf_free(&metadata);
}

static bool print_table(const struct datasets *d)
{
    static const char *const heads[COLUMNS] = {"ID",     "PROVIDER", "STATE",   "PROVING",
                                               "PIECES", "SIZE",     "METADATA"};
    struct sl_table table = {.columns = COLUMNS, .right = 1U | 2U | 16U | 32U};
    for (size_t i = 0; i < COLUMNS; i++)
        sl_table_cell(&table, heads[i]);
    for (size_t i = 0; i < d->view->data_set_count; i++)
        add_set_row(&table, &d->view->data_sets[i], &d->proving[i]);
    const bool ok = sl_table_print(&table);
    sl_table_free(&table);
    return ok;
}

static enum sl_exit print_sets(const struct datasets *d)
{
    bool ok = true;
    char address[SL_ADDRESS_CHARS];
    if (d->view->warning[0] != '\0')
        sl_notice("warning: %s", d->view->warning);
    if (d->view->data_set_count == 0) {
        sl_address_text(address, &d->payer);
        sl_notice("%s has no data sets on %s", address, d->net.network.name);
    }
    for (size_t i = 0; d->net.json && ok && i < d->view->data_set_count; i++)
        ok = print_set_json(d, i);
    if (!d->net.json && d->view->data_set_count > 0)
        ok = print_table(d);
    return ok ? SL_EXIT_OK : sl_exit_no_output();
}

/* ---- terminate ---- */

/* Show what files lose, and check that the user agrees. */
static int check_losses(struct sl_removal *removal, struct sl_chain *chain,
                        const struct sl_data_set *set, const struct sl_args *args,
                        struct sl_err *err)
{
    int rc = sl_removal_check_set(removal, set, err);
    if (rc == SL_OK)
        rc = sl_removal_add_all(removal, chain, err);
    if (rc == SL_OK)
        rc = sl_removal_find_losses(removal, chain, NULL, 0, err);
    if (rc < 0)
        return rc;
    sl_removal_notice(removal);
    rc = sl_removal_print(removal, args, err);
    return rc < 0 ? rc : sl_removal_check_allowed(removal, args, err);
}

static int no_output(struct sl_err *err)
{
    return sl_err_set(err, SL_EIO, "cannot write to standard output; stopped");
}

/* ---- through the provider ---- */

static int notice_termination(const struct sl_cli_data_set_ctx *change, struct sl_err *err)
{
    char name[SL_DATA_SET_CTX_NAME_BYTES], fee[SL_COST_CHARS], size[SL_SHOWN_SIZE_CHARS];
    struct sl_u256 bytes = sl_u256_max();
    sl_cli_data_set_ctx_name(name, change);
    sl_cost_text(fee, change->account.view->prices.terminate_fee);
    sl_show_size(size, sl_data_set_bytes(&bytes, change->set) ? bytes : sl_u256_max());
    sl_notice("on %s: terminate %s, which holds %s", change->account.network.name, name, size);
    sl_notice("fee: %s, from the reserve of the data set", fee);
    sl_notice("it ends at once: the provider deletes its content, which cannot be "
              "restored");
    return sl_cli_data_set_ctx_check_fee(change, change->account.view->prices.terminate_fee, err);
}

static int print_end(const struct sl_args *args, const struct sl_cli_data_set_ctx *change,
                     const struct sl_sp_termination *end, struct sl_err *err)
{
    struct sl_buf out = {0};
    const bool dry_run = args->dry_run != NULL;
    if (args->json != NULL) {
        struct sl_jw w = {0};
        sl_cli_json_begin(&w, "termination", &change->clock);
        sl_jw_u64(&w, "dataSetId", change->id);
        sl_jw_bool(&w, "dryRun", dry_run);
        if (end->tx[0] != '\0')
            sl_jw_str(&w, "txHash", end->tx);
        if (end->end_epoch != 0)
            sl_jw_u64(&w, "endEpoch", end->end_epoch);
        sl_cli_json_end(&w);
        out = w.buf;
    } else if (dry_run) {
        sl_buf_printf(&out, "data set %" PRIu64 ": would be terminated, nothing was sent\n",
                      change->id);
    } else {
        sl_buf_printf(&out, "data set %" PRIu64 ": terminated", change->id);
        if (end->end_epoch != 0)
            sl_buf_printf(&out, ", it ends with epoch %" PRIu64, end->end_epoch);
        sl_buf_str(&out, "\n");
    }
    const bool ok = sl_output(&out);
    sl_buf_free(&out);
    return ok ? SL_OK : no_output(err);
}

/* Wait until the provider reports the termination. */
static int await(struct sl_cli_data_set_ctx *change, struct sl_sp_termination *end,
                 struct sl_err *err)
{
    int64_t begun_ms = 0;
    bool sent = false;
    while (end->state != SL_TERMINATION_DONE) {
        if (!sl_cli_data_set_ctx_wait(change, &begun_ms))
            return sl_err_set(err, SL_EBUSY,
                              "the provider has not done it yet; run the command again to check");
        const int rc = sl_sp_termination(change->sp, change->id, end, err);
        if (rc < 0 && sl_err_class_of(rc) != SL_CLASS_RETRY)
            return rc;
        if (rc == SL_OK && end->state == SL_TERMINATION_NONE)
            return sl_err_set(err, SL_EREVERT, "%s",
                              sent ? "the termination had no effect"
                                   : "the provider has dropped the request");
        sent = sent || end->state == SL_TERMINATION_SENT;
    }
    return SL_OK;
}

static int ask_provider(struct sl_cli_data_set_ctx *change, struct sl_sp_termination *end,
                        struct sl_err *err)
{
    struct sl_buf extra = {0};
    int rc = sl_payload_terminate(&extra, change->account.signer.key, &change->domain,
                                  sl_u256(change->id), err);
    if (rc == SL_OK)
        rc = sl_sp_terminate(change->sp, change->id, (const uint8_t *)extra.data, extra.len, end,
                             err);
    sl_buf_free(&extra);
    if (rc == 1)
        rc = sl_err_set(err, SL_EPROTO, "the provider sent an invalid answer");
    if (rc == SL_OK)
        rc = await(change, end, err);
    if (rc < 0)
        sl_notice("to do it without the provider: sluice datasets terminate %" PRIu64 " --on-chain",
                  change->id);
    return rc;
}

static int through_provider(const struct sl_args *args, const struct sl_config *config, uint64_t id,
                            struct sl_err *err)
{
    struct sl_cli_data_set_ctx change = {.id = id};
    struct sl_sp_termination end = {.state = SL_TERMINATION_NONE};
    struct sl_removal removal = {0};
    int rc =
        sl_cli_data_set_ctx_open(&change, config, SL_MESSAGE_TERMINATE, args->dry_run != NULL, err);
    if (rc == SL_OK)
        rc = notice_termination(&change, err);
    if (rc == SL_OK)
        rc = sl_removal_open(&removal, config, args, change.account.network.chain_id, id, err);
    if (rc == SL_OK)
        rc = check_losses(&removal, change.account.chain, change.set, args, err);
    if (rc == SL_OK && args->dry_run == NULL)
        rc = sl_confirm_ask(args, err);
    if (rc == SL_OK && args->dry_run == NULL)
        rc = ask_provider(&change, &end, err);
    if (rc == SL_OK && args->dry_run == NULL)
        sl_removal_record(config, &change.clock, change.account.network.chain_id, id, NULL, 0);
    if (rc == SL_OK)
        rc = print_end(args, &change, &end, err);
    sl_removal_close(&removal);
    sl_cli_data_set_ctx_close(&change);
    return rc;
}

/* ---- on the chain ---- */

static int check_losses_on_chain(const struct sl_send_tx *sending, uint64_t id, struct sl_err *err)
{
    struct sl_chain_view *view = NULL;
    struct sl_removal removal = {0};
    const struct sl_u256 set = sl_u256(id);
    struct sl_chain *chain = sending->account.chain;
    int rc = sl_chain_read_data_sets(&view, chain, &set, 1, err);
    if (rc == SL_OK && view->data_set_count == 0)
        rc = sl_err_set(err, SL_ENOTFOUND, "there is no data set %" PRIu64, id);
    if (rc == SL_OK)
        rc = sl_removal_open(&removal, sending->config, sending->args,
                             sending->account.network.chain_id, id, err);
    if (rc == SL_OK)
        rc = check_losses(&removal, chain, &view->data_sets[0], sending->args, err);
    sl_removal_close(&removal);
    sl_chain_view_free(view);
    return rc;
}

static int make(struct sl_wallet_tx_call *out, const struct sl_send_tx *sending, struct sl_err *err)
{
    const uint64_t id = *(const uint64_t *)sending->ctx;
    const struct sl_wallet_tx_payer payer = sl_send_tx_payer(sending);
    const int rc = sl_wallet_tx_terminate(out, &payer, sl_u256(id), err);
    const int agreed = rc < 0 ? rc : check_losses_on_chain(sending, id, err);
    return agreed < 0 ? agreed : rc;
}

static void notice_lockup(const struct sl_send_tx *sending, const struct sl_wallet_tx_call *call)
{
    char period[SL_RUNWAY_CHARS];
    (void)call;
    sl_runway_text(period, sending->account.view->prices.lockup_epochs);
    sl_notice("it stays paid for another %s from its lockup; nothing can be added to it", period);
}

static int on_chain(const struct sl_args *args, const struct sl_config *config, uint64_t id,
                    struct sl_err *err)
{
    struct sl_send_tx sending = {.args = args,
                                 .config = config,
                                 .make = make,
                                 .say = notice_lockup,
                                 .ctx = &id,
                                 .keyless = true};
    snprintf(sending.purpose, sizeof sending.purpose, "terminate data set %" PRIu64, id);
    const int rc = sl_send_tx_run(&sending, err);
    if (rc == SL_OK && args->dry_run == NULL && !sending.done_earlier)
        sl_removal_record(config, &sending.own.clock, sending.account.network.chain_id, id, NULL,
                          0);
    return rc;
}

/* ---- the run ---- */

static int run_terminate(const struct sl_args *args, struct sl_settings *settings,
                         struct sl_err *err)
{
    uint64_t id = 0;
    if (args->operand_count != 2)
        return sl_err_set(err, SL_EUSAGE,
                          "datasets terminate: give one data set number; `sluice datasets` lists "
                          "yours");
    if (args->address != NULL)
        return sl_err_set(err, SL_EUSAGE,
                          "--address: only the account of your own key can be changed");
    int rc = sl_cli_data_set_ctx_parse_id(&id, args->operands[1], err);
    if (rc == SL_OK)
        rc = sl_confirm_check(args, "before something is deleted", err);
    if (rc == SL_OK)
        rc = sl_settings_load(settings, args, err);
    if (rc < 0)
        return rc;
    return args->on_chain != NULL ? on_chain(args, &settings->config, id, err)
                                  : through_provider(args, &settings->config, id, err);
}

static enum sl_exit terminate(const struct sl_args *args)
{
    struct sl_settings settings = {0};
    struct sl_err err = {0};
    const int rc = run_terminate(args, &settings, &err);
    sl_settings_free(&settings);
    return rc < 0 ? sl_exit_with(&err) : SL_EXIT_OK;
}

/* ---- the command ---- */

enum sl_exit sl_run_datasets(const struct sl_args *args)
{
    struct datasets d = {0};
    struct sl_err err = {0};
    if (args->operand_count > 0 && strcmp(args->operands[0], "terminate") == 0)
        return terminate(args);
    if (args->yes != NULL || args->dry_run != NULL || args->on_chain != NULL ||
        args->breaks != NULL) {
        sl_notice("datasets: --yes, --dry-run, --breaks and --on-chain work only with "
                  "`datasets terminate`");
        return SL_EXIT_USAGE;
    }
    if (args->operand_count > 0) {
        sl_notice("datasets: unexpected argument '%s'; use --address to choose the account",
                  args->operands[0]);
        return SL_EXIT_USAGE;
    }
    int rc = sl_cli_chain_open(&d.net, args, &err);
    if (rc == SL_OK)
        rc = sl_cli_chain_payer(&d.payer, &d.net, args, &err);
    if (rc == SL_OK)
        rc = read_all(&d, &err);
    const enum sl_exit status = rc < 0 ? sl_exit_with(&err) : print_sets(&d);
    free(d.proving);
    sl_chain_view_free(d.view);
    sl_cli_chain_close(&d.net);
    return status;
}
