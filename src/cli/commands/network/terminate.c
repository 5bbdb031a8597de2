/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * `sluice datasets terminate DATASET`: through its provider, which ends it at once, or with
 * --on-chain by an own transaction, after which it is paid for until its lockup period has passed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "commands/account/send_tx.h"
#include "commands/network/data_set_ctx.h"
#include "commands/network/journal_removals.h"
#include "commands/network/removal.h"
#include "output/confirm.h"
#include "output/exit.h"
#include "output/json_lines.h"
#include "output/output.h"

/* Show what files lose, and check that the user agrees. */
static int weigh(struct sl_removal *removal, struct sl_chain *chain, const struct sl_data_set *set,
                 const struct sl_args *args, struct sl_err *err)
{
    int rc = sl_removal_check_set(removal, set, err);
    if (rc == SL_OK)
        rc = sl_removal_take_all(removal, chain, err);
    if (rc == SL_OK)
        rc = sl_removal_weigh(removal, chain, NULL, 0, err);
    if (rc < 0)
        return rc;
    sl_removal_say(removal);
    rc = sl_removal_print(removal, args, err);
    return rc < 0 ? rc : sl_removal_agree(removal, args, err);
}

static int no_output(struct sl_err *err)
{
    return sl_err_set(err, SL_EIO, "standard output takes no more: stopped");
}

/* ---- through the provider ---- */

static int say_sums(const struct sl_data_set_ctx *change, struct sl_err *err)
{
    char name[SL_DATA_SET_CTX_NAME_BYTES], fee[SL_COST_CHARS], size[SL_SHOWN_SIZE_CHARS];
    struct sl_u256 bytes = sl_u256_max();
    sl_data_set_ctx_name(name, change);
    sl_cost_text(fee, change->account.view->prices.terminate_fee);
    sl_show_size(size, sl_data_set_bytes(&bytes, change->set) ? bytes : sl_u256_max());
    sl_notice("on %s: terminate %s, it holds %s", change->account.network.name, name, size);
    sl_notice("fee: %s, out of the reserve of the data set", fee);
    sl_notice("it ends at once: the provider deletes what is in it, and nothing brings it back");
    return sl_data_set_ctx_check_fee(change, change->account.view->prices.terminate_fee, err);
}

