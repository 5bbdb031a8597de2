/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * copies.h - how many copies a job wants and has, and whether this run can make the missing ones.
 */
#ifndef SL_ENGINE_COPIES_H
#define SL_ENGINE_COPIES_H

#include "core/engine_internal.h"

/** Say why a confirmed file has fewer copies than wanted, and save that: SL_ENOENT or SL_ECHANGED
 * when neither its provider nor the file is left to make them from. */
void sl_task_blame_copies(struct sl_engine *engine, struct sl_task *task, const struct sl_err *err);

/** Set the copies and the wish that this run gives to a new job. */
void sl_engine_wish(const struct sl_engine *engine, struct sl_job *job);

/** The task is added again, or resumed: it gets what options name, and what it has no value for.
 * False, with a DEFERRED event: its copies are placed in another way than this run places copies.
 */
bool sl_task_take_wish(struct sl_engine *engine, struct sl_task *task);

/** The same while the journal is read: the new values are written with the task's next change. */
bool sl_task_load_wish(struct sl_engine *engine, struct sl_task *task);

/** Whether this run places copies as the task's wish says. */
bool sl_task_is_of_run(const struct sl_engine *engine, const struct sl_task *task);

/** CONFIRMED: whether copies are missing, or the run now wants more. */
bool sl_task_wants_more(const struct sl_engine *engine, const struct sl_task *task);

/** How many of the task's copies this run can make. */
unsigned sl_task_copies(const struct sl_engine *engine, const struct sl_task *task);

#endif
