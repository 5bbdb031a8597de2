/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* block_timer.h - keeps time: blocks, and what providers do behind them. Private to devnet. */
#ifndef SL_DEVNET_BLOCK_TIMER_H
#define SL_DEVNET_BLOCK_TIMER_H

#include "network.h"

/** Advance the chain to the clock's time, and let every provider process what happened on chain.
 * Any thread. */
void sl_devnet_catch_up(struct sl_devnet *net);

/** The thread that does this between requests. */
int sl_devnet_block_timer_start(struct sl_devnet *net, struct sl_err *err) SL_MUST_CHECK;
void sl_devnet_block_timer_stop(struct sl_devnet *net);

#endif
