/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* results.c - what became of an upload, or of the question whether the provider lists a piece. */
#include "work/results.h"

#include "core/transaction.h"
#include "jobs/job.h"
#include "jobs/part.h"
#include "jobs/part_settle.h"
#include "jobs/persistence.h"
#include "policy/blame.h"
#include "policy/cut_apart.h"
#include "policy/gate.h"
#include "policy/resplit.h"
#include "policy/retry.h"
#include "work/plan.h"

enum { BROKE_TWICE = 2 };

/* ---- a file in one piece ---- */

static bool moved_on(struct sl_task *task, uint64_t acked_bytes)
{
    const uint64_t step = task->file.size_bytes / 16 + 1;
    if (acked_bytes < task->best_bytes + step)
        return false;
    const bool again = task->best_bytes > 0; /* the first attempt has nothing to beat */
    task->best_bytes = acked_bytes;
    return again;
}

/* A piece that broke off twice, or cannot make it in time, is worth sending in parts. */
static bool split_after(struct sl_engine *engine, struct sl_task *task, const struct sl_upload *up,
                        const struct sl_err *err)
{
    const struct sl_engine_options *options = &engine->options;
    const uint64_t size = task->file.size_bytes;
    const bool broke = task->attempts >= 2 && up->reached && up->source.at_bytes > 0 &&
                       size >= options->split_least_bytes * 4 &&
                       sl_err_class_of(err->code) == SL_CLASS_RETRY;
    if (options->split_bytes != SL_SPLIT_AUTO || !(up->too_slow || broke))
        return false;
    const uint64_t shard = sl_task_smaller(engine, size, up->too_slow);
    struct sl_err why = *err;
    if (shard == 0 || !sl_task_split(engine, task, shard))
        return false;
    sl_task_blame_split(&why, shard, up->too_slow);
    sl_task_blame(task, &why);
    sl_task_wait(engine, task, sl_engine_backoff(engine, 1, err->wait_ms));
    return true;
}

/* The file has grown out of one piece since it was queued. */
static bool outgrew(const struct sl_engine *engine, const struct sl_task *task,
                    const struct sl_err *err)
{
    return err->code == SL_ETOOBIG && task->file.size_bytes > SL_PIECE_MAX_BYTES &&
           sl_plan_check(task->file.size_bytes, engine->options.split_bytes, NULL) >= 0;
}

/* The provider has the same root with another length. */
static void is_alike(struct sl_engine *engine, struct sl_task *task, const struct sl_err *err)
{
    struct sl_err why = *err;
    if (sl_task_cut_apart(engine, task, &why) < 0) {
        sl_task_blame(task, &why);
        (void)sl_task_step(engine, task, SL_IN_FAIL);
        return;
    }
    sl_task_uncount(task);
    (void)sl_task_step(engine, task, SL_IN_ABORT);
}

static void upload_failed(struct sl_engine *engine, struct sl_task *task,
                          const struct sl_upload *up, const struct sl_err *err)
{
    if (err->code == SL_EALIKE) {
        is_alike(engine, task, err);
        return;
    }
    if (err->code == SL_ECANCELED ||
        outgrew(engine, task, err)) { /* the engine stops; or plan it again */
        sl_task_uncount(task);
        (void)sl_task_step(engine, task, SL_IN_ABORT);
        return;
    }
    if (!up->reached && (err->code == SL_ENET || err->code == SL_ESTALLED)) {
        sl_task_uncount(task);
        sl_task_blame(task, err);
        sl_engine_close_gate(engine, err);
        task->down = true;
        sl_task_wait(engine, task, sl_engine_gate_wait(engine));
        return;
    }
    if (sl_engine_waits_for_claim(&task->claims, err)) {
        sl_task_uncount(task);
        sl_task_blame(task, err);
        sl_task_wait(engine, task, sl_engine_claim_wait(engine, task->claims));
        return;
    }
    sl_engine_blame_upload(engine, up, err);
    const bool moved = moved_on(task, up->acked_bytes);
    if (moved)
        task->attempts = 1;
    if (split_after(engine, task, up, err))
        return;
    const bool kept_back = !moved && !up->too_slow && sl_engine_blame(engine, err);
    sl_task_retry_or_fail(
        engine, task, err,
        kept_back && err->code != SL_ENOSPC); /* the error text itself says what is wrong */
}

/* ---- a part ---- */

