/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* blame.c - decides whether a failure is the provider's fault, and notes that in its health. */
#include "policy/blame.h"

#include "core/transaction.h"

enum { HTTP_UNAUTHORIZED = 401 };

int64_t sl_engine_patience_ms(const struct sl_engine *engine)
{
    return engine->options.change_after_ms;
}

bool sl_engine_is_moving(const struct sl_engine *engine)
{
    const int64_t since_ms = sl_engine_now(engine) - sl_engine_patience_ms(engine) / SL_MOVING_PART;
    for (int i = 0; i < SL_SLOTS; i++) {
        const struct sl_worker *worker = &engine->workers[i];
        if (worker->busy && worker->task != NULL && worker->url == engine->url &&
            atomic_load(&worker->upload.moved_ms) > since_ms)
            return true;
    }
    return false;
}

bool sl_engine_can_change(const struct sl_engine *engine)
{
    return engine->commit != NULL && !sl_commit_is_named(engine->commit);
}

void sl_engine_blame_silence(struct sl_engine *engine, const struct sl_err *err)
{
    sl_engine_provider_health_silence(&engine->health, sl_engine_now(engine));
    engine->trouble_err = *err;
}

/* Some operators take uploads only from clients with a login of theirs. */
static bool is_closed_to_us(const struct sl_err *err)
{
    return err->code == SL_EREFUSED && err->detail == HTTP_UNAUTHORIZED;
}

/* A claim of another upload on the same piece says nothing of the provider. */
static bool is_the_providers(const struct sl_err *err)
{
    if (sl_sp_is_claimed(err))
        return false;
    return is_closed_to_us(err) || err->code == SL_ENET || err->code == SL_ESTALLED ||
           err->code == SL_EBUSY || err->code == SL_ESERVER || err->code == SL_ENOSPC;
}

bool sl_engine_blame(struct sl_engine *engine, const struct sl_err *err)
{
    if (!is_the_providers(err))
        return false;
    sl_engine_provider_health_failure(&engine->health, sl_engine_now(engine),
                                      sl_engine_is_moving(engine));
    engine->trouble_err = *err;
    return sl_engine_can_change(engine) &&
           (engine->seek != NULL ||
            sl_engine_provider_health_keeps_back(&engine->health, sl_engine_now(engine),
                                                 sl_engine_patience_ms(engine)));
}

void sl_engine_blame_upload(struct sl_engine *engine, const struct sl_upload *up,
                            const struct sl_err *err)
{
    const bool whole = up->size_bytes > 0 && up->source.at_bytes >= up->size_bytes;
    if (err->code == SL_ENOSPC || (err->code == SL_ESERVER && whole))
        sl_engine_provider_health_body(&engine->health, sl_engine_now(engine));
    if (is_closed_to_us(err))
        sl_engine_provider_health_closed(&engine->health, sl_engine_now(engine));
}

void sl_engine_works(struct sl_engine *engine, const char *url)
{
    if (url == engine->url)
        sl_engine_provider_health_success(&engine->health);
}
