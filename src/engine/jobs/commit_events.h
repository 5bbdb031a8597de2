/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * commit_events.h - events from the commits: copies that were sent, landed, failed or lost update
 * their jobs.
 */
#ifndef SL_ENGINE_COMMIT_EVENTS_H
#define SL_ENGINE_COMMIT_EVENTS_H

#include "core/engine_internal.h"

/** Every copy of a part has ended, so many are on chain. */
void sl_parts_committed(struct sl_engine *engine, struct sl_task *task, int part_id, int landed,
                        const struct sl_err *why);

/** The provider has thrown the part away: it is sent again. */
void sl_parts_lost(struct sl_engine *engine, struct sl_task *task, int part_id);

/** A confirmed file in parts was added again: as sl_engine_recommit(). */
bool sl_parts_recommit(struct sl_engine *engine, struct sl_task *task);

void sl_engine_committed(struct sl_engine *engine, const struct sl_msg_commit *msg);

/** Look again whether its copies are all on this chain: a finished task whose file was added again.
 * False: nothing of it is. */
bool sl_engine_recommit(struct sl_engine *engine, struct sl_task *task);

#endif
