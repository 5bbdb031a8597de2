/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * screen.h - the whole screen as cells. Private to tui.
 *
 * Pure: the same model gives the same grid. No clock, no curses, no locale; only a QR code uses the
 * heap. Cells name roles, not colours: the theme applies when cells reach the terminal.
 */
#ifndef SL_TUI_RENDER_SCREEN_H
#define SL_TUI_RENDER_SCREEN_H

#include "model/model.h"
#include "terminal/grid.h"

enum { SL_MIN_COLS = 40, SL_MIN_ROWS = 6 };

/** Draw the whole screen. */
void sl_screen_render(struct sl_grid *grid, const struct sl_model *model);

/** How many files the list shows on a screen of this size; store it in model->view.page. */
size_t sl_screen_page(const struct sl_model *model, int rows, int cols);

/** The place in the view of the file on this row of the screen; -1: no file. */
long sl_screen_place(const struct sl_model *model, int rows, int cols, int row);

/** The window title: "37% 4/12 11m - sluice". */
void sl_screen_title(char *out, size_t cap, const struct sl_model *model);

/** What the taskbar shows: percent of all bytes while something runs, else -1. */
int sl_screen_percent(const struct sl_model *model);

#endif
