/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "terminal/grid.h"

#include <stdlib.h>
#include <string.h>

#include "sluice/text.h"

static int clamp(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

static struct sl_cell *cell_at(struct sl_grid *grid, int row, int col)
{
    return &grid->cells[(size_t)row * (size_t)grid->cols + (size_t)col];
}

static void set_cell(struct sl_cell *cell, int32_t point, int width, int role)
{
    *cell = (struct sl_cell){.points = {point},
                             .width = (uint8_t)width,
                             .role = (uint8_t)role,
                             .selected = cell->selected};
}

int sl_grid_init(struct sl_grid *grid, int rows, int cols, struct sl_err *err)
{
    *grid = (struct sl_grid){
        .rows = clamp(rows, 1, SL_GRID_MAX), .cols = clamp(cols, 1, SL_GRID_MAX), .cursor_row = -1};
    grid->cells = calloc((size_t)grid->rows * (size_t)grid->cols, sizeof *grid->cells);
    if (grid->cells == NULL)
        return sl_err_set(err, SL_ENOMEM, "screen of %dx%d: out of memory", cols, rows);
    sl_grid_clear(grid, 0);
    return SL_OK;
}

void sl_grid_fini(struct sl_grid *grid)
{
    free(grid->cells);
    *grid = (struct sl_grid){0};
}

void sl_grid_clear(struct sl_grid *grid, int role)
{
    const struct sl_cell blank = {.points = {' '}, .width = 1, .role = (uint8_t)role};
    for (size_t i = 0; i < (size_t)grid->rows * (size_t)grid->cols; i++)
        grid->cells[i] = blank;
    grid->cursor_row = -1;
    grid->cursor_col = 0;
}

/* Overwriting one half of a wide character clears the other half. */
static void break_wide(struct sl_grid *grid, int row, int col)
{
    struct sl_cell *cell = cell_at(grid, row, col);
    if (cell->width == 0 && col > 0)
        set_cell(cell_at(grid, row, col - 1), ' ', 1, cell_at(grid, row, col - 1)->role);
    if (cell->width == 2 && col + 1 < grid->cols)
        set_cell(cell_at(grid, row, col + 1), ' ', 1, cell_at(grid, row, col + 1)->role);
}

static void place(struct sl_grid *grid, int row, int col, int32_t point, int width, int role)
{
    break_wide(grid, row, col);
    if (width == 2) {
        break_wide(grid, row, col + 1);
        set_cell(cell_at(grid, row, col + 1), 0, 0, role);
    }
    set_cell(cell_at(grid, row, col), point, width, role);
}

static void combine(struct sl_cell *cell, int32_t point)
{
    for (int i = 1; i < SL_CELL_POINTS; i++) {
        if (cell->points[i] == 0) {
            cell->points[i] = point;
            return;
        }
    }
}

static int32_t shown_point(const struct sl_grid *grid, int32_t point)
{
    if (point < 0x20 || (point >= 0x7F && point < 0xA0))
        return '?';
    return grid->ascii && point > 0x7E ? '?' : point;
}

/* The columns that a write at col may use; 0 outside the grid. */
static int room(const struct sl_grid *grid, int row, int col, int columns)
{
    if (row < 0 || row >= grid->rows || col < 0 || col >= grid->cols || columns <= 0)
        return 0;
    return columns < grid->cols - col ? columns : grid->cols - col;
}

int sl_grid_write(struct sl_grid *grid, int row, int col, int columns, int role, const char *text)
{
    const int most = room(grid, row, col, columns);
    size_t left = strlen(text);
    int used = 0, last = -1;
    while (left > 0) {
        int32_t point = 0;
        const size_t took = sl_text_next(&point, text, left);
        text += took;
        left -= took;
        const int wide = point < 0 ? 1 : sl_text_columns(point);
        point = shown_point(grid, point);
        if (wide == 0) {
            if (last >= 0 && point != '?')
                combine(cell_at(grid, row, last), point);
            continue;
        }
        const int width = wide == 2 && !grid->ascii ? 2 : 1;
        if (used + width > most)
            break;
        last = col + used;
        place(grid, row, last, point, width, role);
        used += width;
    }
    return used;
}

void sl_grid_write_right(struct sl_grid *grid, int row, int col, int end, int role,
                         const char *text)
{
    const int width = sl_text_width(text);
    const int start = end - width > col ? end - width : col;
    sl_grid_write(grid, row, start, end - start, role, text);
}

void sl_grid_fill(struct sl_grid *grid, int row, int col, int columns, int role, int32_t point)
{
    const int most = room(grid, row, col, columns);
    for (int i = 0; i < most; i++)
        place(grid, row, col + i, shown_point(grid, point), 1, role);
}

void sl_grid_select(struct sl_grid *grid, int row)
{
    if (row < 0 || row >= grid->rows)
        return;
    for (int col = 0; col < grid->cols; col++)
        cell_at(grid, row, col)->selected = 1;
}
