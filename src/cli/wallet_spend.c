/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * `sluice wallet deposit`, `approve` and `withdraw`: the sums first, then a question, then the
 * transaction. What an earlier run left open is settled before anything new is signed.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sluice/hex.h"
#include "sluice/own_tx.h"

#include "json_head.h"
#include "purse.h"
#include "say.h"
#include "wallet.h"

enum spend_kind { DEPOSIT, APPROVE, WITHDRAW };

enum { HASH_CHARS = 2 * SL_TX_HASH_BYTES + 1, STEPS_MAX = 3 };

struct spend {
    const struct sl_wallet_call *call;
    enum spend_kind kind;
    struct sl_u256 amount;
    char purpose[SL_JOURNAL_TX_WHAT_BYTES]; /* how the transaction's text begins */
    struct sl_purse purse;
    struct sl_own own;
    bool settling;
    bool done_earlier; /* an earlier run's transaction of the same purpose has landed now */
};

static bool dry_run(const struct spend *spend)
{
    return spend->call->args->dry_run != NULL;
}

/* ---- the command line ---- */

static int take_amount(struct spend *spend, struct sl_err *err)
{
    static const char *const verbs[] = {"deposit", "approve the service", "withdraw"};
    char text[SL_U256_AMOUNT_CHARS];
    snprintf(spend->purpose, sizeof spend->purpose, "%s", verbs[spend->kind]);
    if (spend->kind == APPROVE)
        return SL_OK;
    const char *given = spend->call->operands[0];
    if (sl_u256_parse_amount(&spend->amount, given, strlen(given), SL_TOKEN_DECIMALS, err) < 0) {
        sl_err_ctx(err, "the amount '%.40s'", given);
        err->code = SL_EUSAGE;
        return SL_EUSAGE;
    }
    if (sl_u256_is_zero(spend->amount))
        return sl_err_set(err, SL_EUSAGE, "an amount of 0 moves nothing");
    sl_purse_exact(text, spend->amount);
    snprintf(spend->purpose, sizeof spend->purpose, "%s %.50s USDFC", verbs[spend->kind], text);
    return SL_OK;
}

/* Asked before anything is read: a script learns at once what it lacks. */
static int check_consent(const struct spend *spend, struct sl_err *err)
{
    const struct sl_args *args = spend->call->args;
    if (args->yes != NULL || args->dry_run != NULL ||
        (isatty(STDIN_FILENO) && isatty(STDERR_FILENO)))
        return SL_OK;
    return sl_err_set(err, SL_EUSAGE,
                      "there is no terminal to ask on before money moves: say --yes, or --dry-run");
}

/* ---- what is told on the way ---- */

static void tell(void *ctx, enum sl_own_event event, const struct sl_journal_tx *tx)
{
    static const char *const ends[] = {"under way", "done", "without effect",
                                       "overtaken by another transaction", "refused"};
    struct spend *spend = ctx;
    char hash[HASH_CHARS];
    sl_hex_encode(hash, tx->hash, sizeof tx->hash);
    switch (event) {
    case SL_OWN_SENT:
        sl_say("sent: %s (0x%s)", tx->what, hash);
        break;
    case SL_OWN_AGAIN:
        sl_say("an earlier run left this open, going on with it: %s", tx->what);
        break;
    case SL_OWN_RAISED:
        sl_say("in no block yet: sent with higher fees");
        break;
    case SL_OWN_IN_BLOCK:
        sl_say("in block %llu, waiting for the next epoch", (unsigned long long)tx->block);
        break;
    case SL_OWN_SETTLED:
        if (spend->settling)
            sl_say("%s: %s", tx->what, ends[tx->state]);
        if (spend->settling && tx->state == SL_JOURNAL_TX_LANDED &&
            strncmp(tx->what, spend->purpose, strlen(spend->purpose)) == 0)
            spend->done_earlier = true;
        break;
    }
}

/* ---- the sums ---- */

static struct sl_u256 less(struct sl_u256 a, struct sl_u256 b)
{
    return sl_u256_sub(&a, a, b) ? a : sl_u256(0);
}

static struct sl_u256 more(struct sl_u256 a, struct sl_u256 b)
{
    return sl_u256_add(&a, a, b) ? a : sl_u256_max();
}

