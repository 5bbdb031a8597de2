/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * pre_hash.h - chooses which files to hash before their upload, and applies the results of the
 * planner thread.
 */
#ifndef SL_ENGINE_PRE_HASH_H
#define SL_ENGINE_PRE_HASH_H

#include "core/engine_internal.h"

/** Whether this QUEUED task has to be hashed before a worker can take it. */
bool sl_task_wants_hash(struct sl_engine *engine, struct sl_task *task);

/** Give the planner the next file, if it is time to. */
void sl_engine_pick_hash(struct sl_engine *engine);

void sl_engine_hashed(struct sl_engine *engine, const struct sl_hashed *hashed);

void sl_engine_hash_end(struct sl_engine *engine, const struct sl_hash_end *end);

/** The planner stops soon, and the task does not hear of it. Only of the task that is HASHING. */
void sl_engine_stop_hash(struct sl_engine *engine);

#endif
