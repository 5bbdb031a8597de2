/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The transaction of a stored file: kept in the journal, and looked up on request. */
#include <string.h>

#include "core/engine_internal.h"

struct search {
    struct sl_engine *engine;
    char tx[SL_JOURNAL_HASH_CHARS];
    struct sl_err err;
};

static int take_copy(void *ctx, const struct sl_journal_copy *copy)
{
    struct search *search = ctx;
    memcpy(search->tx, copy->tx, sizeof search->tx);
    return search->tx[0] != '\0';
}

static int take_part(void *ctx, const struct sl_job_part *part)
{
    struct search *search = ctx;
    if (!part->has_piece)
        return 0;
    return sl_journal_each_copy(search->engine->journal, &part->piece, take_copy, search,
                                &search->err);
}

void sl_engine_tell_tx(struct sl_engine *engine, const struct sl_task *task)
{
    struct search search = {.engine = engine};
    const struct sl_event event = {.type = SL_EVENT_TX, .job = {.id = task->id}};
    int rc = 0;
    if (task->shard_bytes > 0)
        rc = sl_journal_each_part(engine->journal, task->id, take_part, &search, &search.err);
    else if (task->has_piece)
        rc = sl_journal_each_copy(engine->journal, &task->piece, take_copy, &search, &search.err);
    if (rc < 0)
        sl_engine_break(engine, &search.err);
    else
        sl_engine_say(engine, &event, search.tx);
}
