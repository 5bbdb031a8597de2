/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "render/wallet.h"

#include <stdio.h>
#include <string.h>

#include "sluice/clock.h"
#include "sluice/costs.h"
#include "sluice/text.h"

#include "input/keymap.h"
#include "model/wallet.h"
#include "render/draw.h"
#include "render/pane_writer.h"
#include "terminal/keys.h"
#include "terminal/theme.h"

enum { LINE_BYTES = 320, COMMAND_BYTES = 200 };

/* ---- the account ---- */

static void append_sum(struct sl_pane_writer *pane, const char *label, int role, struct sl_u256 sum,
                       const char *more)
{
    char amount[SL_COST_CHARS], text[LINE_BYTES];
    sl_cost_text(amount, sum);
    snprintf(text, sizeof text, "%s%s", amount, more);
    sl_pane_field(pane, label, role, text);
}

/* "0.1498 for gas"; the label names the token */
static void append_token(struct sl_pane_writer *pane, const char *label, struct sl_u256 sum,
                         const char *more)
{
    char amount[SL_COST_CHARS], text[LINE_BYTES];
    sl_cost_text(amount, sum);
    snprintf(text, sizeof text, "%.*s%s", (int)strcspn(amount, " "), amount, more);
    sl_pane_field(pane, label, SL_ROLE_TEXT, text);
}

static void append_where(struct sl_pane_writer *pane, const struct sl_model *model)
{
    const struct sl_wallet *wallet = &model->wallet.account;
    char address[SL_ADDRESS_CHARS], when[SL_LOCAL_TIME_CHARS], text[LINE_BYTES];
    sl_address_text(address, &wallet->address);
    sl_pane_field(pane, "Address", SL_ROLE_CID, address);
    sl_local_time(when, wallet->read_ms);
    snprintf(text, sizeof text, "%s, epoch %llu, read %s%s", model->network,
             (unsigned long long)wallet->epoch, when + 11,
             model->wallet.reading ? ", being read again" : "");
    sl_pane_bytes(pane, "Network", SL_ROLE_TEXT, text);
}

static void append_rate(struct sl_pane_writer *pane, const struct sl_wallet *wallet)
{
    struct sl_u256 month = sl_u256(0);
    if (!sl_u256_mul(&month, wallet->rate, sl_u256(SL_EPOCHS_PER_MONTH)))
        month = sl_u256_max();
    if (sl_u256_is_zero(wallet->rate))
        sl_pane_field(pane, "Pays", SL_ROLE_TEXT, "nothing yet");
    else
        append_sum(pane, "Pays", SL_ROLE_TEXT, month, " a month");
}

static void append_approval(struct sl_pane_writer *pane, const struct sl_wallet *wallet)
{
    static const char *const words[] = {
        [SL_WALLET_NOT_APPROVED] = "none: the storage service may not charge the account",
        [SL_WALLET_LIMITED] = "limited: the storage service may charge up to what was approved",
        [SL_WALLET_UNLIMITED] = "given: the storage service may charge what is deposited"};
    sl_pane_field(pane, "Approval",
                  wallet->approval == SL_WALLET_NOT_APPROVED ? SL_ROLE_WARNING : SL_ROLE_TEXT,
                  words[wallet->approval]);
}

static void append_account(struct sl_pane_writer *pane, const struct sl_model *model)
{
    const struct sl_wallet *wallet = &model->wallet.account;
    char runway[SL_RUNWAY_CHARS];
    append_where(pane, model);
    append_token(pane, wallet->test_money ? "tFIL" : "FIL", wallet->fil, " for gas");
    append_token(pane, "USDFC", wallet->usdfc, " in the wallet");
    append_sum(pane, "Deposited", SL_ROLE_TEXT, wallet->deposited, "");
    append_sum(pane, "Locked", SL_ROLE_TEXT, wallet->locked, "");
    append_sum(pane, "Available", SL_ROLE_STORED, wallet->available, "");
    if (!sl_u256_is_zero(wallet->debt))
        append_sum(pane, "Owed", SL_ROLE_ERROR, wallet->debt,
                   ": nothing can be added until it is paid");
    append_rate(pane, wallet);
    sl_runway_text(runway, wallet->runway);
    sl_pane_field(pane, "Runway", SL_ROLE_TEXT, runway);
    append_approval(pane, wallet);
}

