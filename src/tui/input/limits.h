/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* limits.h - rate limits, uploads at a time, priorities, and the time to stop. Private to tui. */
#ifndef SL_TUI_INPUT_LIMITS_H
#define SL_TUI_INPUT_LIMITS_H

#include <stdbool.h>

#include "input/actions.h"
#include "input/ui_input.h"

/** Run a limit action. False: the action is not a limit. */
bool sl_limits_act(struct sl_ui_input *ui, enum sl_action action);
/** Whether the action is for all uploads, not for the selected one. */
bool sl_limits_are_for_all(enum sl_action action);
/** The user typed a rate at one of the two limit prompts. */
void sl_limits_typed(struct sl_ui_input *ui, enum sl_prompt_kind prompt, const char *text);
/** `:limit`, `:stop-at` and `:parallel` with their arguments. */
void sl_limits_set(struct sl_ui_input *ui, const char *text);
void sl_limits_stop_at(struct sl_ui_input *ui, const char *text);
void sl_limits_parallel(struct sl_ui_input *ui, long number);

#endif
