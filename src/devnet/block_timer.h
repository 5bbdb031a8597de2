/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* block_timer.h - keeps time: blocks, and what providers do behind them. Private to devnet. */
#ifndef SL_DEVNET_BLOCK_TIMER_H
#define SL_DEVNET_BLOCK_TIMER_H

#include "network.h"

/** Bring the chain up to the clock, and every provider to what the chain says since. Any thread. */
void sl_devnet_catch_up(struct sl_devnet *net);

/** block_timer.c: the thread that does so while nobody asks. */
int sl_devnet_block_timer_start(struct sl_devnet *net, struct sl_err *err) SL_MUST_CHECK;
void sl_devnet_block_timer_stop(struct sl_devnet *net);

#endif
