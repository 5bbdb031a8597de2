/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* wallet.h - what the user does in the wallet pane. Private to tui. */
#ifndef SL_TUI_INPUT_WALLET_H
#define SL_TUI_INPUT_WALLET_H

#include "input/ui_input.h"

void sl_wallet_open(struct sl_ui_input *ui);
/** Read it again, whatever is under way. */
void sl_wallet_refresh(struct sl_ui_input *ui);
/** Ask what it costs to pay what is missing; the answer becomes a question. */
void sl_wallet_pay(struct sl_ui_input *ui);
/** That question was answered with yes. */
void sl_wallet_agreed(struct sl_ui_input *ui);
/** Each turn: while it is looked at, it follows the queue and what lands on the chain. */
void sl_wallet_follow(struct sl_ui_input *ui);

#endif
