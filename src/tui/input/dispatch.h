/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* dispatch.h - hands keys, pastes, the wheel and clicks to the pane, line or question that takes
 * them. Private to tui. */
#ifndef SL_TUI_INPUT_DISPATCH_H
#define SL_TUI_INPUT_DISPATCH_H

#include <stddef.h>
#include <stdint.h>

#include "input/ui_input.h"

void sl_dispatch_key(struct sl_ui_input *ui, int32_t key);
/** The wheel was turned by `lines`; negative: up. */
void sl_dispatch_wheel(struct sl_ui_input *ui, long lines);
/** The user clicked the file at this place of the view; -1: no file. */
void sl_dispatch_click(struct sl_ui_input *ui, long place);
void sl_dispatch_paste(struct sl_ui_input *ui, const char *text, size_t len);

#endif
