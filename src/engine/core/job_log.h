/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* job_log.h - log lines for each change of a job, a part or a copy. */
#ifndef SL_ENGINE_JOB_LOG_H
#define SL_ENGINE_JOB_LOG_H

#include "core/engine_internal.h"

/** The task has changed from this state (SL_JOB_STATE_COUNT: it is new); `why` in words. */
void sl_task_note(const struct sl_engine *engine, const struct sl_task *task,
                  enum sl_job_state from, const char *why);

void sl_part_note(const struct sl_task *task, const struct sl_part *part, enum sl_job_state from,
                  const char *why);

/** A copy of the task, or of a part of it, was sent, has landed or has failed. */
void sl_task_note_copy(const struct sl_task *task, const struct sl_commit_event *event);

#endif
