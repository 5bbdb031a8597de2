/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* panes.h - the add, log and help panes. Private to tui. */
#ifndef SL_TUI_RENDER_PANES_H
#define SL_TUI_RENDER_PANES_H

#include "model/model.h"
#include "render/draw.h"
#include "terminal/grid.h"

void sl_render_add(struct sl_grid *grid, const struct sl_model *model, struct sl_area area);
void sl_render_log(struct sl_grid *grid, const struct sl_model *model, struct sl_area area);
void sl_render_help(struct sl_grid *grid, const struct sl_model *model, struct sl_area area);

#endif
