/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* job.h - the lifecycle of a job: create, load, change state, retry and delete. */
#ifndef SL_ENGINE_JOB_H
#define SL_ENGINE_JOB_H

#include "core/engine_internal.h"

/** Apply an input: structures, journal, outbox. False when it means nothing in the task's state. */
bool sl_task_step(struct sl_engine *engine, struct sl_task *task, enum sl_input input);

/** The heap a QUEUED task is in. */
struct sl_heap *sl_task_queue(struct sl_engine *engine, const struct sl_task *task);

/** Save the task with a new file mark; its earlier piece is void. */
void sl_task_replan(struct sl_engine *engine, struct sl_task *task,
                    const struct sl_file_mark *file);

/** A new job, QUEUED, or PAUSED while everything is. */
void sl_task_create(struct sl_engine *engine, const char *path, const struct sl_file_mark *file);

/** Remove the job from the list and retire its task. */
void sl_task_delete(struct sl_engine *engine, struct sl_task *task);

/** Start a dormant task; any other is left alone. */
void sl_task_wake(struct sl_engine *engine, struct sl_task *task);

/** Retry a failed, waiting or cancelled task now; attempts count from zero. A finished task goes to
 * the end of the queue. */
void sl_task_again(struct sl_engine *engine, struct sl_task *task);

/** Take over one job of the journal at the start. */
int sl_task_load(void *ctx, const struct sl_job *job, const char *path, const char *provider_url);

/** After all are loaded: what was uploading is queued, and what is not dormant takes its place. */
void sl_tasks_settle(struct sl_engine *engine);

/** The provider lists the piece, or all parts: the task is stored, or goes to the commits. */
void sl_task_is_listed(struct sl_engine *engine, struct sl_task *task);

#endif
