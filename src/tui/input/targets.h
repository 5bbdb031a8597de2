/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * targets.h - the rows that an action is for. Private to tui.
 *
 * These are the marked rows shown. Without marks it is the selected row, or the pinned one.
 */
#ifndef SL_TUI_TARGETS_H
#define SL_TUI_TARGETS_H

#include <stdbool.h>
#include <stddef.h>

#include "input/ui_input.h"
#include "model/model.h"

typedef bool (*sl_row_test_fn)(const struct sl_row *row);

/** Pin the selected row: a question or a line that begins now is about it, wherever the selection
 * goes. */
void sl_targets_pin(struct sl_model *model);

/** Whether the row at this place of the view is a target. */
bool sl_targets_have(const struct sl_model *model, size_t place);

/** How many targets pass the test. */
size_t sl_targets_count(const struct sl_model *model, sl_row_test_fn test);

/** Send the command for each target that passes the test; returns their number. */
size_t sl_targets_send(struct sl_ui_input *ui, enum sl_command_type type, int number,
                       sl_row_test_fn test);

/** A test: the job still has something to do. */
bool sl_target_is_unfinished(const struct sl_row *row);

#endif
