/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* dispatch.h - assigns queued jobs and parts to free workers, and runs the timers. */
#ifndef SL_ENGINE_DISPATCH_H
#define SL_ENGINE_DISPATCH_H

#include "core/engine_internal.h"

/** Start a part of it, or go on with a held one. 1: done, 0: there is none now, < 0: stop. */
int sl_parts_start(struct sl_engine *engine, struct sl_task *task);

/** What is due now. */
void sl_engine_timers(struct sl_engine *engine);

/** ms until there is something to do without a message, -1: never. */
int64_t sl_engine_wait_ms(struct sl_engine *engine);

/** Assign queued tasks to free slots, to be launched after the commit. */
void sl_engine_pick(struct sl_engine *engine);

void sl_engine_launch(struct sl_engine *engine);

bool sl_engine_busy(const struct sl_engine *engine);

#endif
