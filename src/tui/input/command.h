/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* command.h - the commands behind a colon. Private to tui. */
#ifndef SL_TUI_INPUT_COMMAND_H
#define SL_TUI_INPUT_COMMAND_H

#include "input/ui_input.h"

/** Run the text behind the colon. */
void sl_tui_command_run(struct sl_ui_input *ui, const char *text);

#endif
