/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* jobs.h - actions on files: pause, cancel, verify, copy. Private to tui. */
#ifndef SL_TUI_INPUT_JOBS_H
#define SL_TUI_INPUT_JOBS_H

#include "input/actions.h"
#include "input/ui_input.h"

void sl_jobs_act(struct sl_ui_input *ui, enum sl_action action);
/** Every requested transaction has been reported: copy them. */
void sl_jobs_on_tx(struct sl_ui_input *ui);
/** Verify the targets no more; how many were. */
size_t sl_jobs_stop_checks(struct sl_ui_input *ui);
/** The question of cancel and remove was answered with yes. */
void sl_jobs_confirmed(struct sl_ui_input *ui, enum sl_confirm confirm);

#endif
