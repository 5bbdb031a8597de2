/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "render/url.h"

#include <stdio.h>
#include <string.h>

#include "sluice/text.h"

#include "input/keymap.h"
#include "model/view.h"
#include "render/draw.h"
#include "render/qr.h"
#include "terminal/keys.h"
#include "terminal/theme.h"

/* Light modules around a code: the standard asks for four, but phones read a code with one. */
enum { QUIET_MOST = 4 };

static int lines_of(int columns, int width)
{
    return width > 0 ? (columns + width - 1) / width : 1;
}

/* A cell shows two modules, one above the other. */
static int height_of(int side, int quiet)
{
    return (side + 2 * quiet + 1) / 2;
}

static void draw_code(struct sl_grid *grid, const struct sl_qr *qr, int top, int quiet)
{
    static const int32_t blocks[2][2] = {{' ', 0x2584}, {0x2580, 0x2588}}; /* upper, lower: dark */
    const int width = qr->side + 2 * quiet;
    const int left = (grid->cols - width) / 2;
    for (int y = 0; y < height_of(qr->side, quiet); y++) {
        for (int x = 0; x < width; x++) {
            const bool upper = sl_qr_is_dark(qr, 2 * y - quiet, x - quiet);
            const bool lower = sl_qr_is_dark(qr, 2 * y + 1 - quiet, x - quiet);
            sl_grid_fill(grid, top + y, left + x, 1, SL_ROLE_QR, blocks[upper][lower]);
        }
    }
}

/* Draw the URL in whole lines from edge to edge, so that the mouse can select it. Returns the next
 * row. */
static int draw_url(struct sl_grid *grid, int top, const char *url)
{
    char line[SL_GRID_MAX + 1];
    const size_t width = (size_t)grid->cols;
    for (size_t at = 0; at < strlen(url); at += width, top++) {
        snprintf(line, sizeof line, "%.*s", (int)width, url + at);
        sl_grid_write(grid, top, 0, grid->cols, SL_ROLE_CID, line);
    }
    return top;
}

/* "file.mkv                 Esc back   y u copy" */
static void draw_foot(struct sl_grid *grid, const struct sl_model *model, const struct sl_row *row,
                      const char *why)
{
    char back[SL_KEY_TEXT], copy[SL_KEY_TEXT], text[160];
    const int y = grid->rows - 1;
    sl_keymap_keys_of(back, sizeof back, model->keys, SL_ACT_BACK, 1);
    sl_keymap_keys_of(copy, sizeof copy, model->keys, SL_ACT_COPY_URL, 1);
    const int n = snprintf(text, sizeof text, "%s%s%s back   %s copy", why,
                           why[0] != '\0' ? "   " : "", back, copy);
    if (n > grid->cols - 2) /* if both do not fit, only the keys */
        snprintf(text, sizeof text, "%s back   %s copy", back, copy);
    const int start = grid->cols - 1 - sl_text_width(text);
    sl_grid_write_right(grid, y, 1, grid->cols - 1, SL_ROLE_HINT, text);
    if (start > 12)
        sl_draw_bytes(grid, y, 1, start - 3, SL_ROLE_NAME, row->path + row->name_at);
}

bool sl_render_url(struct sl_grid *grid, const struct sl_model *model)
{
    char url[SL_ROW_URL_BYTES], safe[4 * SL_ROW_URL_BYTES];
    const struct sl_row *row = sl_view_row(model);
    struct sl_qr qr;
    if (row == NULL || !sl_row_url(url, row))
        return false;
    sl_text_escape(safe, sizeof safe, url, strlen(url));
    const int free_rows = grid->rows - 1 - lines_of((int)strlen(safe), grid->cols);
    const bool made = !grid->ascii && sl_qr_make(&qr, url, strlen(url));
    int quiet = QUIET_MOST;
    while (made && quiet > 0 &&
           (height_of(qr.side, quiet) > free_rows || qr.side + 2 * quiet > grid->cols))
        quiet--;
    const int top = draw_url(grid, 0, safe);
    char why[80] = "";
    if (made && quiet > 0)
        draw_code(grid, &qr, top + (free_rows - height_of(qr.side, quiet)) / 2, quiet);
    else if (made)
        snprintf(why, sizeof why, "its QR code needs %dx%d", qr.side + 2,
                 height_of(qr.side, 1) + grid->rows - free_rows);
    draw_foot(grid, model, row, why);
    return true;
}
