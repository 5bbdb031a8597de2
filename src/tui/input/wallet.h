/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* wallet.h - input in the wallet pane. Private to tui. */
#ifndef SL_TUI_INPUT_WALLET_H
#define SL_TUI_INPUT_WALLET_H

#include "input/ui_input.h"

void sl_tui_wallet_open(struct sl_ui_input *ui);
/** Read the account again, even while a reading is under way. */
void sl_tui_wallet_refresh(struct sl_ui_input *ui);
/** Estimate the fee of paying what is missing. The answer becomes SL_CONFIRM_PAY. */
void sl_tui_wallet_pay(struct sl_ui_input *ui);
/** The user confirmed SL_CONFIRM_PAY. */
void sl_tui_wallet_agreed(struct sl_ui_input *ui);
/** Call each turn. While the pane is shown, keeps the account and the price of the queue current.
 */
void sl_tui_wallet_follow(struct sl_ui_input *ui);

#endif
