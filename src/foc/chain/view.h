/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* view.h - making a view of the chain. Layer: foc, private. */
#ifndef SL_FOC_CHAIN_VIEW_H
#define SL_FOC_CHAIN_VIEW_H

#include "chain/chain_internal.h"

/** An empty view, sl_chain_view_free(). NULL with SL_ENOMEM. */
struct sl_view_memory *sl_chain_view_new(struct sl_err *err);

/** Append `text` to the view's warning, in full or not at all. */
void sl_chain_view_warn(struct sl_chain_view *view, const char *text);

#endif
