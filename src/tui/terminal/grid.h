/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * grid.h - a rectangle of cells: what the renderer writes and the terminal shows. Private to tui.
 *
 * Knows nothing of terminals. Whatever is put outside the rectangle is cut off, and no control
 * character ever gets into a cell, whatever the text says.
 */
#ifndef SL_TUI_GRID_H
#define SL_TUI_GRID_H

#include <stdbool.h>
#include <stdint.h>

#include "sluice/err.h"

enum { SL_CELL_POINTS = 3, SL_GRID_MAX = 4096 };

/** No padding bytes: cells may be compared with memcmp(). */
struct sl_cell {
    int32_t points[SL_CELL_POINTS]; /* a character and its combining marks; 0: none */
    uint8_t width;                  /* 1 or 2 columns; 0: right half of the wide one before it */
    uint8_t role;                   /* enum sl_role */
    uint8_t selected;               /* 1: drawn on the background of the selection */
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

/** A grid of blanks; sizes are clamped to 1 .. SL_GRID_MAX. Errors: SL_ENOMEM. */
int sl_grid_init(struct sl_grid *grid, int rows, int cols, struct sl_err *err) SL_MUST_CHECK;
void sl_grid_fini(struct sl_grid *grid);

/** All blank in `role`, cursor hidden. */
void sl_grid_clear(struct sl_grid *grid, int role);

/** Write UTF-8 `text` over at most `columns` columns. Returns the columns it took. */
int sl_grid_write(struct sl_grid *grid, int row, int col, int columns, int role, const char *text);

/** The same, ending at column `end` (exclusive) of the field col .. end. */
void sl_grid_write_right(struct sl_grid *grid, int row, int col, int end, int role,
                         const char *text);

/** Fill `columns` columns with one character of width 1. */
void sl_grid_fill(struct sl_grid *grid, int row, int col, int columns, int role, int32_t point);

/** Put a whole row on the selection's background. */
void sl_grid_select(struct sl_grid *grid, int row);

#endif
