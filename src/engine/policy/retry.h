/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* retry.h - decides after a failure whether a job is retried, when, and how often. */
#ifndef SL_ENGINE_RETRY_H
#define SL_ENGINE_RETRY_H

#include "core/engine_internal.h"

/** Put the task in WAITING for this long. */
void sl_task_wait(struct sl_engine *engine, struct sl_task *task, int64_t wait_ms);

/** Retry the task later, or fail it once its attempts are used up. kept_back: the engine is still
 * finding out whether the provider is at fault, so the file must not fail yet. */
void sl_task_retry_or_fail(struct sl_engine *engine, struct sl_task *task, const struct sl_err *err,
                           bool kept_back);
/** The task failed: retry it later, or fail it for good. */
void sl_task_failed(struct sl_engine *engine, struct sl_task *task, const struct sl_err *err);

/** Wait before try number `attempt` (from 1) is repeated: full jitter below a doubled bound, and
 * not less than the peer asked for. */
int64_t sl_engine_backoff(struct sl_engine *engine, int attempt, int64_t least_ms);

/** Whether an upload failed only because another one holds the piece: it is tried again and the
 * attempt does not count, nor against the provider. False once a claim cannot last any longer. */
bool sl_engine_waits_for_claim(uint8_t *claims, const struct sl_err *err);

/** Wait for the claim number `claims` (from 1): about a second, then twice as long each time. */
int64_t sl_engine_claim_wait(struct sl_engine *engine, int claims);

#endif
