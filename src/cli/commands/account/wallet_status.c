/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* `sluice wallet status`: balances in the wallet and in the payment contract. */
#include <inttypes.h>

#include "commands/account/wallet.h"
#include "output/json_lines.h"
#include "output/output.h"
#include "setup/account_ctx.h"

/* Everything that is shown, as text with all its digits. */
struct shown {
    char address[SL_ADDRESS_CHARS];
    char fil[SL_U256_AMOUNT_CHARS];
    char wallet[SL_U256_AMOUNT_CHARS];
    char deposited[SL_U256_AMOUNT_CHARS];
    char locked[SL_U256_AMOUNT_CHARS];
    char available[SL_U256_AMOUNT_CHARS];
    char debt[SL_U256_AMOUNT_CHARS];
    char runway[SL_RUNWAY_CHARS];
    const char *approval;
};

static const char *approval_of(const struct sl_chain_view *view)
{
    if (!view->approval.approved)
        return "none";
    return sl_approval_is_unlimited(&view->approval, view->prices.lockup_epochs) ? "unlimited"
                                                                                 : "limited";
}

static void gather(struct shown *out, const struct sl_cli_account_ctx *account)
{
    const struct sl_chain_view *view = account->view;
    const struct sl_account_state *state = &view->account_state;
    sl_address_text(out->address, &account->signer.payer);
    sl_show_amount(out->fil, view->fil);
    sl_show_amount(out->wallet, view->token.balance);
    sl_show_amount(out->deposited, view->account.funds);
    sl_show_amount(out->locked, sl_cli_account_locked(view));
    sl_show_amount(out->available, state->available);
    sl_show_amount(out->debt, state->debt);
    sl_runway_text(out->runway, state->runway);
    out->approval = approval_of(view);
}

static void print_status_text(struct sl_buf *out, const struct sl_cli_account_ctx *account,
                              const struct shown *shown)
{
    sl_buf_printf(out, "address    %s\n", shown->address);
    sl_buf_printf(out, "network    %s, epoch %" PRIu64 "\n", account->network.name,
                  account->view->epoch);
    sl_buf_printf(out, "FIL        %s\n", shown->fil);
    sl_buf_printf(out, "USDFC      %s\n", shown->wallet);
    sl_buf_printf(out, "deposited  %s\n", shown->deposited);
    sl_buf_printf(out, "locked     %s\n", shown->locked);
    sl_buf_printf(out, "available  %s\n", shown->available);
    if (!sl_u256_is_zero(account->view->account_state.debt))
        sl_buf_printf(out, "owed       %s; deposit it before the next upload\n", shown->debt);
    sl_buf_printf(out, "runway     %s\n", shown->runway);
    sl_buf_printf(out, "approval   %s\n", shown->approval);
}

static void print_status_json(struct sl_buf *out, const struct sl_cli_account_ctx *account,
                              const struct shown *shown)
{
    char epochs[SL_U256_DEC_CHARS];
    struct sl_jw w = {0};
    const struct sl_clock clock = sl_clock_system();
    sl_cli_json_begin(&w, "walletStatus", &clock);
    sl_jw_str(&w, "address", shown->address);
    sl_jw_str(&w, "network", account->network.name);
    sl_jw_u64(&w, "chainId", account->network.chain_id);
    sl_jw_u64(&w, "epoch", account->view->epoch);
    sl_jw_str(&w, "fil", shown->fil);
    sl_jw_str(&w, "usdfc", shown->wallet);
    sl_jw_str(&w, "deposited", shown->deposited);
    sl_jw_str(&w, "locked", shown->locked);
    sl_jw_str(&w, "available", shown->available);
    sl_jw_str(&w, "debt", shown->debt);
    sl_u256_dec(epochs, account->view->account_state.runway);
    if (sl_u256_cmp(account->view->account_state.runway, sl_u256_max()) == 0)
        sl_jw_null(&w, "runwayEpochs"); /* without end */
    else
        sl_jw_str(&w, "runwayEpochs", epochs);
    sl_jw_str(&w, "approval", shown->approval);
    sl_cli_json_end(&w);
    *out = w.buf;
}

enum sl_exit sl_wallet_status(const struct sl_wallet_call *call)
{
    struct sl_cli_account_ctx account;
    struct shown shown;
    struct sl_buf out = {0};
    struct sl_err err = {0};
    int rc = sl_cli_account_ctx_open(&account, call->config, SL_ACCOUNT_READ, &err);
    if (rc == SL_OK)
        rc = sl_cli_account_ctx_read(&account, &err);
    if (rc == SL_OK) {
        gather(&shown, &account);
        if (call->args->json != NULL)
            print_status_json(&out, &account, &shown);
        else
            print_status_text(&out, &account, &shown);
    }
    sl_cli_account_ctx_close(&account);
    if (rc < 0)
        return sl_exit_with(&err);
    const bool ok = sl_output(&out);
    sl_buf_free(&out);
    return ok ? SL_EXIT_OK : sl_exit_no_output();
}