static void say_left(const struct spend *spend)
{
    const struct sl_chain_view *view = spend->purse.view;
    const bool in = spend->kind == DEPOSIT;
    char wallet[SL_U256_AMOUNT_CHARS];
    char deposited[SL_U256_AMOUNT_CHARS];
    const struct sl_u256 sum = spend->amount;
    sl_purse_exact(wallet, in ? less(view->token.balance, sum) : more(view->token.balance, sum));
    sl_purse_exact(deposited, in ? more(view->account.funds, sum) : less(view->account.funds, sum));
    sl_say("left: %s USDFC in the wallet, %s deposited", wallet, deposited);
}

static void say_sums(const struct spend *spend, const struct sl_own_call *call,
                     const struct sl_own_cost *cost)
{
    const struct sl_chain_view *view = spend->purse.view;
    char fee[SL_U256_AMOUNT_CHARS];
    char fil[SL_U256_AMOUNT_CHARS];
    sl_purse_exact(fee, cost->most);
    sl_u256_amount(fil, view->fil, SL_TOKEN_DECIMALS, 6);
    sl_say("on %s: %s", spend->purse.network.name, call->what);
    sl_say("fee: at most %s FIL (the wallet holds %s)", fee, fil);
    if (spend->kind != APPROVE)
        say_left(spend);
    if (strstr(call->what, "approve the service") != NULL)
        sl_say(
            "approval: the storage service may lock and charge what is deposited, without limit");
}

/* Yes only for "y" or "yes". */
static int ask(const struct spend *spend, struct sl_err *err)
{
    char answer[16] = "";
    if (spend->call->args->yes != NULL)
        return SL_OK;
    fputs("sluice: go on? [y/N] ", stderr);
    fflush(stderr);
    if (fgets(answer, sizeof answer, stdin) != NULL &&
        (strcmp(answer, "y\n") == 0 || strcmp(answer, "yes\n") == 0))
        return SL_OK;
    return sl_err_set(err, SL_ECANCELED, "nothing was sent");
}

/* ---- steps ---- */

static struct sl_own_payer payer_of(const struct spend *spend)
{
    return (struct sl_own_payer){.network = &spend->purse.network,
                                 .contracts = spend->purse.contracts,
                                 .view = spend->purse.view,
                                 .key = spend->purse.signer.key};
}

static bool is_approved(const struct sl_chain_view *view)
{
    return sl_approval_is_unlimited(&view->approval, view->prices.lockup_epochs);
}

/* The transaction of this step. Returns 1 when another has to follow it, 0 when it is the last. */
static int make_call(struct sl_own_call *out, const struct spend *spend, bool deposited,
                     struct sl_err *err)
{
    const struct sl_own_payer payer = payer_of(spend);
    const struct sl_chain_view *view = payer.view;
    const bool approved = is_approved(view);
    int rc;
    if (spend->kind == WITHDRAW)
        return sl_own_withdraw(out, &payer, spend->amount, err);
    if (spend->kind == APPROVE || deposited)
        return sl_own_approve(out, &payer, true, err);
    if (view->token.permits)
        return sl_own_deposit(out, &payer, spend->amount, !approved, err);
    if (sl_u256_cmp(view->token.allowance, spend->amount) < 0) {
        rc = sl_own_allow(out, &payer, spend->amount, err);
        return rc < 0 ? rc : 1;
    }
    rc = sl_own_deposit_allowed(out, &payer, spend->amount, err);
    return rc < 0 || approved ? rc : 1;
}

static bool print_result(const struct spend *spend, const struct sl_own_call *call,
                         const struct sl_own_result *result)
{
    char hash[HASH_CHARS];
    char fee[SL_U256_AMOUNT_CHARS];
    struct sl_buf out = {0};
    sl_hex_encode(hash, result->hash, sizeof result->hash);
    sl_purse_exact(fee, result->fee);
    if (spend->call->args->json != NULL) {
        struct sl_jw w = {0};
        const struct sl_clock clock = sl_clock_system();
        sl_json_begin(&w, "transaction", &clock);
        sl_jw_str(&w, "what", call->what);
        sl_jw_str(&w, "network", spend->purse.network.name);
        sl_jw_bool(&w, "dryRun", dry_run(spend));
        if (!dry_run(spend)) {
            char text[HASH_CHARS + 2];
            snprintf(text, sizeof text, "0x%s", hash);
            sl_jw_str(&w, "txHash", text);
            sl_jw_u64(&w, "block", result->block);
        }
        sl_jw_str(&w, dry_run(spend) ? "mostFee" : "fee", fee);
        sl_json_end(&w);
        out = w.buf;
    } else if (dry_run(spend)) {
        sl_buf_printf(&out, "%s: would succeed, nothing was sent\n", call->what);
    } else {
        sl_buf_printf(&out, "%s: done, block %llu, fee %s FIL, 0x%s\n", call->what,
                      (unsigned long long)result->block, fee, hash);
    }
    const bool ok = sl_out(&out);
    sl_buf_free(&out);
    return ok;
}

