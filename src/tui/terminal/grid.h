/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * grid.h - a rectangle of cells: the renderer writes it, the terminal shows it. Private to tui.
 *
 * The grid knows nothing about terminals. Text outside the rectangle is cut off. No control
 * character ever gets into a cell.
 */
#ifndef SL_TUI_GRID_H
#define SL_TUI_GRID_H

#include <stdbool.h>
#include <stdint.h>

#include "sluice/err.h"

enum { SL_CELL_POINTS = 3, SL_GRID_MAX = 4096 };

/** No padding bytes, so memcmp() can compare cells. */
struct sl_cell {
    int32_t points[SL_CELL_POINTS]; /* a character and its combining marks; 0: unused */
    uint8_t width;                  /* 1 or 2 columns; 0: right half of the wide one before it */
    uint8_t role;                   /* enum sl_role */
    uint8_t selected;               /* 1: on the selection's background */
    uint8_t spare;                  /* 0 */
};

struct sl_grid {
    int rows;
    int cols;
    struct sl_cell *cells; /* rows * cols, row by row; owned */
    int cursor_row;        /* -1: cursor hidden */
    int cursor_col;
    bool ascii; /* characters beyond ASCII become '?' */
};

/** Make a grid of blanks. Sizes are clamped to 1 .. SL_GRID_MAX. Errors: SL_ENOMEM. */
int sl_grid_init(struct sl_grid *grid, int rows, int cols, struct sl_err *err) SL_MUST_CHECK;
void sl_grid_fini(struct sl_grid *grid);

/** Blank every cell in `role` and hide the cursor. */
void sl_grid_clear(struct sl_grid *grid, int role);

/** Write UTF-8 `text` into at most `columns` columns. Returns the columns used. */
int sl_grid_write(struct sl_grid *grid, int row, int col, int columns, int role, const char *text);

/** Write the text so that it ends at column `end` (exclusive), starting no earlier than `col`. */
void sl_grid_write_right(struct sl_grid *grid, int row, int col, int end, int role,
                         const char *text);

/** Fill `columns` columns with one character of width 1. */
void sl_grid_fill(struct sl_grid *grid, int row, int col, int columns, int role, int32_t point);

/** Draw a whole row on the selection's background. */
void sl_grid_select(struct sl_grid *grid, int row);

#endif
