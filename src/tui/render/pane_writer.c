/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "render/pane_writer.h"

#include <string.h>

#include "sluice/text.h"

#include "terminal/theme.h"

enum { VALUE_BYTES = 8400 };

struct sl_pane_writer sl_pane_measure(struct sl_grid *grid)
{
    return (struct sl_pane_writer){.grid = grid, .area = {0, 0}};
}

struct sl_pane_writer sl_pane_scrolled(const struct sl_pane_writer *measured, struct sl_area area,
                                       int scroll)
{
    const int hidden = measured->y - (area.end - area.top);
    const int most = hidden > 0 ? hidden : 0;
    return (struct sl_pane_writer){
        .grid = measured->grid, .area = area, .y = area.top - (scroll < most ? scroll : most)};
}

bool sl_pane_line_shown(const struct sl_pane_writer *pane)
{
    return pane->y >= pane->area.top && pane->y < pane->area.end;
}

/* The bytes of `text` that fit into `columns`, at least one character; up to the last blank if
 * there is one. */
static size_t fitting(const char *text, int columns)
{
    size_t at = 0, blank = 0, left = strlen(text);
    int used = 0;
    while (left > 0) {
        int32_t point = 0;
        const size_t took = sl_text_next(&point, text + at, left);
        used += point < 0 ? 1 : sl_text_columns(point);
        if (used > columns && at > 0)
            return blank > 0 ? blank : at;
        at += took;
        left -= took;
        blank = point == ' ' ? at : blank;
    }
    return at;
}

void sl_pane_field(struct sl_pane_writer *pane, const char *label, int role, const char *value)
{
    const int columns = pane->grid->cols - SL_VALUE_COL - 1;
    char line[SL_GRID_MAX];
    bool first = true;
    do {
        size_t len = fitting(value, columns);
        len = len < sizeof line ? len : sizeof line - 1;
        memcpy(line, value, len);
        line[len] = '\0';
        if (sl_pane_line_shown(pane)) {
            if (first)
                sl_grid_write(pane->grid, pane->y, SL_LABEL_COL, SL_VALUE_COL - SL_LABEL_COL - 1,
                              SL_ROLE_DIM, label);
            sl_grid_write(pane->grid, pane->y, SL_VALUE_COL, columns, role, line);
        }
        first = false;
        pane->y++;
        value += len;
    } while (*value != '\0');
}

void sl_pane_bytes(struct sl_pane_writer *pane, const char *label, int role, const char *bytes)
{
    char safe[VALUE_BYTES];
    sl_text_escape(safe, sizeof safe, bytes, strlen(bytes));
    sl_pane_field(pane, label, role, safe);
}
