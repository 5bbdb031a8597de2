/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* wallet.h - the account, and what it lacks to pay for the queue. Private to tui. */
#ifndef SL_TUI_MODEL_WALLET_H
#define SL_TUI_MODEL_WALLET_H

#include <stdbool.h>

#include "sluice/errands.h"

/** What the wallet pane knows. */
struct sl_wallet_pane {
    struct sl_wallet account;
    struct sl_paid paid; /* the payment that SL_CONFIRM_PAY is about */
    bool stale;          /* read it again once the pane is shown */
    bool requested;      /* an answer is on its way */
    bool reading;        /* that answer is a new reading of the account */
    bool paying;         /* the cost is being asked for, or the payment is on its way */
    bool agreed;         /* the user agreed: the payment may have been sent */
};

/** What is missing to pay for the queue. */
struct sl_missing {
    bool approval;
    struct sl_u256 deposit;
    struct sl_u256 wallet; /* the part of the deposit that the wallet does not hold */
};
struct sl_missing sl_tui_wallet_missing(const struct sl_wallet *wallet);

#endif
