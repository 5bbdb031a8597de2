/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * render.h - the screen as cells. Private to tui.
 *
 * Pure: the same model gives the same grid. No clock, no curses, no locale, no heap. Roles are
 * named, not colours: the theme decides when cells reach the terminal.
 */
#ifndef SL_TUI_RENDER_H
#define SL_TUI_RENDER_H

#include "model/model.h"
#include "terminal/grid.h"
#include "terminal/theme.h"

enum { SL_MIN_COLS = 40, SL_MIN_ROWS = 6 };

/** Draw the whole screen. */
void sl_screen_render(struct sl_grid *grid, const struct sl_model *model);

/** Files that the list of a screen of this size shows: for model->page. */
size_t sl_screen_page(const struct sl_model *model, int rows, int cols);

/** The place in the view of the file shown on this row of the screen; -1: none is. */
long sl_screen_place(const struct sl_model *model, int rows, int cols, int row);

/** The window title: "37% 4/12 11m - sluice". */
void sl_screen_title(char *out, size_t cap, const struct sl_model *model);

/** What the taskbar shows: percent of all bytes while something runs, else -1. */
int sl_screen_percent(const struct sl_model *model);

/* ---- parts, each in its file ---- */

/** A rectangle of whole rows of the grid, [top, end). */
struct sl_area {
    int top;
    int end;
};

void sl_render_list(struct sl_grid *grid, const struct sl_model *model, struct sl_area area);
void sl_render_details(struct sl_grid *grid, const struct sl_model *model, struct sl_area area);
void sl_render_add(struct sl_grid *grid, const struct sl_model *model, struct sl_area area);
void sl_render_wallet(struct sl_grid *grid, const struct sl_model *model, struct sl_area area);
void sl_render_log(struct sl_grid *grid, const struct sl_model *model, struct sl_area area);
void sl_render_help(struct sl_grid *grid, const struct sl_model *model, struct sl_area area);
/** The URL of the selected row instead of everything. False: it has none (any more). */
bool sl_render_url(struct sl_grid *grid, const struct sl_model *model);
void sl_render_bottom(struct sl_grid *grid, const struct sl_model *model, int row);

/* ---- draw.c: small things that several parts draw ---- */

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
void sl_draw_line(struct sl_grid *grid, int row, int col, const struct sl_line *line);

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

enum { SL_HOST_BYTES = 64 };

/** The host of a URL, for a column. */
void sl_host_of(char out[static SL_HOST_BYTES], const char *url);

#endif
