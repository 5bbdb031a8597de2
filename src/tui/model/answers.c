/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "model/answers.h"

#include <stdlib.h>
#include <string.h>

#include "sluice/costs.h"

/* A failed reading keeps the sums of the last one. */
static void on_wallet(struct sl_model *model, const struct sl_wallet *wallet)
{
    model->wallet.requested = model->wallet.reading = false;
    if (wallet->state != SL_WALLET_FAILED) {
        model->wallet.account = *wallet;
        return;
    }
    model->wallet.account.state = SL_WALLET_FAILED;
    model->wallet.account.err = wallet->err;
}

/* ---- verifying ---- */

bool sl_model_begin_check(struct sl_model *model, struct sl_row *row)
{
    struct sl_check *check = calloc(1, sizeof *check);
    if (check == NULL)
        return false;
    sl_model_drop_check(model, row);
    row->check = check;
    model->totals.verifying++;
    return true;
}

void sl_model_drop_check(struct sl_model *model, struct sl_row *row)
{
    model->totals.verifying -= sl_row_is_checked(row);
    sl_row_drop_check(row);
}

static void copy_check(struct sl_check *out, const struct sl_verify *verify)
{
    free(out->why);
    out->why = verify->why[0] != '\0' ? strdup(verify->why) : NULL;
    out->state = verify->state;
    out->copies = verify->copies;
    out->good = verify->good;
    out->at = verify->at;
    out->done_bytes = verify->done_bytes;
    out->total_bytes = verify->total_bytes;
    out->ended_ms = verify->ended_ms;
}

static void notify_verified(struct sl_model *model, const struct sl_row *row)
{
    const struct sl_check *check = row->check;
    const char *name = row->path + row->name_at;
    const char *why = check->why != NULL ? check->why : "";
    if (check->state == SL_VERIFY_GOOD) {
        sl_model_notify(model, SL_LEVEL_NOTE, "%.80s: %u of %u copies verified", name, check->good,
                        check->copies);
        return;
    }
    if (check->state == SL_VERIFY_BAD) {
        model->alerts.bell = model->alerts.bell || !model->alerts.failed;
        model->alerts.failed = true;
    }
    sl_model_notify(model, check->state == SL_VERIFY_BAD ? SL_LEVEL_ERROR : SL_LEVEL_WARNING,
                    "%.80s: %u of %u copies verified: %s", name, check->good, check->copies, why);
}

static void on_verify(struct sl_model *model, const struct sl_verify *verify)
{
    struct sl_row *row = sl_rows_find(&model->rows, verify->job_id);
    if (row == NULL || row->check == NULL)
        return; /* removed, or stored again since */
    const bool was_checked = sl_row_is_checked(row);
    copy_check(row->check, verify);
    if (!was_checked || sl_row_is_checked(row))
        return;
    model->totals.verifying--;
    if (verify->state == SL_VERIFY_STOPPED) {
        sl_model_notify(model, SL_LEVEL_NOTE, "%.80s: verification was stopped",
                        row->path + row->name_at);
        sl_row_drop_check(row);
    } else {
        notify_verified(model, row);
    }
}

/* A payment changes the sums of the account. */
static void end_payment(struct sl_model *model)
{
    model->wallet.paying = model->wallet.agreed = false;
    model->wallet.stale = true;
}

/* Ask only a user who looks at the wallet and has no other question to answer. */
static void confirm_payment(struct sl_model *model, const struct sl_paid *paid)
{
    model->wallet.paying = false;
    model->wallet.paid = *paid;
    if (model->panes.shown == SL_PANE_WALLET && model->prompt.confirm == SL_CONFIRM_NONE &&
        model->prompt.kind == SL_PROMPT_NONE && model->run.stop == SL_STOP_NO)
        model->prompt.confirm = SL_CONFIRM_PAY;
}

static void notify_paid(struct sl_model *model, const struct sl_paid *paid)
{
    char fee[SL_U256_AMOUNT_CHARS];
    sl_u256_amount(fee, paid->fee, SL_TOKEN_DECIMALS, SL_TOKEN_DECIMALS);
    if (sl_u256_is_zero(paid->fee))
        sl_model_notify(model, SL_LEVEL_NOTE, "%s: done", paid->what);
    else
        sl_model_notify(model, SL_LEVEL_NOTE, "%s: done, fee %s %s", paid->what, fee,
                        model->wallet.account.test_money ? "tFIL" : "FIL");
}

static void on_paid(struct sl_model *model, const struct sl_paid *paid)
{
    switch (paid->state) {
    case SL_PAID_TRIED:
        confirm_payment(model, paid);
        break;
    case SL_PAID_SENT:
        sl_model_notify(model, SL_LEVEL_NOTE, "%s: sent", paid->what);
        break;
    case SL_PAID_IN_BLOCK:
        sl_model_notify(model, SL_LEVEL_NOTE, "%s: in a block, waiting for the next epoch",
                        paid->what);
        break;
    case SL_PAID_DONE:
        notify_paid(model, paid);
        end_payment(model);
        break;
    case SL_PAID_FAILED:
        sl_model_notify(model, SL_LEVEL_ERROR, "not paid: %s", paid->err.text);
        end_payment(model);
        break;
    }
}

void sl_model_on_answer(struct sl_model *model, const struct sl_answer *answer)
{
    model->changed = true;
    switch (answer->type) {
    case SL_ANSWER_WALLET:
        on_wallet(model, &answer->wallet);
        break;
    case SL_ANSWER_VERIFY:
        on_verify(model, &answer->verify);
        break;
    case SL_ANSWER_PAID:
        on_paid(model, &answer->paid);
        break;
    }
}
