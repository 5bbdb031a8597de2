/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* contract_pdp_removal.h - removals, scheduled and done. Private to devnet. */
#ifndef SL_DEVNET_CONTRACT_PDP_REMOVAL_H
#define SL_DEVNET_CONTRACT_PDP_REMOVAL_H

#include "contracts/pdp/contract_pdp.h"

/** Remove as many of the scheduled pieces as wait, `most` at most, the newest first. */
int sl_pdp_process_removals(struct sl_vm *vm, struct sl_pdp_set *set, uint64_t most) SL_MUST_CHECK;

/** What providers do by themselves: the next challenge is set (0: none). Until 3.4 the removals are
 * applied; since 3.5 it reverts while some wait. */
int sl_pdp_next_period(struct sl_vm *vm, struct sl_pdp_set *set,
                       uint64_t challenge_epoch) SL_MUST_CHECK;

int sl_pdp_fn_schedule(struct sl_frame *f) SL_MUST_CHECK;
int sl_pdp_fn_process(struct sl_frame *f) SL_MUST_CHECK;
int sl_pdp_fn_next_period(struct sl_frame *f) SL_MUST_CHECK;

#endif
