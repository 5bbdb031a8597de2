/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* wallet.h - what the account lacks to pay for the queue. Private to tui. */
#ifndef SL_TUI_MODEL_WALLET_H
#define SL_TUI_MODEL_WALLET_H

#include <stdbool.h>

#include "sluice/errands.h"

/** What is missing to pay for the queue. */
struct sl_missing {
    bool approval;
    struct sl_u256 deposit;
    struct sl_u256 wallet; /* of the deposit, what the wallet does not hold */
};
struct sl_missing sl_wallet_missing(const struct sl_wallet *wallet);

#endif
