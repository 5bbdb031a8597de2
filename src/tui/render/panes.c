/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "render/panes.h"

#include <stdio.h>
#include <string.h>

#include "sluice/clock.h"
#include "sluice/text.h"

#include "input/keymap.h"
#include "render/draw.h"
#include "render/pane_writer.h"
#include "terminal/keys.h"
#include "terminal/theme.h"

enum { KEYS_COL = 2, HELP_COL = 20, CLOCK_CHARS = 9 };

/* The first line to show out of `count`. Scrolling stops when the last line is on the screen. */
static int scrolled(int wanted, int count, struct sl_area area)
{
    const int most = count - (area.end - area.top);
    const int limit = most > 0 ? most : 0;
    return wanted < limit ? wanted : limit;
}

/* ---- add ---- */

static void draw_entry(struct sl_grid *grid, int y, const struct sl_entry *entry, bool selected)
{
    char size[SL_TEXT_SHORT] = "folder";
    if (!entry->folder)
        sl_text_size(size, entry->size_bytes);
    if (selected)
        sl_grid_write(grid, y, 0, 1, SL_ROLE_TITLE, grid->ascii ? ">" : "▸");
    if (entry->marked)
        sl_grid_write(grid, y, 2, 1, SL_ROLE_MARK, grid->ascii ? "+" : "◆");
    const int role = entry->missing ? SL_ROLE_FAILED : SL_ROLE_NAME;
    const int used = sl_draw_bytes(grid, y, 4, grid->cols - 22, role, entry->name);
    if (entry->folder)
        sl_grid_write(grid, y, 4 + used, 1, SL_ROLE_DIM, "/");
    sl_grid_write_right(grid, y, grid->cols - 17, grid->cols - 1,
                        entry->missing ? SL_ROLE_FAILED : SL_ROLE_DIM,
                        entry->missing ? "not here" : size);
    if (selected)
        sl_grid_select(grid, y);
}

static void draw_pasted_heading(struct sl_grid *grid, int y, const struct sl_listing *listing)
{
    char text[96];
    size_t here = 0;
    for (size_t i = 0; i < listing->count; i++)
        here += listing->entries[i].missing ? 0 : 1;
    snprintf(text, sizeof text, "Pasted: %zu path%s, %zu here", listing->count,
             listing->count == 1 ? "" : "s", here);
    sl_grid_write(grid, y, 1, grid->cols - 2, SL_ROLE_PROMPT, text);
}

static void draw_entries(struct sl_grid *grid, const struct sl_model *model, struct sl_area area)
{
    const struct sl_listing *listing = &model->add.listing;
    const int height = area.end - area.top;
    const int wanted = model->add.at >= height ? model->add.at - height + 1 : 0;
    const int first = scrolled(wanted, (int)listing->count, area);
    for (int i = first; i < (int)listing->count && i - first < height; i++)
        draw_entry(grid, area.top + i - first, &listing->entries[i], i == model->add.at);
    if (listing->count == 0)
        sl_draw_bytes(grid, area.top, 4, grid->cols - 5,
                      listing->why[0] != '\0' ? SL_ROLE_ERROR : SL_ROLE_DIM,
                      listing->why[0] != '\0' ? listing->why : "no name here begins like this");
}

void sl_render_add(struct sl_grid *grid, const struct sl_model *model, struct sl_area area)
{
    if (model->add.listing.pasted) {
        draw_pasted_heading(grid, area.top, &model->add.listing);
    } else {
        sl_grid_write(grid, area.top, 1, 5, SL_ROLE_PROMPT, "Path");
        sl_draw_line(grid, area.top, 6, &model->add.line);
        if (model->add.at >= 0)
            grid->cursor_row = -1;
    }
    area.top += 2;
    draw_entries(grid, model, area);
}

/* ---- log ---- */

static void append_notices(struct sl_pane_writer *pane, const struct sl_model *model, int kept)
{
    static const int roles[] = {SL_ROLE_TEXT, SL_ROLE_WARNING, SL_ROLE_ERROR};
    for (int i = 0; i < kept; i++) {
        const struct sl_notice *notice = sl_model_notice(model, (size_t)i);
        char when[SL_LOCAL_TIME_CHARS];
        sl_local_time(when, notice->wall_ms);
        when[11 + CLOCK_CHARS - 1] = '\0';
        sl_pane_field(pane, when + 11, roles[notice->level], notice->text);
    }
}

void sl_render_log(struct sl_grid *grid, const struct sl_model *model, struct sl_area area)
{
    const int kept =
        (int)(model->notices.count < SL_NOTICES_MAX ? model->notices.count : SL_NOTICES_MAX);
    if (kept == 0)
        sl_grid_write(grid, area.top + 1, KEYS_COL, grid->cols, SL_ROLE_DIM, "No messages yet.");
    struct sl_pane_writer pane = sl_pane_measure(grid);
    append_notices(&pane, model, kept);
    pane = sl_pane_scrolled(&pane, area, model->panes.scroll[SL_PANE_LOG]);
    append_notices(&pane, model, kept);
}

/* ---- help ---- */

static void draw_help_row(struct sl_grid *grid, int y, const struct sl_model *model, int action)
{
    char keys[96], cut[256];
    sl_keymap_keys_of(keys, sizeof keys, model->keys, (enum sl_action)action, 8);
    sl_grid_write(grid, y, KEYS_COL, HELP_COL - KEYS_COL - 1, SL_ROLE_KEY,
                  keys[0] != '\0' ? keys : "-");
    sl_text_cut_end(cut, sizeof cut, sl_action_row((enum sl_action)action)->help,
                    grid->cols - HELP_COL - 1, grid->ascii);
    sl_grid_write(grid, y, HELP_COL, grid->cols - HELP_COL - 1, SL_ROLE_TEXT, cut);
}

/* Draw the lines that lie inside the area. Returns the number of all lines. */
static int draw_help(struct sl_grid *grid, const struct sl_model *model, struct sl_area area, int y)
{
    const int start = y;
    const char *group = "";
    for (int i = SL_ACT_NONE + 1; i < SL_ACT_COUNT; i++) {
        const struct sl_action_row *row = sl_action_row((enum sl_action)i);
        if (strcmp(row->group, group) != 0) {
            y += group[0] != '\0' ? 1 : 0;
            if (y >= area.top && y < area.end)
                sl_grid_write(grid, y, 1, grid->cols, SL_ROLE_HEADING, row->group);
            y++;
        }
        group = row->group;
        if (y >= area.top && y < area.end)
            draw_help_row(grid, y, model, i);
        y++;
    }
    return y - start;
}

void sl_render_help(struct sl_grid *grid, const struct sl_model *model, struct sl_area area)
{
    const int count = draw_help(grid, model, (struct sl_area){0, 0}, 0);
    const int first = scrolled(model->panes.scroll[SL_PANE_HELP], count, area);
    draw_help(grid, model, area, area.top - first);
}
