/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * part.h - the lifecycle of one part of a split file: change state, wait for another owner of the
 * piece, ask the provider.
 */
#ifndef SL_ENGINE_PART_H
#define SL_ENGINE_PART_H

#include "core/engine_internal.h"

/** Apply an input to a part and update structures, needs, journal and outbox. The caller settles
 * the task afterwards. False when the input has no meaning in the part's state. Pointers to parts
 * stay valid. */
bool sl_part_step(struct sl_engine *engine, struct sl_task *task, struct sl_part *part,
                  enum sl_input input);

/** Other owners of the piece wait for this part: the part uploads it, or the park poller asks the
 * provider for it. */
void sl_part_brings(struct sl_engine *engine, const struct sl_task *task,
                    const struct sl_part *part);

/** Other owners of the piece no longer wait for this part. */
void sl_part_brings_no_more(struct sl_engine *engine, const struct sl_task *task,
                            const struct sl_part *part);

/** A QUEUED part that could start waits if another owner brings its piece. Returns whether it
 * waits. */
bool sl_part_waits(struct sl_engine *engine, struct sl_task *task, struct sl_part *part);

/** Move the task's WAITING parts to QUEUED. */
void sl_parts_wait_no_more(struct sl_engine *engine, struct sl_task *task);

/** Stop asking the provider whether it lists the task's parts. */
void sl_parts_forget(struct sl_engine *engine, struct sl_task *task);

/** The task is done with its parts: remove all their needs. */
void sl_parts_drop(struct sl_engine *engine, struct sl_task *task);

/** Ask until the provider lists it, or once if it did before (part->verify). */
void sl_part_ask(struct sl_engine *engine, struct sl_task *task, struct sl_part *part);

/** The bytes counted so far are lost: ignore earlier progress records. */
void sl_parts_count_loss(struct sl_task *task);

/** Copy an error to *kept. If memory runs out, only this error is lost. */
void sl_part_keep_error(struct sl_err **kept, const struct sl_err *err);

#endif
