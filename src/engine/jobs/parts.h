/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* parts.h */
#ifndef SL_ENGINE_PARTS_H
#define SL_ENGINE_PARTS_H

#include "core/engine_internal.h"

/** How many of its parts may be on their way at a time. */
void sl_task_bound_parts(const struct sl_engine *engine, struct sl_task *task);

/** Read its parts from the journal, if that was not done yet. False: there are none, or they are no
 * plan of this file. */
bool sl_task_parts(struct sl_engine *engine, struct sl_task *task);

/** Its plan is void: what runs is broken off. */
void sl_task_unsplit(struct sl_engine *engine, struct sl_task *task);

/** In an unfinished state now: ask about its accepted parts, and put it in the queue or not. */
void sl_parts_enter(struct sl_engine *engine, struct sl_task *task);

void sl_parts_leave(struct sl_engine *engine, struct sl_task *task);

/** To be tried at once, counted anew. */
void sl_parts_again(struct sl_engine *engine, struct sl_task *task);

/** The gate opens: no part has to wait. */
void sl_parts_hurry(struct sl_engine *engine, struct sl_task *task);

/** Announce every part. */
void sl_parts_emit(struct sl_engine *engine, struct sl_task *task);

/** In the queue while a part of it can start, or it has a timer. */
void sl_parts_place(struct sl_engine *engine, struct sl_task *task);

/** Take back the pieces that have no transaction yet. A piece that another file needs stays for
 * that file. False: all pieces of this file are on their way. */
bool sl_engine_uncommit(struct sl_engine *engine, struct sl_task *task);

/** Whether a copy of the file is on this chain, for this payer. */
bool sl_engine_on_chain(struct sl_engine *engine, struct sl_task *task);

#endif
