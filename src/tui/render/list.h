/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* list.h - the pane of the queue. Private to tui. */
#ifndef SL_TUI_RENDER_LIST_H
#define SL_TUI_RENDER_LIST_H

#include <stdbool.h>

#include "model/model.h"
#include "render/draw.h"
#include "terminal/grid.h"

/** Where the columns of the list lie, by the width of the screen. */
struct sl_columns {
    bool two_lines; /* below 80 columns: the second line of a file shows the progress */
    int name;       /* width of the name, which starts in column 4 */
    int size_end;   /* sizes end here */
    int progress;   /* progress, or the text of the state, starts here ... */
    int progress_end;
    int cid; /* 0: not shown */
    int cid_end;
    int provider; /* 0: not shown */
    int provider_end;
};
void sl_columns_of(struct sl_columns *out, int cols);

void sl_render_list(struct sl_grid *grid, const struct sl_model *model, struct sl_area area);

#endif
