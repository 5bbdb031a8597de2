/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* wallet.h - the wallet pane. Private to tui. */
#ifndef SL_TUI_RENDER_WALLET_H
#define SL_TUI_RENDER_WALLET_H

#include "model/model.h"
#include "render/draw.h"
#include "terminal/grid.h"

void sl_render_wallet(struct sl_grid *grid, const struct sl_model *model, struct sl_area area);

#endif
