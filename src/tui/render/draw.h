/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* draw.h - drawing helpers for several parts of the screen. Private to tui. */
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

/** The role of a state's sign and word. */
int sl_state_role(enum sl_job_state state);

/** Draw a bar over `columns` columns. Only 100 percent fills the last column. */
void sl_draw_bar(struct sl_grid *grid, int row, int col, int columns, int percent);

/** Draw the newest values of a graph in rows x columns, scaled to the largest value shown. */
void sl_draw_graph(struct sl_grid *grid, int row, int col, int rows, int columns,
                   const struct sl_graph *graph);

/** Draw a line across the grid. */
void sl_draw_rule(struct sl_grid *grid, int row);

/** Write bytes from outside, escaped and cut to the columns. Returns the columns used. */
int sl_draw_bytes(struct sl_grid *grid, int row, int col, int columns, int role, const char *bytes);

/** Draw a line with its cursor, from `col` to the right edge. */
void sl_draw_line(struct sl_grid *grid, int row, int col, const struct sl_line_edit *line);

#endif
