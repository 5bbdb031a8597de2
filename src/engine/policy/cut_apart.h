/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * cut_apart.h - cuts parts that share a root but differ in length: a provider stores only one
 * length for each root.
 */
#ifndef SL_ENGINE_CUT_APART_H
#define SL_ENGINE_CUT_APART_H

#include "core/engine_internal.h"

/** The provider has stored a QUEUED part's root with another length: cut the part, or fail the
 * file. Pointers to parts become invalid. */
void sl_part_is_alike(struct sl_engine *engine, struct sl_task *task, struct sl_part *part,
                      const struct sl_err *err);

/** The parts are hashed: cut those that share the root of another part but not its length. The cut
 * parts must then be hashed. Pointers to parts become invalid. Errors: SL_EALIKE (a part is too
 * short), SL_ENOMEM. */
int sl_parts_cut_apart(struct sl_engine *engine, struct sl_task *task,
                       struct sl_err *err) SL_MUST_CHECK;

/** The provider has stored another length under the root of a QUEUED part, as *err says: cut the
 * part, and say so. Pointers to parts become invalid. Errors: SL_EALIKE, with the remedy in *err.
 */
int sl_part_cut_apart(struct sl_engine *engine, struct sl_task *task, struct sl_part *part,
                      struct sl_err *err) SL_MUST_CHECK;

/** The same for a task that is one piece. */
int sl_task_cut_apart(struct sl_engine *engine, struct sl_task *task,
                      struct sl_err *err) SL_MUST_CHECK;

#endif
