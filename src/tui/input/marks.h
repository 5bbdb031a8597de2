/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* marks.h - marking rows of the list, one by one, as a range, or all shown. Private to tui. */
#ifndef SL_TUI_MARKS_H
#define SL_TUI_MARKS_H

#include <stdbool.h>

#include "model/model.h"

/** Mark or unmark the selected row, then select the next row. With an open range, mark the range
 * instead. */
void sl_tui_marks_toggle(struct sl_model *model);

/** Start a range at the selected row, or mark the open range. */
void sl_tui_marks_range(struct sl_model *model);

/** Mark the rows of the open range and close it. Without a range, do nothing. */
void sl_tui_marks_end_range(struct sl_model *model);

/** Mark every row shown, or invert their marks. */
void sl_tui_marks_all(struct sl_model *model, bool invert);

/** Unmark every row, including rows not shown. */
void sl_tui_marks_clear(struct sl_model *model);

#endif
