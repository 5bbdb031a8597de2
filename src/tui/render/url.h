/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* url.h - the retrieval URL of the selected file, over everything. Private to tui. */
#ifndef SL_TUI_RENDER_URL_H
#define SL_TUI_RENDER_URL_H

#include <stdbool.h>

#include "model/model.h"
#include "terminal/grid.h"

/** Draw the URL. False: the selected row has none, and nothing was drawn. */
bool sl_render_url(struct sl_grid *grid, const struct sl_model *model);

#endif
