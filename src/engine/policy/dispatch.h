/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* dispatch.h - assigns queued jobs and parts to free workers, and runs the timers. */
#ifndef SL_ENGINE_DISPATCH_H
#define SL_ENGINE_DISPATCH_H

#include "core/engine_internal.h"

/** Start one of the task's parts, or continue a held one. 1: started, 0: none can start now, < 0:
 * stop. */
int sl_parts_start(struct sl_engine *engine, struct sl_task *task);

/** Run the timers that are due now. */
void sl_engine_timers(struct sl_engine *engine);

/** ms until the engine has work without a message; -1: never. */
int64_t sl_engine_wait_ms(struct sl_engine *engine);

/** Assign queued tasks to free slots, to be launched after the commit. */
void sl_engine_pick(struct sl_engine *engine);

void sl_engine_launch(struct sl_engine *engine);

bool sl_engine_busy(const struct sl_engine *engine);

#endif
