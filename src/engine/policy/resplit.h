/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * resplit.h - cuts a file into smaller parts when the provider's time limit or the line's speed
 * requires it.
 */
#ifndef SL_ENGINE_RESPLIT_H
#define SL_ENGINE_RESPLIT_H

#include "core/engine_internal.h"

/** Cut the task into parts of this size; its earlier parts are void. False: the journal failed. */
bool sl_task_split(struct sl_engine *engine, struct sl_task *task, uint64_t shard_bytes);

/** Into which shards the plan cuts so many bytes; 0: one piece. */
uint64_t sl_engine_shard(const struct sl_engine *engine, uint64_t bytes);

/** The shard to try after a piece of this size failed; 0: it is small enough. */
uint64_t sl_task_smaller(const struct sl_engine *engine, uint64_t bytes, bool too_slow);

/** Put in front of the reason that it is split smaller for it. */
void sl_task_blame_split(struct sl_err *why, uint64_t shard_bytes, bool too_slow);

/** A stream to the provider was measured. */
void sl_engine_rate(struct sl_engine *engine, uint64_t bytes_per_s, bool too_slow);

/** Cut a part that is QUEUED into smaller ones, which are to be hashed; pointers to parts are void.
 */
void sl_part_cut(struct sl_engine *engine, struct sl_task *task, struct sl_part *part,
                 uint64_t shard_bytes);

/** The line was measured: no part that waits is larger than fits now. Pointers to parts are void.
 */
void sl_parts_fit_rate(struct sl_engine *engine, struct sl_task *task);

/** At the start: a task that was UPLOADING when the last run ended without a word. */
void sl_task_after_kill(struct sl_engine *engine, struct sl_task *task);

#endif
