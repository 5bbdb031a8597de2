/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* view.h - the rows that the list shows, their order, and the selected one. Private to tui. */
#ifndef SL_TUI_MODEL_VIEW_H
#define SL_TUI_MODEL_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "model/model.h"

/** Rebuild the view if it is stale; keep the selection and the scroll position. */
void sl_view_update(struct sl_model *model);
void sl_view_move(struct sl_model *model, long by);
void sl_view_select(struct sl_model *model, size_t place);
/** The selected row. NULL: the view is empty. */
struct sl_row *sl_view_row(const struct sl_model *model);
/** Add a new row, at the end if the order allows it; else mark the view stale. */
void sl_view_append(struct sl_model *model, struct sl_row *row);
/** Select the next row (step 1) or the previous one (step -1) whose path contains the needle. With
 * `here`, the selected row counts too. False: no row matches. */
bool sl_view_search(struct sl_model *model, int step, bool here);
/** Whether the path of the row contains the needle (ASCII letters in either case). */
bool sl_view_matches(const struct sl_model *model, const struct sl_row *row);
/** Whether the row is marked or lies in the open range. */
bool sl_view_marked(const struct sl_model *model, size_t place);

const char *sl_view_sort_name(enum sl_sort sort);
/** "all", "active" or the name of a state. */
const char *sl_view_show_name(int show);

#endif
