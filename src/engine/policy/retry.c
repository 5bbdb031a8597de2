/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * retry.c - decides after a failure whether a file is retried or has failed for good.
 *
 * `attempts` counts consecutive uploads without progress. An upload that gets a sixteenth of the
 * file further than any earlier one resets the count. So a bad line can finish a large file in the
 * end, and max_attempts still stops an upload that does not move.
 */
#include "policy/retry.h"

#include "jobs/job.h"
#include "policy/blame.h"

enum { CLAIMS_MOST = 18 }; /* their waits are less than the hour that a claim can last */

int64_t sl_engine_backoff(struct sl_engine *engine, int attempt, int64_t least_ms)
{
    int64_t bound_ms = engine->options.retry_base_ms;
    for (int i = 1; i < attempt && bound_ms < engine->options.retry_cap_ms; i++)
        bound_ms *= 2;
    if (bound_ms > engine->options.retry_cap_ms)
        bound_ms = engine->options.retry_cap_ms;
    engine->random += UINT64_C(0x9E3779B97F4A7C15); /* splitmix64 */
    uint64_t z = engine->random;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    const int64_t wait_ms = 1 + (int64_t)((z ^ (z >> 31)) % (uint64_t)bound_ms);
    return wait_ms > least_ms ? wait_ms : least_ms;
}

void sl_task_wait(struct sl_engine *engine, struct sl_task *task, int64_t wait_ms)
{
    task->next_try_ms = sl_wall_ms(&engine->options.clock) + wait_ms;
    (void)sl_task_step(engine, task, SL_IN_LATER);
}

void sl_task_retry_or_fail(struct sl_engine *engine, struct sl_task *task, const struct sl_err *err,
                           bool kept_back)
{
    if (kept_back && task->attempts >= engine->options.max_attempts)
        sl_task_uncount(task);
    const bool hopeless = (sl_err_class_of(err->code) != SL_CLASS_RETRY && !kept_back) ||
                          task->attempts >= engine->options.max_attempts;
    sl_task_blame(task, err);
    if (hopeless)
        (void)sl_task_step(engine, task, SL_IN_FAIL);
    else
        sl_task_wait(engine, task, sl_engine_backoff(engine, task->attempts, err->wait_ms));
}

void sl_task_failed(struct sl_engine *engine, struct sl_task *task, const struct sl_err *err)
{
    sl_task_retry_or_fail(engine, task, err, sl_engine_blame(engine, err));
}

bool sl_engine_waits_for_claim(uint8_t *claims, const struct sl_err *err)
{
    if (!sl_sp_is_claimed(err))
        *claims = 0;
    else if (*claims < CLAIMS_MOST)
        return ++*claims > 0;
    return false;
}

int64_t sl_engine_claim_wait(struct sl_engine *engine, int claims)
{
    return sl_engine_backoff(engine, claims, engine->options.retry_base_ms / 2);
}
