/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* list.h - the pane of the queue. Private to tui. */
#ifndef SL_TUI_RENDER_LIST_H
#define SL_TUI_RENDER_LIST_H

#include <stdbool.h>

#include "model/model.h"
#include "render/draw.h"
#include "terminal/grid.h"

/** Columns of the list of files by the width of the screen. */
struct sl_columns {
    bool two_lines; /* below 80 columns: the second line of a file holds the progress */
    int name;       /* columns of the name, from column 4 */
    int size_end;   /* sizes end here */
    int progress;   /* progress or what the state says, from here ... */
    int progress_end;
    int cid; /* 0: not shown */
    int cid_end;
    int provider; /* 0: not shown */
    int provider_end;
};
void sl_columns_of(struct sl_columns *out, int cols);

void sl_render_list(struct sl_grid *grid, const struct sl_model *model, struct sl_area area);

#endif
