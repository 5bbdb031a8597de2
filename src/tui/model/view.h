/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* view.h - the rows that the list shows, their order, and the selected one. Private to tui. */
#ifndef SL_TUI_MODEL_VIEW_H
#define SL_TUI_MODEL_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "model/model.h"

/** Bring the view up to date if it is stale, keep selection and scroll. */
void sl_view_update(struct sl_model *model);
void sl_view_move(struct sl_model *model, long by);
void sl_view_select(struct sl_model *model, size_t place);
/** The selected row, NULL when the view is empty. */
struct sl_row *sl_view_row(const struct sl_model *model);
/** A new row that may be put at the end without sorting anew. */
void sl_view_append(struct sl_model *model, struct sl_row *row);
/** Select the next row after (step 1) or before (step -1) the selection whose path contains the
 * needle; with `here`, the selected row counts too. False when there is none. */
bool sl_view_search(struct sl_model *model, int step, bool here);
/** Whether the path of the row contains the needle (ASCII letters in either case). */
bool sl_view_matches(const struct sl_model *model, const struct sl_row *row);
/** Whether the row is marked, or lies in a range under way. */
bool sl_view_marked(const struct sl_model *model, size_t place);

const char *sl_sort_name(enum sl_sort sort);
/** "all", "active" or the name of a state. */
const char *sl_show_name(int show);

#endif
