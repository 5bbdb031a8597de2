/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* slots.h */
#ifndef SL_ENGINE_SLOTS_H
#define SL_ENGINE_SLOTS_H

#include "core/engine_internal.h"

/** The worker that holds a connection for the task; NULL: none. */
struct sl_worker *sl_task_held_worker(struct sl_engine *engine, const struct sl_task *task);

/** Break an upload off: its result is nobody's, its task or part is as before. */
void sl_engine_let_go(struct sl_engine *engine, struct sl_worker *worker);

/** All uploads of the task. */
void sl_task_let_go(struct sl_engine *engine, struct sl_task *task);

/** A worker that has nothing to do, its thread started; NULL: none now, or `broken`. */
struct sl_worker *sl_engine_idle_worker(struct sl_engine *engine);

/** Workers with an upload that moves. */
int sl_engine_running(const struct sl_engine *engine);

#endif
