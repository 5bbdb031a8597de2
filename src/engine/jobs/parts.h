/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * parts.h - the parts of a split file as a group: load the plan, queue the parts, retry them,
 * discard the plan.
 */
#ifndef SL_ENGINE_PARTS_H
#define SL_ENGINE_PARTS_H

#include "core/engine_internal.h"

/** Set how many of the task's parts may be uploading at a time. */
void sl_task_bound_parts(const struct sl_engine *engine, struct sl_task *task);

/** Read the task's parts from the journal, unless they are loaded. False: the journal has no parts,
 * or the parts do not match this file. */
bool sl_task_parts(struct sl_engine *engine, struct sl_task *task);

/** Discard the task's plan and abort the uploads of its parts. */
void sl_task_unsplit(struct sl_engine *engine, struct sl_task *task);

/** The task is now unfinished: ask about its accepted parts, and queue the task if a part can
 * start. */
void sl_parts_enter(struct sl_engine *engine, struct sl_task *task);

void sl_parts_leave(struct sl_engine *engine, struct sl_task *task);

/** Retry the parts at once; their attempts count from zero. */
void sl_parts_again(struct sl_engine *engine, struct sl_task *task);

/** The gate opens: parts need not wait any longer. */
void sl_parts_hurry(struct sl_engine *engine, struct sl_task *task);

/** Announce every part. */
void sl_parts_emit(struct sl_engine *engine, struct sl_task *task);

/** Keep the task in the queue while one of its parts can start; otherwise set a timer. */
void sl_parts_place(struct sl_engine *engine, struct sl_task *task);

/** Take back the pieces that have no transaction yet. A piece that another file needs stays for
 * that file. False: all pieces of this file are on their way. */
bool sl_engine_uncommit(struct sl_engine *engine, struct sl_task *task);

/** Whether a copy of the file is on this chain, for this payer. */
bool sl_engine_on_chain(struct sl_engine *engine, struct sl_task *task);

#endif
