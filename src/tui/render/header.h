/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* header.h - the two lines at the top: network, limit, rate, counts, totals. Private to tui. */
#ifndef SL_TUI_RENDER_HEADER_H
#define SL_TUI_RENDER_HEADER_H

#include "model/model.h"
#include "terminal/grid.h"

void sl_render_header(struct sl_grid *grid, const struct sl_model *model);

/** Percent of all bytes of this screen's files; 100 only when every byte is done. */
int sl_render_total_percent(const struct sl_model *model);

#endif
