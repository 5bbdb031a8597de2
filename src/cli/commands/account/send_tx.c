/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "commands/account/send_tx.h"

#include <stdio.h>
#include <string.h>

#include "sluice/hex.h"

#include "output/json_lines.h"
#include "output/output.h"

enum { HASH_CHARS = 2 * SL_TX_HASH_BYTES + 1, STEPS_MAX = 3 };

static bool dry_run(const struct sl_send_tx *sending)
{
    return sending->args->dry_run != NULL;
}

struct sl_wallet_tx_payer sl_send_tx_payer(const struct sl_send_tx *sending)
{
    return (struct sl_wallet_tx_payer){.network = &sending->account.network,
                                       .contracts = sending->account.contracts,
                                       .view = sending->account.view,
                                       .key = sending->account.signer.key};
}

/* ---- messages ---- */

static bool is_purpose(const struct sl_send_tx *sending, const char *what)
{
    const size_t len = strlen(sending->purpose);
    return strncmp(what, sending->purpose, len) == 0 && (what[len] == '\0' || what[len] == ' ');
}

static void on_event(void *ctx, enum sl_wallet_tx_event event, const struct sl_journal_tx *tx)
{
    static const char *const ends[] = {"under way", "done", "had no effect",
                                       "replaced by another transaction", "refused"};
    struct sl_send_tx *sending = ctx;
    char hash[HASH_CHARS];
    sl_hex_encode(hash, tx->hash, sizeof tx->hash);
    switch (event) {
    case SL_WALLET_TX_SENT:
        sl_notice("sent: %s (0x%s)", tx->what, hash);
        break;
    case SL_WALLET_TX_RESENT:
        sl_notice("continuing a transaction of an earlier run: %s", tx->what);
        break;
    case SL_WALLET_TX_FEE_RAISED:
        sl_notice("not in a block yet; sent again with higher fees");
        break;
    case SL_WALLET_TX_IN_BLOCK:
        sl_notice("in block %llu, waiting for the next epoch", (unsigned long long)tx->block);
        break;
    case SL_WALLET_TX_SETTLED:
        if (sending->settling)
            sl_notice("%s: %s", tx->what, ends[tx->state]);
        if (sending->settling && tx->state == SL_JOURNAL_TX_LANDED && is_purpose(sending, tx->what))
            sending->done_earlier = true;
        break;
    }
}

static void notice_sums(const struct sl_send_tx *sending, const struct sl_wallet_tx_call *call,
                        const struct sl_wallet_tx_cost *cost)
{
    char fee[SL_U256_AMOUNT_CHARS];
    char fil[SL_U256_AMOUNT_CHARS];
    sl_show_amount(fee, cost->most);
    sl_u256_amount(fil, sending->account.view->fil, SL_TOKEN_DECIMALS, 6);
    sl_cli_account_ctx_print_signer(&sending->account);
    sl_notice("on %s: %s", sending->account.network.name, call->what);
    sl_notice("fee: at most %s FIL (the wallet holds %s)", fee, fil);
    if (sending->say != NULL)
        sending->say(sending, call);
}

static bool print_result(const struct sl_send_tx *sending, const struct sl_wallet_tx_call *call,
                         const struct sl_wallet_tx_result *result)
{
    char hash[HASH_CHARS];
    char fee[SL_U256_AMOUNT_CHARS];
    struct sl_buf out = {0};
    sl_hex_encode(hash, result->hash, sizeof result->hash);
    sl_show_amount(fee, result->fee);
    if (sending->args->json != NULL) {
        struct sl_jw w = {0};
        const struct sl_clock clock = sl_clock_system();
        sl_cli_json_begin(&w, "transaction", &clock);
        sl_jw_str(&w, "what", call->what);
        sl_jw_str(&w, "network", sending->account.network.name);
        sl_jw_bool(&w, "dryRun", dry_run(sending));
        if (!dry_run(sending)) {
            char text[HASH_CHARS + 2];
            snprintf(text, sizeof text, "0x%s", hash);
            sl_jw_str(&w, "txHash", text);
            sl_jw_u64(&w, "block", result->block);
        }
        sl_jw_str(&w, dry_run(sending) ? "mostFee" : "fee", fee);
        sl_cli_json_end(&w);
        out = w.buf;
    } else if (dry_run(sending)) {
        sl_buf_printf(&out, "%s: would succeed, nothing was sent\n", call->what);
    } else {
        sl_buf_printf(&out, "%s: done, block %llu, fee %s FIL, 0x%s\n", call->what,
                      (unsigned long long)result->block, fee, hash);
    }
    const bool ok = sl_output(&out);
    sl_buf_free(&out);
    return ok;
}