/* ---- the queue ---- */

static void append_load(struct sl_pane_writer *pane, const struct sl_queue_load *load,
                        const struct sl_queue_price *price)
{
    char size[SL_TEXT_SHORT], copies[64] = "", text[LINE_BYTES];
    sl_text_size(size, load->bytes);
    if (price->load.files > 0 && price->err.code == SL_OK)
        snprintf(
            copies, sizeof copies, ", %u cop%s%s", price->copies, price->copies == 1 ? "y" : "ies",
            price->copies < price->wanted ? " (more are wanted than there are providers)" : "");
    snprintf(text, sizeof text, "%llu file%s, %s in %llu piece%s%s",
             (unsigned long long)load->files, load->files == 1 ? "" : "s", size,
             (unsigned long long)load->pieces, load->pieces == 1 ? "" : "s", copies);
    sl_pane_field(pane, "Queue", SL_ROLE_TEXT, text);
}

static void append_price(struct sl_pane_writer *pane, const struct sl_queue_price *price)
{
    char runway[SL_RUNWAY_CHARS];
    append_sum(pane, "It costs", SL_ROLE_TEXT, price->month, " a month");
    append_sum(pane, "", SL_ROLE_TEXT, price->fees, " of fees, once");
    append_sum(pane, "", SL_ROLE_TEXT, price->locked, " locked, given back when it is not used");
    sl_runway_text(runway, price->runway);
    sl_pane_field(pane, "Runway then", SL_ROLE_TEXT, runway);
}

static void append_queue(struct sl_pane_writer *pane, const struct sl_model *model)
{
    const struct sl_queue_price *price = &model->wallet.account.price;
    pane->y++;
    if (model->totals.due.files == 0) {
        sl_pane_field(pane, "Queue", SL_ROLE_DIM, "nothing waits to be paid for");
        return;
    }
    append_load(pane, &model->totals.due, price);
    if (price->load.files == 0)
        return; /* its price is still being read */
    if (price->err.code != SL_OK)
        sl_pane_bytes(pane, "It costs", SL_ROLE_ERROR, price->err.text);
    else
        append_price(pane, price);
}

/* ---- what is missing ---- */

/* The command to type, with all digits and for this network. */
static void append_command(struct sl_pane_writer *pane, const struct sl_model *model,
                           const char *what)
{
    char text[COMMAND_BYTES + SL_U256_AMOUNT_CHARS];
    snprintf(text, sizeof text, "sluice wallet %s%s%.64s", what,
             model->wallet.account.local ? "" : " --network ",
             model->wallet.account.local ? "" : model->network);
    sl_pane_bytes(pane, "Type", SL_ROLE_KEY, text);
}

/* The key that does the same on this screen. */
static void append_key(struct sl_pane_writer *pane, const struct sl_model *model,
                       const struct sl_missing *missing)
{
    char key[SL_KEY_TEXT], text[LINE_BYTES], amount[SL_U256_AMOUNT_CHARS];
    sl_keymap_keys_of(key, sizeof key, model->keys, SL_ACT_PAY, 1);
    snprintf(text, sizeof text, "%s, then confirm with y", key);
    if (model->prompt.confirm == SL_CONFIRM_PAY) {
        sl_u256_amount(amount, model->wallet.paid.payment.most_fee, SL_TOKEN_DECIMALS,
                       SL_TOKEN_DECIMALS);
        snprintf(text, sizeof text, "at most %s %s", amount,
                 model->wallet.account.test_money ? "tFIL" : "FIL");
        sl_pane_field(pane, "Its fee", SL_ROLE_TEXT, text);
    } else if (model->wallet.paying)
        sl_pane_field(pane, "or press", SL_ROLE_DIM, "(a payment is under way)");
    else if (key[0] != '\0' && sl_u256_is_zero(missing->wallet) &&
             !sl_u256_is_zero(model->wallet.account.fil))
        sl_pane_field(pane, "or press", SL_ROLE_KEY, text);
}

