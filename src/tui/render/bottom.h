/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* bottom.h - the last line: a question, a line under edit, a notice, or key hints. Private to
 * tui. */
#ifndef SL_TUI_RENDER_BOTTOM_H
#define SL_TUI_RENDER_BOTTOM_H

#include "model/model.h"
#include "terminal/grid.h"

void sl_render_bottom(struct sl_grid *grid, const struct sl_model *model, int row);

#endif
