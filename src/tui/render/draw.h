/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* draw.h - what several parts of the screen draw. Private to tui. */
#ifndef SL_TUI_RENDER_DRAW_H
#define SL_TUI_RENDER_DRAW_H

#include "sluice/job.h"

#include "model/line_edit.h"
#include "model/rate.h"
#include "terminal/grid.h"

/** A rectangle of whole rows of the grid, [top, end). */
struct sl_area {
    int top;
    int end;
};

/** Role of a state's sign and word. */
int sl_state_role(enum sl_job_state state);

/** A bar over `columns` columns, `percent` of it full; only 100 fills the last column. */
void sl_draw_bar(struct sl_grid *grid, int row, int col, int columns, int percent);

/** The newest values of a graph over rows x columns, scaled to the largest shown. */
void sl_draw_graph(struct sl_grid *grid, int row, int col, int rows, int columns,
                   const struct sl_graph *graph);

/** A line across the grid. */
void sl_draw_rule(struct sl_grid *grid, int row);

/** Escaped and cut bytes from outside. Returns the columns used. */
int sl_draw_bytes(struct sl_grid *grid, int row, int col, int columns, int role, const char *bytes);

/** A line under edit with the cursor, from `col` to the right edge. */
void sl_draw_line(struct sl_grid *grid, int row, int col, const struct sl_line_edit *line);

#endif
