/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* contract_pdp_view.h - the views of PDPVerifier. Private to devnet. */
#ifndef SL_DEVNET_CONTRACT_PDP_VIEW_H
#define SL_DEVNET_CONTRACT_PDP_VIEW_H

#include "contracts/pdp/contract_pdp.h"

int sl_pdp_fn_count(struct sl_frame *f) SL_MUST_CHECK;
int sl_pdp_fn_active(struct sl_frame *f) SL_MUST_CHECK;
int sl_pdp_fn_active_from(struct sl_frame *f) SL_MUST_CHECK;
int sl_pdp_fn_find(struct sl_frame *f) SL_MUST_CHECK;
int sl_pdp_fn_cid(struct sl_frame *f) SL_MUST_CHECK;
int sl_pdp_fn_piece_leaves(struct sl_frame *f) SL_MUST_CHECK;
int sl_pdp_fn_piece_live(struct sl_frame *f) SL_MUST_CHECK;
int sl_pdp_fn_removals(struct sl_frame *f) SL_MUST_CHECK;

#endif
