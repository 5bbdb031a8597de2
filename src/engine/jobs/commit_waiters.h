/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * commit_waiters.h - hands parked pieces to the commits and remembers which jobs wait for the
 * outcome.
 */
#ifndef SL_ENGINE_COMMIT_WAITERS_H
#define SL_ENGINE_COMMIT_WAITERS_H

#include "core/engine_internal.h"

/** Give the piece of the task, or of one part, to the commits. Calling it again voids what they
 * reported so far. */
void sl_task_await_commit(struct sl_engine *engine, struct sl_task *task,
                          const struct sl_part *part);

/** A task that is one piece wants nothing more from the commits. */
void sl_task_unawait_commit(struct sl_engine *engine, struct sl_task *task);

/** Lanes' threads: ctx is the engine. */
void sl_engine_on_commit(void *ctx, const struct sl_commit_event *event);

/** Tell the commits whether more is to come soon. */
void sl_engine_expect(struct sl_engine *engine);

#endif
