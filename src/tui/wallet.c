/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "act.h"

static void ask(struct sl_face *face, enum sl_errand_type type)
{
    struct sl_model *model = face->model;
    const struct sl_errand errand = {.type = type, .load = model->totals.due};
    model->wallet_asked = true;
    model->changed = true;
    if (type == SL_ERRAND_WALLET) {
        model->wallet_stale = false;
        model->wallet_reads = true;
    }
    face->errand(face->ctx, &errand);
}

void sl_wallet_open(struct sl_face *face)
{
    face->model->wallet_stale = true;
    sl_face_show(face, SL_PANE_WALLET);
}

void sl_wallet_refresh(struct sl_face *face)
{
    ask(face, SL_ERRAND_WALLET);
}

static bool is_priced(const struct sl_model *model)
{
    const struct sl_queue_load *due = &model->totals.due;
    const struct sl_queue_load *priced = &model->wallet.price.load;
    return due->files == priced->files && due->bytes == priced->bytes &&
           due->pieces == priced->pieces;
}

void sl_wallet_follow(struct sl_face *face)
{
    const struct sl_model *model = face->model;
    if (model->pane != SL_PANE_WALLET || model->wallet_asked)
        return;
    if (model->wallet_stale)
        ask(face, SL_ERRAND_WALLET);
    else if (model->wallet.state == SL_WALLET_READ && !is_priced(model))
        ask(face, SL_ERRAND_PRICE);
}
