/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What of a job and its parts is written into the journal, and read back for a question. */
#include "jobs/persistence.h"

#include <string.h>

#include "core/transaction.h"

typedef int (*write_fn)(struct sl_journal *journal, struct sl_job *job, const char *provider,
                        struct sl_err *err);

static int write_replan(struct sl_journal *journal, struct sl_job *job, const char *provider,
                        struct sl_err *err)
{
    (void)provider;
    return sl_journal_replan(journal, job, err);
}

static void save(struct sl_engine *engine, struct sl_task *task, write_fn write)
{
    struct sl_job job;
    struct sl_err err = {0};
    if (sl_engine_txn_begin(engine) < 0)
        return;
    sl_task_job(task, &job);
    if (task->copies_wanted > 0 && sl_journal_set_copies(engine->journal, &job, &err) < 0) {
        sl_engine_break(engine, &err);
        return;
    }
    if (write(engine->journal, &job, task->provider[0] != '\0' ? task->provider : NULL, &err) < 0) {
        sl_engine_break(engine, &err);
        return;
    }
    task->changed_ms = job.changed_ms;
    sl_outbox_task(&engine->outbox, task);
}

void sl_task_save(struct sl_engine *engine, struct sl_task *task)
{
    save(engine, task, sl_journal_update);
}

void sl_task_remark(struct sl_engine *engine, struct sl_task *task, const struct sl_file_mark *file)
{
    task->file = *file;
    save(engine, task, write_replan);
}

void sl_part_write(struct sl_engine *engine, const struct sl_task *task, const struct sl_part *part)
{
    struct sl_err err = {0};
    const struct sl_job_part record = sl_part_record(part);
    if (sl_engine_txn_begin(engine) < 0)
        return;
    if (sl_journal_put_part(engine->journal, task->id, &record, &err) < 0)
        sl_engine_break(engine, &err);
}

void sl_part_emit(struct sl_engine *engine, const struct sl_task *task, const struct sl_part *part)
{
    struct sl_err err = {0};
    const struct sl_job_part record = sl_part_record(part);
    if (sl_outbox_part(&engine->outbox, task, &record, &err) < 0)
        sl_engine_break(engine, &err);
}

/* ---- the transaction of a stored file ---- */

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

void sl_task_emit_tx(struct sl_engine *engine, const struct sl_task *task)
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
        sl_engine_emit(engine, &event, search.tx);
}