/* Show, ask, send. The question comes once, before the first. */
static int run_step(struct spend *spend, const struct sl_own_call *call, bool first,
                    struct sl_err *err)
{
    struct sl_own_cost cost;
    struct sl_own_result result = {0};
    int rc = sl_own_try(&cost, &spend->own, call, err);
    if (rc < 0)
        return rc;
    say_sums(spend, call, &cost);
    result.fee = cost.most;
    if (!dry_run(spend) && first)
        rc = ask(spend, err);
    if (rc == SL_OK && !dry_run(spend))
        rc = sl_own_send(&result, &spend->own, call, &cost, err);
    if (rc == SL_OK && !print_result(spend, call, &result))
        rc = sl_err_set(err, SL_EIO, "standard output takes no more; what was sent has landed");
    return rc;
}

static int run_steps(struct spend *spend, struct sl_err *err)
{
    bool deposited = false;
    int rc = 1;
    for (int step = 0; rc == 1 && step < STEPS_MAX; step++) {
        struct sl_own_call call = {0};
        rc = sl_purse_read(&spend->purse, err);
        if (rc == SL_OK)
            rc = make_call(&call, spend, deposited, err);
        const bool goes_on = rc == 1;
        if (rc >= 0)
            rc = run_step(spend, &call, step == 0, err);
        deposited = strncmp(call.what, "deposit", 7) == 0;
        if (rc == SL_OK && goes_on) {
            if (dry_run(spend))
                sl_say("more transactions would follow this one");
            else
                rc = 1;
        }
        sl_own_call_free(&call);
    }
    return rc;
}

/* ---- the whole ---- */

/* Own transactions have a journal of their own, so that money can be moved while files go up. */
static int open_journal(struct spend *spend, struct sl_err *err)
{
    char dir[SL_PATH_BYTES];
    const int rc = sl_path_join(dir, sizeof dir, spend->call->config->paths.state, "wallet", err);
    return rc < 0 ? rc
                  : sl_journal_open(&spend->own.journal, dir, SL_JOURNAL_WRITE, &spend->own.clock,
                                    err);
}

static int settle(struct spend *spend, struct sl_err *err)
{
    spend->settling = true;
    const int rc = sl_own_settle(&spend->own, err);
    spend->settling = false;
    return rc < 0 ? rc : SL_OK;
}

static int run(struct spend *spend, struct sl_err *err)
{
    int rc = take_amount(spend, err);
    if (rc == SL_OK)
        rc = check_consent(spend, err);
    if (rc == SL_OK)
        rc = sl_purse_open(&spend->purse, spend->call->config, true, err);
    if (rc < 0)
        return rc;
    spend->own = (struct sl_own){.chain = spend->purse.chain,
                                 .key = spend->purse.signer.key,
                                 .clock = sl_clock_system(),
                                 .event = tell,
                                 .event_ctx = spend};
    if (!dry_run(spend)) {
        rc = open_journal(spend, err);
        if (rc == SL_OK)
            rc = settle(spend, err);
    }
    if (rc == SL_OK && spend->done_earlier) {
        sl_say("nothing more was sent: run it again to do it once more");
        return SL_OK;
    }
    return rc < 0 ? rc : run_steps(spend, err);
}

static enum sl_exit spend_as(const struct sl_wallet_call *call, enum spend_kind kind)
{
    struct spend spend = {.call = call, .kind = kind};
    struct sl_err err = {0};
    const int rc = run(&spend, &err);
    sl_journal_close(spend.own.journal);
    sl_purse_close(&spend.purse);
    return rc < 0 ? sl_exit_with(&err) : SL_EXIT_OK;
}

enum sl_exit sl_wallet_deposit(const struct sl_wallet_call *call)
{
    return spend_as(call, DEPOSIT);
}

enum sl_exit sl_wallet_approve(const struct sl_wallet_call *call)
{
    return spend_as(call, APPROVE);
}

enum sl_exit sl_wallet_withdraw(const struct sl_wallet_call *call)
{
    return spend_as(call, WITHDRAW);
}