/* True when the part was cut. */
static bool cut_after(struct sl_engine *engine, struct sl_task *task, struct sl_part *part,
                      const struct sl_upload *up, const struct sl_err *err)
{
    const struct sl_engine_options *options = &engine->options;
    const bool broke = part->attempts >= BROKE_TWICE && up->reached && up->source.at_bytes > 0 &&
                       sl_err_class_of(err->code) == SL_CLASS_RETRY;
    if (options->split_bytes != SL_SPLIT_AUTO || !(up->too_slow || broke))
        return false;
    const uint64_t shard = sl_task_smaller(engine, part->size_bytes, up->too_slow);
    if (shard == 0)
        return false;
    struct sl_err why = *err;
    sl_task_blame_split(&why, shard, up->too_slow);
    sl_task_blame(task, &why);
    sl_part_cut(engine, task, part, shard);
    if (up->too_slow)
        sl_parts_fit_rate(engine, task);
    return true;
}

static bool part_moved_on(struct sl_part *part, uint64_t acked_bytes)
{
    const uint64_t step = part->size_bytes / 16 + 1;
    if (acked_bytes < part->best_bytes + step)
        return false;
    const bool again = part->best_bytes > 0;
    part->best_bytes = (uint32_t)acked_bytes;
    return again;
}

static void try_later(struct sl_engine *engine, struct sl_task *task, struct sl_part *part,
                      const struct sl_err *err, bool kept_back)
{
    if (kept_back && part->attempts >= engine->options.max_attempts)
        part->attempts--;
    if ((sl_err_class_of(err->code) != SL_CLASS_RETRY && !kept_back) ||
        part->attempts >= engine->options.max_attempts) {
        char label[SL_PART_LABEL_CHARS];
        struct sl_job job;
        struct sl_err why = *err;
        sl_task_job(task, &job);
        sl_job_part_label(label, &job, part->id);
        sl_err_ctx(&why, "part %s", label);
        sl_part_keep_error(&task->split->failed, &why);
        return;
    }
    sl_task_blame(task, err);
    part->due_ms = sl_engine_now(engine) + sl_engine_backoff(engine, part->attempts, err->wait_ms);
}

static void part_failed(struct sl_engine *engine, struct sl_task *task, struct sl_part *part,
                        const struct sl_upload *up, const struct sl_err *err)
{
    if (err->code == SL_ECANCELED) { /* the engine stops */
        part->attempts--;
        return;
    }
    if (!up->reached && (err->code == SL_ENET || err->code == SL_ESTALLED)) {
        part->attempts--;
        sl_task_blame(task, err);
        sl_engine_close_gate(engine, err);
        return;
    }
    if (err->code == SL_EALIKE) {
        sl_part_is_alike(engine, task, part, err);
        return;
    }
    if (!up->has_piece) { /* other bytes than those that were hashed */
        sl_part_forget_piece(task->split, part);
        task->has_piece = false; /* it was made of it */
        sl_part_write(engine, task, part);
    }
    if (sl_engine_waits_for_claim(&part->claims, err)) {
        part->attempts--;
        sl_task_blame(task, err);
        part->due_ms = sl_engine_now(engine) + sl_engine_claim_wait(engine, part->claims);
        return;
    }
    sl_engine_blame_upload(engine, up, err);
    const bool moved = part_moved_on(part, up->acked_bytes);
    if (moved)
        part->attempts = 1;
    if (!cut_after(engine, task, part, up, err))
        try_later(engine, task, part, err, !moved && !up->too_slow && sl_engine_blame(engine, err));
}

static void part_sent(struct sl_engine *engine, struct sl_task *task, struct sl_part *part,
                      const struct sl_upload *up)
{
    if (!up->there)
        task->split->sent_here = true;
    (void)sl_part_step(engine, task, part, SL_IN_UPLOADED);
}

/* The file changed: discard its parts and plan it again. */
static void is_changed(struct sl_engine *engine, struct sl_task *task,
                       const struct sl_file_mark *file)
{
    struct sl_err err = {0};
    const int attempts = task->attempts + 1;
    sl_task_replan(engine, task, file);
    task->attempts = attempts;
    if (sl_plan_check(file->size_bytes, engine->options.split_bytes, &err) >= 0)
        sl_err_set(&err, SL_ECHANGED, "the file changed after it was cut into parts");
    sl_task_blame(task, &err);
    if (task->state != SL_JOB_UPLOADING)
        return;
    if (err.code == SL_ECHANGED && attempts <= engine->options.max_attempts)
        sl_task_wait(engine, task, engine->options.retry_base_ms);
    else
        (void)sl_task_step(engine, task, SL_IN_FAIL);
}

/* What a failed upload moved counts for nothing. */
static void take_back(struct sl_engine *engine, const struct sl_upload *up, struct sl_total *total)
{
    struct sl_task *task = sl_tasks_by_id(&engine->tasks, up->job_id);
    sl_total_take(total, up->counted_sent, up->counted_acked);
    if (task == NULL || task->split == NULL || task->split->total != total)
        return;
    sl_parts_count_loss(task);
    if (!sl_job_state_finished((enum sl_job_state)task->state))
        sl_task_save(engine, task);
}

