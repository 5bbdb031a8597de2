/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* slots.h - the worker slots: find an idle worker, count running uploads, abandon an upload. */
#ifndef SL_ENGINE_SLOTS_H
#define SL_ENGINE_SLOTS_H

#include "core/engine_internal.h"

/** The worker that holds a connection for the task; NULL: none. */
struct sl_worker *sl_task_held_worker(struct sl_engine *engine, const struct sl_task *task);

/** Abort an upload and ignore its result; its task or part keeps its state. */
void sl_engine_let_go(struct sl_engine *engine, struct sl_worker *worker);

/** Abort all uploads of the task and ignore their results. */
void sl_task_let_go(struct sl_engine *engine, struct sl_task *task);

/** An idle worker, its thread started; NULL: all are busy, or the engine is `broken`. */
struct sl_worker *sl_engine_idle_worker(struct sl_engine *engine);

/** Workers with an upload that moves. */
int sl_engine_running(const struct sl_engine *engine);

#endif
