/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * pane_writer.h - panes of labels and values, one below the other, that scroll. Private to tui.
 *
 * A pane is written twice: once with nothing visible, to learn how long it is, then for real.
 */
#ifndef SL_TUI_PANE_WRITER_H
#define SL_TUI_PANE_WRITER_H

#include <stdbool.h>

#include "render/draw.h"
#include "terminal/grid.h"

enum { SL_LABEL_COL = 2, SL_VALUE_COL = 14 };

struct sl_pane_writer {
    struct sl_grid *grid;
    struct sl_area area;
    int y; /* may lie above or below the area */
};

/** Shows nothing. */
struct sl_pane_writer sl_pane_measure(struct sl_grid *grid);

/** After everything was measured: the same from the line `scroll` on, but not beyond the end. */
struct sl_pane_writer sl_pane_scrolled(const struct sl_pane_writer *measured, struct sl_area area,
                                       int scroll);

/** Whether the line it is at is on the screen. */
bool sl_pane_line_shown(const struct sl_pane_writer *pane);

/** A label and its printable value, wrapped whole: nothing of it is ever cut off. */
void sl_pane_field(struct sl_pane_writer *pane, const char *label, int role, const char *value);

/** The same of bytes from outside. */
void sl_pane_bytes(struct sl_pane_writer *pane, const char *label, int role, const char *bytes);

#endif
