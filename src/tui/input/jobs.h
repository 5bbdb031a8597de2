/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* jobs.h - actions on files: pause, cancel, verify, copy. Private to tui. */
#ifndef SL_TUI_INPUT_JOBS_H
#define SL_TUI_INPUT_JOBS_H

#include "input/actions.h"
#include "input/ui_input.h"

void sl_jobs_act(struct sl_ui_input *ui, enum sl_action action);
/** Call after the last requested transaction was reported: copies the transactions. */
void sl_jobs_on_tx(struct sl_ui_input *ui);
/** Stop verifying the targets. Returns how many were being verified. */
size_t sl_jobs_stop_checks(struct sl_ui_input *ui);
/** The user confirmed a cancel or a remove. */
void sl_jobs_confirmed(struct sl_ui_input *ui, enum sl_confirm confirm);

#endif
