/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* add.h - input in the add pane. Private to tui. */
#ifndef SL_TUI_INPUT_ADD_H
#define SL_TUI_INPUT_ADD_H

#include <stddef.h>
#include <stdint.h>

#include "input/ui_input.h"

void sl_tui_add_open(struct sl_ui_input *ui);
void sl_tui_add_key(struct sl_ui_input *ui, int32_t key);
void sl_tui_add_pasted(struct sl_ui_input *ui, const char *text, size_t len);
/** The user confirmed SL_CONFIRM_ADD: queue everything in the folder on the line. */
void sl_tui_add_agreed(struct sl_ui_input *ui);
/** Queue one path as typed, with ~ for the home folder. */
void sl_tui_add_path(struct sl_ui_input *ui, const char *typed);

#endif
