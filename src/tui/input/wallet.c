/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "input/wallet.h"

#include "model/wallet.h"

static void request_errand(struct sl_ui_input *ui, enum sl_errand_type type)
{
    struct sl_model *model = ui->model;
    const struct sl_errand errand = {.type = type, .load = model->totals.due};
    model->wallet.requested = true;
    model->changed = true;
    if (type == SL_ERRAND_WALLET) {
        model->wallet.stale = false;
        model->wallet.reading = true;
    }
    ui->errand(ui->ctx, &errand);
}

void sl_tui_wallet_open(struct sl_ui_input *ui)
{
    ui->model->wallet.stale = true;
    sl_ui_show(ui, SL_PANE_WALLET);
}

void sl_tui_wallet_refresh(struct sl_ui_input *ui)
{
    request_errand(ui, SL_ERRAND_WALLET);
}

/* ---- paying: never without a yes ---- */

void sl_tui_wallet_pay(struct sl_ui_input *ui)
{
    struct sl_model *model = ui->model;
    const struct sl_missing missing = sl_tui_wallet_missing(&model->wallet.account);
    const struct sl_errand errand = {
        .type = SL_ERRAND_TRY_PAY,
        .payment = {.amount = missing.deposit, .approve = missing.approval}};
    if (model->wallet.paying)
        sl_model_notify(model, SL_LEVEL_NOTE, "a payment is under way");
    else if (model->wallet.account.state != SL_WALLET_READ)
        sl_model_notify(model, SL_LEVEL_WARNING, "the account has not been read yet");
    else if (sl_u256_is_zero(missing.deposit) && !missing.approval)
        sl_model_notify(model, SL_LEVEL_NOTE, "nothing is missing");
    else if (!sl_u256_is_zero(missing.wallet))
        sl_model_notify(model, SL_LEVEL_WARNING,
                        "the wallet does not hold that much USDFC: send some to its address");
    else {
        model->wallet.paying = true;
        sl_model_notify(model, SL_LEVEL_NOTE, "estimating the fee");
        ui->errand(ui->ctx, &errand);
    }
}

void sl_tui_wallet_agreed(struct sl_ui_input *ui)
{
    struct sl_model *model = ui->model;
    const struct sl_errand errand = {.type = SL_ERRAND_PAY, .payment = model->wallet.paid.payment};
    model->wallet.paying = model->wallet.agreed = true;
    sl_model_notify(model, SL_LEVEL_NOTE, "%s: signing and sending", model->wallet.paid.what);
    ui->errand(ui->ctx, &errand);
}

/* ---- following ---- */

static bool is_priced(const struct sl_model *model)
{
    const struct sl_queue_load *due = &model->totals.due;
    const struct sl_queue_load *priced = &model->wallet.account.price.load;
    return due->files == priced->files && due->bytes == priced->bytes &&
           due->pieces == priced->pieces;
}

void sl_tui_wallet_follow(struct sl_ui_input *ui)
{
    const struct sl_model *model = ui->model;
    if (model->panes.shown != SL_PANE_WALLET || model->wallet.requested)
        return;
    if (model->wallet.stale)
        request_errand(ui, SL_ERRAND_WALLET);
    else if (model->wallet.account.state == SL_WALLET_READ && !is_priced(model))
        request_errand(ui, SL_ERRAND_PRICE);
}
