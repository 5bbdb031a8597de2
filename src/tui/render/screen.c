/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "render/screen.h"

#include <stdio.h>

#include "sluice/text.h"

#include "model/view.h"
#include "render/bottom.h"
#include "render/details.h"
#include "render/draw.h"
#include "render/header.h"
#include "render/list.h"
#include "render/panes.h"
#include "render/url.h"
#include "render/wallet.h"
#include "terminal/theme.h"

/* Draw how the list is filtered and sorted, at the right of the rule above it. */
static void draw_list_state(struct sl_grid *grid, const struct sl_model *model, int row)
{
    char text[160] = "";
    size_t len = 0;
    if (model->selection.marked_count > 0)
        len += (size_t)snprintf(text, sizeof text, " %zu marked ", model->selection.marked_count);
    if (model->view.show != SL_SHOW_ALL)
        len += (size_t)snprintf(text + len, sizeof text - len, " only %s ",
                                sl_view_show_name(model->view.show));
    if (model->view.sort != SL_SORT_QUEUE)
        len += (size_t)snprintf(text + len, sizeof text - len, " by %s ",
                                sl_view_sort_name(model->view.sort));
    if (model->view.count > model->view.page)
        snprintf(text + len, sizeof text - len, " %zu/%zu ", model->selection.at + 1,
                 model->view.count);
    sl_grid_write_right(grid, row, 1, grid->cols - 2, SL_ROLE_DIM, text);
}

static void draw_rule_above(struct sl_grid *grid, const struct sl_model *model, int row)
{
    static const char *const titles[SL_PANE_COUNT] = {"",         " details ", " add ",
                                                      " wallet ", " log ",     " keys "};
    sl_draw_rule(grid, row);
    sl_grid_write(grid, row, 2, grid->cols - 2, SL_ROLE_TITLE, titles[model->panes.shown]);
    if (model->panes.shown == SL_PANE_QUEUE)
        draw_list_state(grid, model, row);
}

/* ---- the whole ---- */

static void draw_too_small(struct sl_grid *grid, const struct sl_model *model)
{
    char text[128];
    snprintf(text, sizeof text, "needs %dx%d%s", SL_MIN_COLS, SL_MIN_ROWS,
             model->uploads.count > 0 ? "; uploads go on" : "");
    sl_grid_write(grid, 0, 0, grid->cols, SL_ROLE_WARNING, text);
}

/* The rows between header and bottom. Compact leaves only the two header lines and the bottom
 * line. */
static struct sl_area area_of(const struct sl_model *model, int rows)
{
    const bool tight = model->panes.compact || rows < 10;
    return (struct sl_area){.top = tight ? 2 : 3, .end = rows - (tight ? 1 : 2)};
}

size_t sl_screen_page(const struct sl_model *model, int rows, int cols)
{
    const struct sl_area area = area_of(model, rows);
    struct sl_columns columns;
    sl_columns_of(&columns, cols);
    int lines = area.end - area.top;
    if (columns.two_lines && !model->panes.compact)
        lines /= 2;
    else if (!columns.two_lines && !model->panes.compact)
        lines--;
    return lines > 1 ? (size_t)lines : 1;
}

long sl_screen_place(const struct sl_model *model, int rows, int cols, int row)
{
    const struct sl_area area = area_of(model, rows);
    struct sl_columns columns;
    sl_columns_of(&columns, cols);
    const int height = columns.two_lines && !model->panes.compact ? 2 : 1;
    const int first =
        area.top + (!columns.two_lines && !model->panes.compact); /* plus the headings */
    if (row < first || row >= area.end)
        return -1;
    const size_t place = model->view.top + (size_t)((row - first) / height);
    return place < model->view.count ? (long)place : -1;
}

void sl_screen_render(struct sl_grid *grid, const struct sl_model *model)
{
    static void (*const panes[SL_PANE_COUNT])(struct sl_grid *, const struct sl_model *,
                                              struct sl_area) = {sl_render_list, sl_render_details,
                                                                 sl_render_add,  sl_render_wallet,
                                                                 sl_render_log,  sl_render_help};
    grid->ascii = model->ascii;
    sl_grid_clear(grid, SL_ROLE_TEXT);
    if (grid->rows < SL_MIN_ROWS || grid->cols < SL_MIN_COLS) {
        draw_too_small(grid, model);
        return;
    }
    if (model->panes.url_shown && sl_render_url(grid, model))
        return;
    const struct sl_area area = area_of(model, grid->rows);
    sl_render_header(grid, model);
    if (area.top == 3) {
        draw_rule_above(grid, model, 2);
        sl_draw_rule(grid, grid->rows - 2);
    }
    panes[model->panes.shown](grid, model, area);
    sl_render_bottom(grid, model, grid->rows - 1);
}

int sl_screen_percent(const struct sl_model *model)
{
    return sl_model_running(model) > 0 ? sl_render_total_percent(model) : -1;
}

void sl_screen_title(char *out, size_t cap, const struct sl_model *model)
{
    char eta[SL_TEXT_SHORT];
    const size_t done = model->totals.count[SL_JOB_STORED] + model->totals.count[SL_JOB_CONFIRMED];
    if (sl_model_running(model) == 0) {
        snprintf(out, cap, "sluice");
        return;
    }
    /* whole minutes: a title that changes every second is not worth its bytes */
    const int64_t minutes = (model->uploads.rate.eta_ms + 59999) / 60000;
    snprintf(eta, sizeof eta, "%lldm ", (long long)minutes);
    snprintf(out, cap, "%d%% %zu/%zu %s- sluice", sl_render_total_percent(model), done,
             model->rows.count, model->uploads.rate.eta_ms >= 0 ? eta : "");
}
