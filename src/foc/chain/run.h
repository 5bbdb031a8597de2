/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* run.h - one batch of calls, run against the contracts that are in force. Layer: foc, private. */
#ifndef SL_FOC_CHAIN_RUN_H
#define SL_FOC_CHAIN_RUN_H

#include "sluice/multicall.h"

#include "chain/chain_internal.h"

/** Run the batch. Calls to the view go to the view that is in force now (struct sl_contracts); to
 * follow it, the batch may be sent up to three times. Errors also: SL_EPROTO (the view's address
 * keeps changing: the nodes disagree). */
int sl_ask_run(struct sl_multicall *calls, struct sl_chain *chain,
               struct sl_err *err) SL_MUST_CHECK;

#endif
