/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What came of errands. */
#include "model.h"

/* What failed to be read leaves the sums of the last time. */
static void take_wallet(struct sl_model *model, const struct sl_wallet *wallet)
{
    model->wallet_asked = false;
    if (wallet->state != SL_WALLET_FAILED) {
        model->wallet = *wallet;
        return;
    }
    model->wallet.state = SL_WALLET_FAILED;
    model->wallet.err = wallet->err;
}

void sl_model_answer(struct sl_model *model, const struct sl_answer *answer)
{
    model->changed = true;
    switch (answer->type) {
    case SL_ANSWER_WALLET:
        take_wallet(model, &answer->wallet);
        break;
    }
}
