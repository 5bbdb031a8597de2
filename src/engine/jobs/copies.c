/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * copies.c - how many copies a job has, and how they are placed: its wish. A job keeps its wish.
 * One run places copies in one way only, so jobs with another wish wait for a run of their own.
 */
#include "jobs/copies.h"

#include <errno.h>
#include <sys/stat.h>

#include "core/transaction.h"
#include "jobs/persistence.h"

void sl_engine_wish(const struct sl_engine *engine, struct sl_job *job)
{
    if (engine->commit == NULL)
        return;
    job->copies.wanted = (uint8_t)engine->options.copies;
    job->wish_id = engine->options.wish_id;
}

/* Missing copies belong with the existing ones, so options do not change the placement of a
 * confirmed job. */
static bool is_placed_otherwise(const struct sl_engine *engine, const struct sl_task *task)
{
    const bool named = engine->options.wish_named && task->state != SL_JOB_CONFIRMED;
    return task->wish_id != 0 && engine->options.wish_id != 0 && !named &&
           task->wish_id != engine->options.wish_id;
}

bool sl_task_is_of_run(const struct sl_engine *engine, const struct sl_task *task)
{
    return engine->commit == NULL || !is_placed_otherwise(engine, task);
}

bool sl_task_wants_more(const struct sl_engine *engine, const struct sl_task *task)
{
    const bool more = engine->options.copies_named && engine->options.copies > task->copies_landed;
    return task->copies_landed < task->copies_wanted || more;
}

static void defer(struct sl_engine *engine, const struct sl_task *task)
{
    struct sl_err err = {0};
    if (sl_outbox_deferred(&engine->outbox, task, &err) < 0)
        sl_engine_break(engine, &err);
}

bool sl_task_load_wish(struct sl_engine *engine, struct sl_task *task)
{
    const uint8_t copies = (uint8_t)engine->options.copies;
    if (engine->commit == NULL)
        return true;
    if (is_placed_otherwise(engine, task)) {
        defer(engine, task);
        return false;
    }
    if (engine->options.wish_id != 0)
        task->wish_id = engine->options.wish_id;
    if (task->copies_wanted == 0 || engine->options.copies_named)
        task->copies_wanted = copies > task->copies_landed ? copies : task->copies_landed;
    return true;
}

bool sl_task_take_wish(struct sl_engine *engine, struct sl_task *task)
{
    const int64_t wish_id = task->wish_id;
    const uint8_t copies = task->copies_wanted;
    const bool takes = sl_task_load_wish(engine, task);
    if (task->wish_id != wish_id || task->copies_wanted != copies)
        sl_task_save(engine, task);
    return takes;
}

unsigned sl_task_copies(const struct sl_engine *engine, const struct sl_task *task)
{
    const unsigned lanes = (unsigned)sl_commit_copies(engine->commit);
    return task->copies_wanted < lanes ? task->copies_wanted : lanes;
}

/* ---- missing copies ---- */

/* SL_OK, SL_ENOENT or SL_ECHANGED. A file that cannot be looked at may still be the same. */
static int look_at_file(const struct sl_task *task)
{
    struct stat st;
    if (stat(task->path, &st) != 0)
        return errno == ENOENT || errno == ENOTDIR ? SL_ENOENT : SL_OK;
    const struct sl_file_mark now = sl_file_mark_on(&st, sl_path_makes_up_ctime(task->path));
    return S_ISREG(st.st_mode) && sl_file_mark_alike(&task->file, &now) ? SL_OK : SL_ECHANGED;
}

/* A copy whose source the provider has lost can come from the file alone. When the file is gone
 * too, the code has to say that another run makes no difference. */
void sl_task_blame_copies(struct sl_engine *engine, struct sl_task *task, const struct sl_err *err)
{
    struct sl_err why = *err;
    const bool lost = err->code == SL_EMISMATCH && err->detail == SL_COMMIT_SOURCE_LOST;
    const int code = lost ? look_at_file(task) : SL_OK;
    if (code != SL_OK)
        (void)sl_err_set(&why, code, "the file %s, and %s",
                         code == SL_ENOENT ? "is gone" : "has changed", err->text);
    sl_err_ctx(&why, "%d of %d copies", task->copies_landed, task->copies_wanted);
    sl_task_blame(task, &why);
    sl_task_save(engine, task);
}
