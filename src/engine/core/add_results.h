/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * add_results.h - the scanner's results: each file found becomes a job, joins an existing job, or
 * is rejected. Also tracks which add requests are still open.
 */
#ifndef SL_ENGINE_ADD_RESULTS_H
#define SL_ENGINE_ADD_RESULTS_H

#include "core/engine_internal.h"

/** Scanner thread: ctx is the engine. */
int sl_engine_scanned(void *ctx, const struct sl_scan_item *item);

void sl_engine_intake(struct sl_engine *engine, const struct sl_msg_scan *scan);

/** The same unchanged file was added again. */
void sl_task_take_over(struct sl_engine *engine, struct sl_task *task);

/** All its bytes are stored, but for another network or at another provider. */
bool sl_task_is_elsewhere(struct sl_engine *engine, struct sl_task *task);

/** The request is open from now on; its SL_SCAN_DONE closes it. */
void sl_engine_request(struct sl_engine *engine, const struct sl_msg_command *add);

#endif
