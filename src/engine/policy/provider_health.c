/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "policy/provider_health.h"

enum { BODY_FIRST_MS = 10000, BODY_MOST_MS = 60000 };

static void end(struct sl_provider_health *health)
{
    if (health->silent_since_ms == 0 && health->failing_ms == 0)
        return;
    *health = (struct sl_provider_health){.rest_ms = health->rest_ms, .streak = health->streak + 1};
}

bool sl_engine_provider_health_is_full(const struct sl_provider_health *health)
{
    return health->bodies >= SL_PROVIDER_HEALTH_BODIES;
}

void sl_engine_provider_health_body(struct sl_provider_health *health, int64_t now_ms)
{
    int64_t wait_ms = BODY_FIRST_MS;
    if (health->failing_ms == 0)
        health->failing_ms = now_ms > 0 ? now_ms : 1;
    health->bodies++;
    for (int i = SL_PROVIDER_HEALTH_BODIES; i < health->bodies && wait_ms < BODY_MOST_MS; i++)
        wait_ms *= 2;
    health->body_ms = now_ms + (wait_ms < BODY_MOST_MS ? wait_ms : BODY_MOST_MS);
}

void sl_engine_provider_health_closed(struct sl_provider_health *health, int64_t now_ms)
{
    if (health->failing_ms == 0)
        health->failing_ms = now_ms > 0 ? now_ms : 1;
    health->closed = true;
}

void sl_engine_provider_health_silence(struct sl_provider_health *health, int64_t now_ms)
{
    if (health->silent_since_ms == 0)
        health->silent_since_ms = now_ms > 0 ? now_ms : 1;
}

void sl_engine_provider_health_answer(struct sl_provider_health *health)
{
    if (health->failing_ms == 0)
        end(health);
    health->silent_since_ms = 0;
}

void sl_engine_provider_health_failure(struct sl_provider_health *health, int64_t now_ms,
                                       bool others_move)
{
    if (others_move && health->bodies > 0)
        return;
    if (others_move) {
        end(health);
        return;
    }
    if (health->failing_ms == 0)
        health->failing_ms = now_ms > 0 ? now_ms : 1;
    health->failures++;
}

void sl_engine_provider_health_success(struct sl_provider_health *health)
{
    end(health);
}

int64_t sl_engine_provider_health_due_ms(const struct sl_provider_health *health,
                                         int64_t patience_ms)
{
    int64_t due_ms = INT64_MAX;
    if (health->silent_since_ms != 0)
        due_ms = health->silent_since_ms + patience_ms;
    if (health->failures >= SL_PROVIDER_HEALTH_FAILURES &&
        health->failing_ms + patience_ms < due_ms)
        due_ms = health->failing_ms + patience_ms;
    if ((sl_engine_provider_health_is_full(health) || health->closed) &&
        health->failing_ms < due_ms)
        due_ms = health->failing_ms;
    return due_ms < health->rest_ms ? health->rest_ms : due_ms;
}

bool sl_engine_provider_health_keeps_back(const struct sl_provider_health *health, int64_t now_ms,
                                          int64_t patience_ms)
{
    return health->failing_ms != 0 && !health->told &&
           now_ms - health->failing_ms < 2 * patience_ms;
}

void sl_engine_provider_health_looked(struct sl_provider_health *health, int64_t now_ms,
                                      int64_t patience_ms, bool alone)
{
    health->rest_ms = now_ms + (alone ? SL_PROVIDER_HEALTH_REST : 1) * patience_ms;
}

void sl_engine_provider_health_changed(struct sl_provider_health *health, int64_t now_ms,
                                       int64_t patience_ms)
{
    *health = (struct sl_provider_health){.rest_ms = now_ms + SL_PROVIDER_HEALTH_REST * patience_ms,
                                          .streak = health->streak + 1};
}