/* Show, ask, send. The question comes once, before the first. */
static int run_step(struct sl_send_tx *sending, const struct sl_wallet_tx_call *call, bool first,
                    struct sl_err *err)
{
    struct sl_wallet_tx_cost cost;
    struct sl_wallet_tx_result result = {0};
    int rc = sl_wallet_tx_try(&cost, &sending->own, call, err);
    if (rc < 0)
        return rc;
    notice_sums(sending, call, &cost);
    result.fee = cost.most;
    if (!dry_run(sending) && first)
        rc = sl_confirm_ask(sending->args, err);
    if (rc == SL_OK && !dry_run(sending))
        rc = sl_wallet_tx_send(&result, &sending->own, call, &cost, err);
    if (rc == SL_OK && !print_result(sending, call, &result))
        rc = sl_err_set(err, SL_EIO, "cannot write to standard output; the transaction has landed");
    return rc;
}

static int run_steps(struct sl_send_tx *sending, struct sl_err *err)
{
    int rc = 1;
    for (int step = 0; rc == 1 && step < STEPS_MAX; step++) {
        struct sl_wallet_tx_call call = {0};
        rc = sl_cli_account_ctx_read(&sending->account, err);
        if (rc == SL_OK)
            rc = sending->make(&call, sending, err);
        const bool goes_on = rc == 1;
        if (rc >= 0)
            rc = run_step(sending, &call, step == 0, err);
        if (rc == SL_OK && goes_on) {
            if (dry_run(sending))
                sl_notice("more transactions would follow this one");
            else
                rc = 1;
        }
        sl_wallet_tx_call_free(&call);
    }
    /* each step has landed, but the node does not show the last one */
    return rc != 1
               ? rc
               : sl_err_set(err, SL_EBUSY,
                            "%s: not finished, because the node does not show the last transaction "
                            "yet; run the command again",
                            sending->purpose);
}

/* ---- the run ---- */

/* The wallet's transactions have a journal of their own, so that money can be moved while files are
 * uploaded. */
static int open_journal(struct sl_send_tx *sending, struct sl_err *err)
{
    char dir[SL_PATH_BYTES];
    const int rc = sl_path_join(dir, sizeof dir, sending->config->paths.state, "wallet", err);
    return rc < 0 ? rc
                  : sl_journal_open(&sending->own.journal, dir, SL_JOURNAL_WRITE,
                                    &sending->own.clock, err);
}

static int settle(struct sl_send_tx *sending, struct sl_err *err)
{
    sending->settling = true;
    const int rc = sl_wallet_tx_settle(&sending->own, err);
    sending->settling = false;
    return rc < 0 ? rc : SL_OK;
}

static int send_all(struct sl_send_tx *sending, struct sl_err *err)
{
    const enum sl_account_use use =
        dry_run(sending) && sending->keyless ? SL_ACCOUNT_DRY_SPEND : SL_ACCOUNT_SPEND;
    int rc = sl_cli_account_ctx_open(&sending->account, sending->config, use, err);
    if (rc < 0)
        return rc;
    sending->own = (struct sl_wallet_tx_sender){.chain = sending->account.chain,
                                                .key = sending->account.signer.key,
                                                .account = &sending->account.signer.payer,
                                                .clock = sl_clock_system(),
                                                .event = on_event,
                                                .event_ctx = sending};
    if (!dry_run(sending)) {
        rc = open_journal(sending, err);
        if (rc == SL_OK)
            rc = settle(sending, err);
    }
    if (rc == SL_OK && sending->done_earlier) {
        sl_notice("nothing more was sent; run the command again to do it once more");
        return SL_OK;
    }
    return rc < 0 ? rc : run_steps(sending, err);
}

int sl_send_tx_run(struct sl_send_tx *sending, struct sl_err *err)
{
    const int rc = send_all(sending, err);
    sl_journal_close(sending->own.journal);
    sl_cli_account_ctx_close(&sending->account);
    return rc;
}
