/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * gate.c - when the provider cannot be reached at all (no answer to the first question of an
 * attempt) nothing new starts, no attempt is counted, and one probe at a time, ever more rarely,
 * asks whether it is back. Its first answer, whatever it says, opens the gate. A long wait is
 * reported: for which provider, since when, and what happens next.
 */
#include "policy/gate.h"

#include <inttypes.h>
#include <stdio.h>

#include "sluice/journal.h"
#include "sluice/log.h"
#include "sluice/text.h"

#include "core/transaction.h"
#include "jobs/job.h"
#include "jobs/parts.h"
#include "policy/blame.h"
#include "policy/retry.h"

/* The network is back within seconds of its return, however long it was away. */
enum {
    PROBE_CAP_MS = 10000,
    AGAIN = 6, /* multiples of say_after_ms between two reports about one provider */
};

/* ---- reports ---- */

/* "provider 2 at http://...", or only the URL when the journal knows no provider there. */
static void name_of(char out[static SL_ERR_TEXT_BYTES], struct sl_engine *engine, const char *url)
{
    struct sl_u256 id;
    char number[SL_U256_DEC_CHARS];
    if (sl_journal_provider_of(engine->journal, url, &id, NULL) != 1) {
        (void)snprintf(out, SL_ERR_TEXT_BYTES, "%.160s", url);
        return;
    }
    sl_u256_dec(number, id);
    (void)snprintf(out, SL_ERR_TEXT_BYTES, "provider %s at %.120s", number, url);
}

static void outlook(char out[static SL_ERR_TEXT_BYTES], const struct sl_engine *engine,
                    const char *url)
{
    char patience[SL_TEXT_SHORT];
    sl_text_duration(patience, engine->options.change_after_ms);
    if (url != engine->url)
        (void)snprintf(out, SL_ERR_TEXT_BYTES, "after %s sluice uploads its files again", patience);
    else if (sl_engine_can_change(engine))
        (void)snprintf(out, SL_ERR_TEXT_BYTES, "after %s sluice looks for another provider",
                       patience);
    else
        (void)snprintf(out, SL_ERR_TEXT_BYTES, "files wait for it because you chose it");
}

void sl_engine_say_wait(struct sl_engine *engine, const char *url, int64_t since_ms)
{
    const int64_t now_ms = sl_engine_now(engine);
    const int64_t after_ms = engine->options.say_after_ms;
    struct sl_event event = {.type = SL_EVENT_NOTE};
    char name[SL_ERR_TEXT_BYTES], hope[SL_ERR_TEXT_BYTES];
    if (since_ms == 0 || now_ms - since_ms < after_ms ||
        (engine->wait_url == url && now_ms - engine->wait_said_ms < AGAIN * after_ms))
        return;
    engine->wait_url = url;
    engine->wait_said_ms = now_ms;
    name_of(name, engine, url);
    outlook(hope, engine, url);
    (void)sl_err_set(&event.err, SL_ENET, "waiting for %s: no answer for %" PRId64 "s; %s", name,
                     (now_ms - since_ms) / 1000, hope);
    sl_engine_emit(engine, &event, NULL);
}

/* ---- the gate ---- */

static void plan_probe(struct sl_engine *engine)
{
    const int64_t wait_ms = sl_engine_backoff(engine, engine->down_count, 0);
    engine->probe_ms = sl_engine_now(engine) + (wait_ms < PROBE_CAP_MS ? wait_ms : PROBE_CAP_MS);
    sl_park_poller_probe(engine->poller, engine->probe_ms);
}

void sl_engine_close_gate(struct sl_engine *engine, const struct sl_err *err)
{
    if (engine->down)
        return;
    sl_engine_blame_silence(engine, err);
    sl_log(SL_LOG_WARN, SL_LOG_ENGINE, "no new uploads: the provider does not answer: %s",
           err->text);
    engine->down = true;
    engine->down_count = 1;
    plan_probe(engine);
}

int64_t sl_engine_gate_wait(const struct sl_engine *engine)
{
    const int64_t left_ms = engine->probe_ms - sl_engine_now(engine);
    return left_ms > 0 ? left_ms : engine->options.retry_base_ms;
}

static void go_on(void *ctx, struct sl_task *task)
{
    if (task->split != NULL)
        sl_parts_hurry(ctx, task);
    if (task->down && task->state == SL_JOB_WAITING)
        (void)sl_task_step(ctx, task, SL_IN_DUE);
}

static void open_gate(struct sl_engine *engine)
{
    sl_log(SL_LOG_INFO, SL_LOG_ENGINE, "the provider answers again");
    engine->down = false;
    engine->down_count = 0;
    sl_engine_provider_health_answer(&engine->health);
    sl_tasks_each(&engine->tasks, go_on, engine);
}

void sl_engine_silent(struct sl_engine *engine, struct sl_silence silence)
{
    if (silence.url == engine->url)
        sl_engine_close_gate(engine, &silence.err);
    else
        sl_engine_say_wait(engine, silence.url, silence.since_ms);
}

void sl_engine_probed(struct sl_engine *engine, const struct sl_probed *probed)
{
    if (!engine->down)
        return;
    if (probed->rc != SL_ENET && probed->rc != SL_ESTALLED) {
        open_gate(engine);
        return;
    }
    engine->down_count++;
    sl_engine_say_wait(engine, engine->url, engine->health.silent_since_ms);
    plan_probe(engine);
}