static void append_deposit(struct sl_pane_writer *pane, const struct sl_model *model,
                           const struct sl_missing *missing)
{
    const char *token = model->wallet.account.test_money ? "tFIL" : "FIL";
    char amount[SL_U256_AMOUNT_CHARS], text[LINE_BYTES];
    sl_u256_amount(amount, missing->wallet, SL_TOKEN_DECIMALS, SL_TOKEN_DECIMALS);
    snprintf(text, sizeof text, "the wallet also needs %s USDFC more: send them to its address",
             amount);
    if (!sl_u256_is_zero(missing->wallet))
        sl_pane_field(pane, "", SL_ROLE_ERROR, text);
    snprintf(text, sizeof text, "the wallet also needs some %s for gas", token);
    if (sl_u256_is_zero(model->wallet.account.fil))
        sl_pane_field(pane, "", SL_ROLE_ERROR, text);
    sl_u256_amount(amount, missing->deposit, SL_TOKEN_DECIMALS, SL_TOKEN_DECIMALS);
    snprintf(text, sizeof text, "deposit %s", amount);
    append_command(pane, model, text);
    append_key(pane, model, missing);
}

static void append_missing(struct sl_pane_writer *pane, const struct sl_model *model)
{
    const struct sl_missing missing = sl_tui_wallet_missing(&model->wallet.account);
    pane->y++;
    if (!sl_u256_is_zero(missing.deposit)) {
        append_sum(pane, "Missing", SL_ROLE_ERROR, missing.deposit,
                   missing.approval
                       ? " to be deposited, and the approval (the deposit gives it too)"
                       : " to be deposited");
        append_deposit(pane, model, &missing);
    } else if (missing.approval) {
        sl_pane_field(pane, "Missing", SL_ROLE_ERROR, "the approval of the storage service");
        append_command(pane, model, "approve");
        append_key(pane, model, &missing);
    } else if (model->wallet.account.price.over_limit) {
        sl_pane_field(pane, "Missing", SL_ROLE_ERROR,
                      "more than max_spend allows for one run: raise it or queue fewer files");
    } else {
        sl_pane_field(pane, "Missing", SL_ROLE_STORED, "nothing");
    }
}

/* A deposit does not retry files that failed because money was missing. */
static void append_unpaid(struct sl_pane_writer *pane, const struct sl_model *model)
{
    const size_t unpaid = model->totals.unpaid;
    char key[SL_KEY_TEXT], text[LINE_BYTES];
    if (unpaid == 0)
        return;
    sl_keymap_keys_of(key, sizeof key, model->keys, SL_ACT_RETRY, 1);
    snprintf(text, sizeof text, "then %s in the queue: %zu file%s failed because money was missing",
             key, unpaid, unpaid == 1 ? "" : "s");
    sl_pane_field(pane, "", SL_ROLE_WARNING, text);
}

/* ---- the pane ---- */

static void append_failure(struct sl_pane_writer *pane, const struct sl_model *model)
{
    char key[SL_KEY_TEXT], text[LINE_BYTES];
    sl_pane_bytes(pane, "Not read", SL_ROLE_ERROR, model->wallet.account.err.text);
    sl_keymap_keys_of(key, sizeof key, model->keys, SL_ACT_REFRESH, 1);
    snprintf(text, sizeof text, "%s reads it again; `sluice doctor` looks for the reason", key);
    sl_pane_field(pane, "", SL_ROLE_DIM, text);
    if (model->wallet.account.read_ms != 0)
        pane->y++;
}

static void append_all(struct sl_pane_writer *pane, const struct sl_model *model)
{
    const struct sl_wallet *wallet = &model->wallet.account;
    if (wallet->state == SL_WALLET_NONE) {
        sl_pane_bytes(pane, "No account", SL_ROLE_TEXT, wallet->err.text);
        return;
    }
    if (wallet->state == SL_WALLET_FAILED)
        append_failure(pane, model);
    if (wallet->state == SL_WALLET_UNREAD)
        sl_pane_field(pane, "", SL_ROLE_DIM, "The account is being read.");
    if (wallet->read_ms == 0)
        return;
    append_account(pane, model);
    append_queue(pane, model);
    append_missing(pane, model);
    append_unpaid(pane, model);
}

void sl_render_wallet(struct sl_grid *grid, const struct sl_model *model, struct sl_area area)
{
    struct sl_pane_writer pane = sl_pane_measure(grid);
    append_all(&pane, model);
    pane = sl_pane_scrolled(&pane, area, model->panes.scroll[SL_PANE_WALLET]);
    append_all(&pane, model);
}
