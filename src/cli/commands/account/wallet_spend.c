/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* `sluice wallet deposit`, `approve` and `withdraw`. */
#include <stdio.h>
#include <string.h>

#include "commands/account/send_tx.h"
#include "commands/account/wallet.h"
#include "output/confirm.h"
#include "output/output.h"

enum kind { DEPOSIT, APPROVE, WITHDRAW };

struct order {
    enum kind kind;
    struct sl_u256 amount;
    bool deposited; /* by a step of its own */
};

static int take_amount(struct sl_send_tx *sending, struct order *order, const char *given,
                       struct sl_err *err)
{
    static const char *const verbs[] = {"deposit", "approve the service", "withdraw"};
    char text[SL_U256_AMOUNT_CHARS];
    snprintf(sending->purpose, sizeof sending->purpose, "%s", verbs[order->kind]);
    if (order->kind == APPROVE)
        return SL_OK;
    if (sl_u256_parse_amount(&order->amount, given, strlen(given), SL_TOKEN_DECIMALS, err) < 0) {
        sl_err_ctx(err, "the amount '%.40s'", given);
        err->code = SL_EUSAGE;
        return SL_EUSAGE;
    }
    if (sl_u256_is_zero(order->amount))
        return sl_err_set(err, SL_EUSAGE, "an amount of 0 moves nothing");
    sl_show_amount(text, order->amount);
    snprintf(sending->purpose, sizeof sending->purpose, "%s %.50s USDFC", verbs[order->kind], text);
    return SL_OK;
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

static void say_left(const struct sl_send_tx *sending)
{
    const struct sl_chain_view *view = sending->account.view;
    const struct order *order = sending->ctx;
    const bool in = order->kind == DEPOSIT;
    char wallet[SL_U256_AMOUNT_CHARS];
    char deposited[SL_U256_AMOUNT_CHARS];
    const struct sl_u256 sum = order->amount;
    sl_show_amount(wallet, in ? less(view->token.balance, sum) : more(view->token.balance, sum));
    sl_show_amount(deposited, in ? more(view->account.funds, sum) : less(view->account.funds, sum));
    sl_notice("left: %s USDFC in the wallet, %s deposited", wallet, deposited);
}

static void say_sums(const struct sl_send_tx *sending, const struct sl_wallet_tx_call *call)
{
    const struct order *order = sending->ctx;
    if (order->kind != APPROVE)
        say_left(sending);
    if (strstr(call->what, "approve the service") != NULL)
        sl_notice(
            "approval: the storage service may lock and charge what is deposited, without limit");
}

/* ---- steps ---- */

static bool is_approved(const struct sl_chain_view *view)
{
    return sl_approval_is_unlimited(&view->approval, view->prices.lockup_epochs);
}

/* A token that takes no permit is allowed first; the approval comes last then. */
static int deposit(struct sl_wallet_tx_call *out, const struct sl_send_tx *sending,
                   struct sl_err *err)
{
    const struct sl_wallet_tx_payer payer = sl_send_tx_payer(sending);
    struct order *order = sending->ctx;
    const struct sl_token *token = &payer.view->token;
    const bool approved = is_approved(payer.view);
    int rc;
    if (order->deposited)
        return sl_wallet_tx_approve(out, &payer, true, err);
    if (token->permits)
        return sl_wallet_tx_deposit(out, &payer, order->amount, !approved, err);
    if (sl_u256_cmp(token->allowance, order->amount) < 0) {
        rc = sl_wallet_tx_allow(out, &payer, order->amount, err);
        return rc < 0 ? rc : 1;
    }
    rc = sl_wallet_tx_deposit_allowed(out, &payer, order->amount, err);
    order->deposited = true;
    return rc < 0 || approved ? rc : 1;
}

static int make(struct sl_wallet_tx_call *out, const struct sl_send_tx *sending, struct sl_err *err)
{
    const struct sl_wallet_tx_payer payer = sl_send_tx_payer(sending);
    const struct order *order = sending->ctx;
    switch (order->kind) {
    case DEPOSIT:
        return deposit(out, sending, err);
    case APPROVE:
        return sl_wallet_tx_approve(out, &payer, true, err);
    case WITHDRAW:
        break;
    }
    return sl_wallet_tx_withdraw(out, &payer, order->amount, err);
}

static enum sl_exit spend_as(const struct sl_wallet_call *call, enum kind kind)
{
    struct sl_err err = {0};
    struct order order = {.kind = kind};
    struct sl_send_tx sending = {.args = call->args,
                                 .config = call->config,
                                 .make = make,
                                 .say = say_sums,
                                 .ctx = &order,
                                 .keyless = order.kind != DEPOSIT /* which may sign a permit */};
    int rc = take_amount(&sending, &order, call->operand_count > 0 ? call->operands[0] : "", &err);
    if (rc == SL_OK)
        rc = sl_confirm_check(call->args, "before money moves", &err);
    if (rc == SL_OK)
        rc = sl_send_tx_run(&sending, &err);
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
