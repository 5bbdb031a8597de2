/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "render/draw.h"

#include <string.h>

#include "sluice/text.h"

#include "terminal/theme.h"

enum { BAR_FULL = 0x2501, BAR_HALF = 0x2578, RULE = 0x2500, BLOCK = 0x2581, ESCAPED = 2600 };

/* Similar states share a colour; their words and signs differ. */
int sl_state_role(enum sl_job_state state)
{
    if (state == SL_JOB_HASHING)
        return SL_ROLE_UPLOADING;
    if (state == SL_JOB_PARKED || state == SL_JOB_COMMITTING)
        return SL_ROLE_ACCEPTED;
    if (state == SL_JOB_CONFIRMED)
        return SL_ROLE_STORED;
    if (state == SL_JOB_DELETED)
        return SL_ROLE_QUEUED + (int)SL_JOB_CANCELLED;
    return SL_ROLE_QUEUED + (int)state;
}

static void draw_ascii_bar(struct sl_grid *grid, int row, int col, int columns, int percent)
{
    const int inner = columns - 2;
    const int full = inner * percent / 100;
    sl_grid_write(grid, row, col, 1, SL_ROLE_BAR_REST, "[");
    sl_grid_fill(grid, row, col + 1, full, SL_ROLE_BAR, '#');
    sl_grid_fill(grid, row, col + 1 + full, inner - full, SL_ROLE_BAR_REST, '-');
    sl_grid_write(grid, row, col + 1 + inner, 1, SL_ROLE_BAR_REST, "]");
}

void sl_draw_bar(struct sl_grid *grid, int row, int col, int columns, int percent)
{
    if (columns < 3)
        return;
    if (grid->ascii) {
        draw_ascii_bar(grid, row, col, columns, percent);
        return;
    }
    const int halves = columns * 2 * percent / 100;
    const int full = halves / 2;
    sl_grid_fill(grid, row, col, columns, SL_ROLE_BAR_REST, RULE);
    sl_grid_fill(grid, row, col, full, SL_ROLE_BAR, BAR_FULL);
    if (halves % 2 == 1)
        sl_grid_fill(grid, row, col + full, 1, SL_ROLE_BAR, BAR_HALF);
}

/* One cell of a graph, with so many eighths filled. */
static int32_t block(const struct sl_grid *grid, int eighths)
{
    static const char ascii[] = " ..::-=+#";
    if (grid->ascii)
        return ascii[eighths];
    return eighths == 0 ? ' ' : BLOCK + eighths - 1;
}

void sl_draw_graph(struct sl_grid *grid, int row, int col, int rows, int columns,
                   const struct sl_graph *graph)
{
    const int shown = graph->count < columns ? graph->count : columns;
    const float *values = graph->values + (graph->count - shown);
    float top = 1;
    for (int i = 0; i < shown; i++)
        top = values[i] > top ? values[i] : top;
    for (int i = 0; i < shown; i++) {
        int eighths = (int)((double)values[i] / (double)top * (rows * 8));
        if (eighths == 0 && values[i] >= 1)
            eighths = 1;
        for (int r = rows - 1; r >= 0; r--) {
            const int here = eighths > 8 ? 8 : eighths;
            sl_grid_fill(grid, row + r, col + columns - shown + i, 1, SL_ROLE_SPARK,
                         block(grid, here));
            eighths -= here;
        }
    }
}

void sl_draw_rule(struct sl_grid *grid, int row)
{
    sl_grid_fill(grid, row, 0, grid->cols, SL_ROLE_RULE, grid->ascii ? '-' : RULE);
}

int sl_draw_bytes(struct sl_grid *grid, int row, int col, int columns, int role, const char *bytes)
{
    char safe[ESCAPED], cut[ESCAPED];
    sl_text_escape(safe, sizeof safe, bytes, strlen(bytes));
    sl_text_cut_middle(cut, sizeof cut, safe, columns, grid->ascii);
    return sl_grid_write(grid, row, col, columns, role, cut);
}

void sl_draw_line(struct sl_grid *grid, int row, int col, const struct sl_line_edit *line)
{
    char before[SL_PATH_BYTES], text[SL_PATH_BYTES];
    char raw[SL_PATH_BYTES];
    memcpy(raw, line->text, line->cursor);
    raw[line->cursor] = '\0';
    sl_text_escape(before, sizeof before, raw, line->cursor);
    sl_text_escape(text, sizeof text, line->text, line->len);
    const int room = grid->cols - col - 1;
    int skip = sl_text_width(before) - room + 1; /* keep the cursor on the screen */
    const char *from = text;
    size_t left = strlen(text);
    int skipped = 0;
    while (skip > 0 && skipped < skip && left > 0) {
        int32_t point = 0;
        const size_t took = sl_text_next(&point, from, left);
        skipped += point < 0 ? 1 : sl_text_columns(point);
        from += took;
        left -= took;
    }
    sl_grid_write(grid, row, col, room, SL_ROLE_TEXT, from);
    grid->cursor_row = row;
    grid->cursor_col = col + sl_text_width(before) - skipped;
}