static int print(const struct sl_args *args, const struct sl_data_set_ctx *change,
                 const struct sl_sp_termination *end, struct sl_err *err)
{
    struct sl_buf out = {0};
    const bool dry_run = args->dry_run != NULL;
    if (args->json != NULL) {
        struct sl_jw w = {0};
        sl_json_begin(&w, "termination", &change->clock);
        sl_jw_u64(&w, "dataSetId", change->id);
        sl_jw_bool(&w, "dryRun", dry_run);
        if (end->tx[0] != '\0')
            sl_jw_str(&w, "txHash", end->tx);
        if (end->end_epoch != 0)
            sl_jw_u64(&w, "endEpoch", end->end_epoch);
        sl_json_end(&w);
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

/* Until the provider says that it is over. */
static int await(struct sl_data_set_ctx *change, struct sl_sp_termination *end, struct sl_err *err)
{
    int64_t begun_ms = 0;
    bool sent = false;
    while (end->state != SL_TERMINATION_DONE) {
        if (!sl_data_set_ctx_wait(change, &begun_ms))
            return sl_err_set(err, SL_EBUSY,
                              "the provider has not done it yet: run it again to see");
        const int rc = sl_sp_termination(change->sp, change->id, end, err);
        if (rc < 0 && sl_err_class_of(rc) != SL_CLASS_RETRY)
            return rc;
        if (rc == SL_OK && end->state == SL_TERMINATION_NONE)
            return sl_err_set(err, SL_EREVERT, "%s",
                              sent ? "the termination was without effect"
                                   : "the provider has dropped the request");
        sent = sent || end->state == SL_TERMINATION_SENT;
    }
    return SL_OK;
}

static int ask_provider(struct sl_data_set_ctx *change, struct sl_sp_termination *end,
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
        rc = sl_err_set(err, SL_EPROTO, "the provider's answer makes no sense");
    if (rc == SL_OK)
        rc = await(change, end, err);
    if (rc < 0)
        sl_notice("without the provider: sluice datasets terminate %" PRIu64 " --on-chain",
                  change->id);
    return rc;
}

static int through_provider(const struct sl_args *args, const struct sl_config *config, uint64_t id,
                            struct sl_err *err)
{
    struct sl_data_set_ctx change = {.id = id};
    struct sl_sp_termination end = {.state = SL_TERMINATION_NONE};
    struct sl_removal removal = {0};
    int rc =
        sl_data_set_ctx_open(&change, config, SL_MESSAGE_TERMINATE, args->dry_run != NULL, err);
    if (rc == SL_OK)
        rc = say_sums(&change, err);
    if (rc == SL_OK)
        rc = sl_removal_open(&removal, config, args, change.account.network.chain_id, id, err);
    if (rc == SL_OK)
        rc = weigh(&removal, change.account.chain, change.set, args, err);
    if (rc == SL_OK && args->dry_run == NULL)
        rc = sl_confirm_ask(args, err);
    if (rc == SL_OK && args->dry_run == NULL)
        rc = ask_provider(&change, &end, err);
    if (rc == SL_OK && args->dry_run == NULL)
        sl_removal_record(config, &change.clock, change.account.network.chain_id, id, NULL, 0);
    if (rc == SL_OK)
        rc = print(args, &change, &end, err);
    sl_removal_close(&removal);
    sl_data_set_ctx_close(&change);
    return rc;
}

/* ---- on the chain ---- */

static int weigh_on_chain(const struct sl_send_tx *sending, uint64_t id, struct sl_err *err)
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
        rc = weigh(&removal, chain, &view->data_sets[0], sending->args, err);
    sl_removal_close(&removal);
    sl_chain_view_free(view);
    return rc;
}

static int make(struct sl_wallet_tx_call *out, const struct sl_send_tx *sending, struct sl_err *err)
{
    const uint64_t id = *(const uint64_t *)sending->ctx;
    const struct sl_wallet_tx_payer payer = sl_send_tx_payer(sending);
    const int rc = sl_wallet_tx_terminate(out, &payer, sl_u256(id), err);
    const int agreed = rc < 0 ? rc : weigh_on_chain(sending, id, err);
    return agreed < 0 ? agreed : rc;
}

static void say_lockup(const struct sl_send_tx *sending, const struct sl_wallet_tx_call *call)
{
    char period[SL_RUNWAY_CHARS];
    (void)call;
    sl_runway_text(period, sending->account.view->prices.lockup_epochs);
    sl_notice(
        "it is paid for another %s out of what is locked for it; nothing can be added any more",
        period);
}

static int on_chain(const struct sl_args *args, const struct sl_config *config, uint64_t id,
                    struct sl_err *err)
{
    struct sl_send_tx sending = {.args = args,
                                 .config = config,
                                 .make = make,
                                 .say = say_lockup,
                                 .ctx = &id,
                                 .keyless = true};
    snprintf(sending.purpose, sizeof sending.purpose, "terminate data set %" PRIu64, id);
    const int rc = sl_send_tx_run(&sending, err);
    if (rc == SL_OK && args->dry_run == NULL && !sending.done_earlier)
        sl_removal_record(config, &sending.own.clock, sending.account.network.chain_id, id, NULL,
                          0);
    return rc;
}

/* ---- the whole ---- */

static int run(const struct sl_args *args, struct sl_settings *settings, struct sl_err *err)
{
    uint64_t id = 0;
    if (args->operand_count != 2)
        return sl_err_set(err, SL_EUSAGE, "datasets terminate takes the number of one data set");
    if (args->address != NULL)
        return sl_err_set(err, SL_EUSAGE, "only the account of your key can be changed");
    int rc = sl_data_set_ctx_parse_id(&id, args->operands[1], err);
    if (rc == SL_OK)
        rc = sl_confirm_check(args, "before something is deleted", err);
    if (rc == SL_OK)
        rc = sl_settings_load(settings, args, err);
    if (rc < 0)
        return rc;
    return args->on_chain != NULL ? on_chain(args, &settings->config, id, err)
                                  : through_provider(args, &settings->config, id, err);
}

enum sl_exit sl_run_terminate(const struct sl_args *args)
{
    struct sl_settings settings = {0};
    struct sl_err err = {0};
    const int rc = run(args, &settings, &err);
    sl_settings_free(&settings);
    return rc < 0 ? sl_exit_with(&err) : SL_EXIT_OK;
}
