/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * pane_writer.h - writes panes of labels and values, line below line, that scroll. Private to tui.
 *
 * Write each pane twice: first with nothing visible, to learn its length, then to show it.
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

/** A writer that shows nothing and counts lines. */
struct sl_pane_writer sl_pane_measure(struct sl_grid *grid);

/** A writer that shows the measured pane from line `scroll` on, but stops scrolling at its end. */
struct sl_pane_writer sl_pane_scrolled(const struct sl_pane_writer *measured, struct sl_area area,
                                       int scroll);

/** Whether the current line is on the screen. */
bool sl_pane_line_shown(const struct sl_pane_writer *pane);

/** Write a label and its printable value. The value is wrapped, never cut off. */
void sl_pane_field(struct sl_pane_writer *pane, const char *label, int role, const char *value);

/** Write a label and bytes from outside, escaped. */
void sl_pane_bytes(struct sl_pane_writer *pane, const char *label, int role, const char *bytes);

#endif
