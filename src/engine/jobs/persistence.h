/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* persistence.h - writes jobs and parts to the journal and announces each change to the face. */
#ifndef SL_ENGINE_PERSISTENCE_H
#define SL_ENGINE_PERSISTENCE_H

#include "core/engine_internal.h"

/** Write the task and announce it. */
void sl_task_save(struct sl_engine *engine, struct sl_task *task);

/** The file's mark changed but its bytes did not: keep the piece. */
void sl_task_remark(struct sl_engine *engine, struct sl_task *task,
                    const struct sl_file_mark *file);

/** Into the journal. */
void sl_part_write(struct sl_engine *engine, const struct sl_task *task,
                   const struct sl_part *part);

void sl_part_emit(struct sl_engine *engine, const struct sl_task *task, const struct sl_part *part);

/** Report the transaction that put the task's first copy on chain. */
void sl_task_emit_tx(struct sl_engine *engine, const struct sl_task *task);

#endif
