/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * part_settle.h - derives the state of a split file from the states of its parts, and passes
 * results on to all owners of a piece.
 */
#ifndef SL_ENGINE_PART_SETTLE_H
#define SL_ENGINE_PART_SETTLE_H

#include "core/engine_internal.h"

/** Report the fate of pieces to all owners that wait for them. */
void sl_engine_pass_on(struct sl_engine *engine);

/** PARKED or COMMITTING: it is confirmed once every part is. */
void sl_parts_confirmed(struct sl_engine *engine, struct sl_task *task);

/** The task follows what its parts have become. */
void sl_parts_settle(struct sl_engine *engine, struct sl_task *task);

/** Why it is cancelled: what of it the provider has. */
void sl_parts_blame_cancelled(struct sl_task *task);

#endif