void sl_parts_result(struct sl_engine *engine, struct sl_worker *worker)
{
    struct sl_upload *up = &worker->upload;
    struct sl_task *task = worker->task;
    struct sl_part *part = task != NULL ? sl_split_find(task->split, up->part) : NULL;
    worker->task = NULL;
    worker->busy = worker->held = false;
    sl_timers_cancel(&engine->timers, &worker->hold);
    if (part == NULL || worker->rc < 0)
        take_back(engine, up, up->total);
    sl_total_unref(up->total);
    up->total = NULL;
    if (part == NULL) /* it was let go */
        return;
    if (worker->rc >= 0) {
        part_sent(engine, task, part, up);
    } else {
        (void)sl_part_step(engine, task, part, SL_IN_ABORT);
        if (up->changed) {
            is_changed(engine, task, &up->file);
            return;
        }
        part_failed(engine, task, part, up, &worker->err);
    }
    sl_parts_settle(engine, task);
}

static void is_not_listed(struct sl_engine *engine, struct sl_task *task, struct sl_part *part,
                          const struct sl_err *err)
{
    const bool verified = part->verify;
    (void)sl_part_step(engine, task, part, SL_IN_MISSING);
    task->already_stored = false;
    if (!verified)
        try_later(engine, task, part, err, sl_engine_blame(engine, err));
}

void sl_parts_parked(struct sl_engine *engine, struct sl_task *task, struct sl_park_query *parked)
{
    struct sl_part *part = sl_split_find(task->split, parked->part);
    part->parked = NULL; /* not dropped: it is this part's */
    part->verify = part->verify ||
                   parked->outcome == SL_PARK_QUERY_GONE; /* the new provider is not to blame */
    if (parked->outcome == SL_PARK_QUERY_FOUND)
        sl_engine_works(engine, parked->url);
    if (parked->outcome == SL_PARK_QUERY_FOUND)
        (void)sl_part_step(engine, task, part, SL_IN_FOUND);
    else
        is_not_listed(engine, task, part, &parked->err);
    sl_parts_settle(engine, task);
}

/* ---- results ---- */

void sl_engine_result(struct sl_engine *engine, struct sl_worker *worker)
{
    struct sl_task *task = worker->task;
    if (worker->upload.rate_bytes_per_s > 0 && worker->url == engine->url)
        sl_engine_rate(engine, worker->upload.rate_bytes_per_s, worker->upload.too_slow);
    if (worker->upload.total != NULL) {
        sl_parts_result(engine, worker);
        return;
    }
    worker->task = NULL;
    worker->busy = false;
    worker->held = false;
    sl_timers_cancel(&engine->timers, &worker->hold);
    if (task == NULL)
        return;
    task->slot = SL_NO_SLOT;
    /* the time of change moved during the upload, but the bytes are those that were sent */
    if (worker->rc >= 0 && !sl_file_mark_equal(&worker->upload.file, &task->file))
        sl_task_replan(engine, task, &worker->upload.file);
    if (sl_file_mark_equal(&worker->upload.file, &task->file)) {
        task->has_piece = worker->upload.has_piece;
        task->piece = worker->upload.piece;
    }
    if (worker->rc >= 0) {
        task->claims = 0;
        (void)sl_task_step(engine, task, SL_IN_UPLOADED);
    } else if (task->state == SL_JOB_UPLOADING) {
        upload_failed(engine, task, &worker->upload, &worker->err);
    } else { /* paused, or queued again because its held connection was lost */
        sl_task_uncount(task);
        sl_outbox_task(&engine->outbox, task);
    }
}

void sl_engine_parked(struct sl_engine *engine, struct sl_park_query *parked)
{
    if (atomic_load(&parked->dropped))
        return;
    struct sl_task *task = sl_tasks_by_id(&engine->tasks, parked->job_id);
    if (parked->part != 0) {
        sl_parts_parked(engine, task, parked);
        return;
    }
    task->parked = NULL; /* not dropped: it is this task's */
    if (parked->outcome == SL_PARK_QUERY_FOUND) {
        sl_engine_works(engine, parked->url);
        sl_task_is_listed(engine, task);
    } else if (task->already_stored || parked->outcome == SL_PARK_QUERY_GONE) {
        task->already_stored = false;
        task->attempts = 0;
        (void)sl_task_step(engine, task, SL_IN_MISSING);
        if (engine->paused_all)
            (void)sl_task_step(engine, task, SL_IN_PAUSE);
    } else {
        sl_task_failed(engine, task, &parked->err);
    }
}
