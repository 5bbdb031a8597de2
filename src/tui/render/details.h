/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* details.h - the pane about one file. Private to tui. */
#ifndef SL_TUI_RENDER_DETAILS_H
#define SL_TUI_RENDER_DETAILS_H

#include "model/model.h"
#include "render/draw.h"
#include "terminal/grid.h"

void sl_render_details(struct sl_grid *grid, const struct sl_model *model, struct sl_area area);

#endif
