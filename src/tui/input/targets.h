/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * targets.h - the rows that an action applies to. Private to tui.
 *
 * With marks, the targets are the marked rows shown. Without marks, the target is the pinned row,
 * or else the selected one.
 */
#ifndef SL_TUI_TARGETS_H
#define SL_TUI_TARGETS_H

#include <stdbool.h>
#include <stddef.h>

#include "input/ui_input.h"
#include "model/model.h"

typedef bool (*sl_row_test_fn)(const struct sl_row *row);

/** Pin the selected row. A question or a line that starts now stays about this row, wherever the
 * selection goes. */
void sl_targets_pin(struct sl_model *model);

/** Whether the row at this place of the view is a target. */
bool sl_targets_have(const struct sl_model *model, size_t place);

/** How many targets pass the test. */
size_t sl_targets_count(const struct sl_model *model, sl_row_test_fn test);

/** Send the command for each target that passes the test; returns their number. */
size_t sl_targets_send(struct sl_ui_input *ui, enum sl_command_type type, int number,
                       sl_row_test_fn test);

/** A test: the job is not finished. */
bool sl_tui_target_is_unfinished(const struct sl_row *row);

#endif
