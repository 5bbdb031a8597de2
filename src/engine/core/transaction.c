/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The turn's transaction in the journal, the first failure, and events that are no job. */
#include "core/transaction.h"

#include "sluice/log.h"

void sl_engine_break(struct sl_engine *engine, const struct sl_err *err)
{
    if (engine->broken.code == SL_OK)
        engine->broken = *err;
    sl_log(SL_LOG_ERROR, SL_LOG_ENGINE, "the engine stops: %s", err->text);
}

void sl_engine_emit(struct sl_engine *engine, const struct sl_event *event, const char *path)
{
    struct sl_err err = {0};
    if (sl_outbox_notice(&engine->outbox, event, path, &err) < 0)
        sl_engine_break(engine, &err);
}

int sl_engine_txn_begin(struct sl_engine *engine)
{
    if (engine->broken.code != SL_OK)
        return engine->broken.code;
    if (engine->in_transaction)
        return SL_OK;
    struct sl_err err = {0};
    const int rc = sl_journal_txn_begin(engine->journal, &err);
    if (rc < 0)
        sl_engine_break(engine, &err);
    engine->in_transaction = rc >= 0;
    return rc;
}

int sl_engine_txn_commit(struct sl_engine *engine)
{
    struct sl_err err = {0};
    if (!engine->in_transaction)
        return engine->broken.code;
    engine->in_transaction = false;
    if (engine->broken.code != SL_OK) {
        sl_journal_txn_rollback(engine->journal);
        return engine->broken.code;
    }
    const int rc = sl_journal_txn_commit(engine->journal, &err);
    if (rc < 0)
        sl_engine_break(engine, &err);
    return rc;
}

int64_t sl_engine_now(const struct sl_engine *engine)
{
    return sl_now_ms(&engine->options.clock);
}
