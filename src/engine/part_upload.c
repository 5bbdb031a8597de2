/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * part_upload.c - a part of a split file was sent, listed, lost or let go: what is done then, and
 * what the file's state is.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "inside.h"
#include "plan.h"

enum { BROKE_TWICE = 2 };

/* ---- the file follows its parts ---- */

static void all_is_sent(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_split *split = task->split;
    if (task->state != SL_JOB_ACCEPTED)
        (void)sl_task_step(engine, task, SL_IN_UPLOADED);
    if (split->in_state[SL_JOB_STORED] + split->in_state[SL_JOB_CONFIRMED] != split->count)
        return;
    task->already_stored = !split->sent_here;
    sl_engine_piece_parked(engine, task, NULL);
    sl_parts_confirmed(engine, task);
}

static void wait_for_parts(struct sl_engine *engine, struct sl_task *task, int64_t due_ms)
{
    const int64_t left_ms = due_ms - sl_engine_now(engine);
    if (engine->down) {
        task->down = true;
        sl_task_wait(engine, task, sl_engine_gate_wait(engine));
    } else if (due_ms != INT64_MAX) {
        sl_task_wait(engine, task, left_ms > 0 ? left_ms : 1);
    } else {
        (void)sl_task_step(engine, task, SL_IN_ABORT); /* parts that are to be hashed */
    }
}

/* Nothing of it runs, and something is left to do. */
static void is_still(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_split *split = task->split;
    int64_t due_ms;
    const bool ready = sl_split_next(split, sl_engine_now(engine), &due_ms) != NULL;
    if (split->failed != NULL) {
        sl_task_blame(task, split->failed);
        (void)sl_task_step(engine, task, SL_IN_FAIL);
    } else if (engine->phase != SL_RUNNING) {
        (void)sl_task_step(engine, task, SL_IN_ABORT);
    } else if (!ready || engine->down) {
        wait_for_parts(engine, task, due_ms);
    }
}

/* A file that was sent completely lacks a part: the provider lost it or never listed it, or the
 * commits gave it up. */
static void is_missing(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_split *split = task->split;
    if (split->failed != NULL) {
        sl_task_blame(task, split->failed);
        (void)sl_task_step(engine, task, SL_IN_FAIL);
        return;
    }
    (void)sl_task_step(engine, task, SL_IN_MISSING);
    if (engine->paused_all)
        (void)sl_task_step(engine, task, SL_IN_PAUSE);
}

/* A part of the file moves, or another owner moves a piece that a part waits for. */
static bool waits_for_parts(const struct sl_engine *engine, const struct sl_split *split)
{
    return split->in_state[SL_JOB_UPLOADING] > 0 ||
           (split->in_state[SL_JOB_WAITING] > 0 && split->failed == NULL &&
            engine->phase == SL_RUNNING);
}

void sl_parts_settle(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_split *split = task->split;
    if (engine->broken.code != SL_OK)
        return;
    sl_task_save(engine, task);
    sl_parts_place(engine, task);
    if (sl_split_is_sent(split))
        all_is_sent(engine, task);
    else if (task->state == SL_JOB_ACCEPTED || task->state == SL_JOB_PARKED ||
             task->state == SL_JOB_COMMITTING)
        is_missing(engine, task);
    else if (task->state == SL_JOB_UPLOADING && !waits_for_parts(engine, split))
        is_still(engine, task);
}

/* ---- a part failed ---- */

void sl_part_keep_error(struct sl_err **kept, const struct sl_err *err)
{
    if (*kept == NULL)
        *kept = malloc(sizeof **kept);
    if (*kept != NULL)
        **kept = *err;
}

void sl_part_cut(struct sl_engine *engine, struct sl_task *task, struct sl_part *part,
                 uint64_t shard_bytes)
{
    struct sl_err err = {0};
    struct sl_split *split = task->split;
    const int id = part->id;
    const uint32_t at = (uint32_t)(part - split->parts);
    const uint32_t before = split->count;
    if (sl_split_cut(split, part, shard_bytes) < 0 || sl_engine_begin(engine) < 0)
        return;
    int rc = sl_journal_drop_parts(engine->journal, task->id, id, &err);
    for (uint32_t i = at; rc >= 0 && i <= at + split->count - before; i++) {
        const struct sl_job_part record = sl_part_record(&split->parts[i]);
        rc = sl_journal_put_part(engine->journal, task->id, &record, &err);
    }
    if (rc < 0)
        sl_engine_break(engine, &err);
}

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

static bool moved_on(struct sl_part *part, uint64_t acked_bytes)
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

void sl_part_is_alike(struct sl_engine *engine, struct sl_task *task, struct sl_part *part,
                      const struct sl_err *err)
{
    struct sl_err why = *err;
    if (sl_part_cut_apart(engine, task, part, &why) < 0)
        sl_part_keep_error(&task->split->failed, &why);
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
    const bool moved = moved_on(part, up->acked_bytes);
    if (moved)
        part->attempts = 1;
    if (!cut_after(engine, task, part, up, err))
        try_later(engine, task, part, err, !moved && !up->too_slow && sl_engine_blame(engine, err));
}

/* ---- results ---- */

static void part_sent(struct sl_engine *engine, struct sl_task *task, struct sl_part *part,
                      const struct sl_upload *up)
{
    if (!up->there)
        task->split->sent_here = true;
    (void)sl_part_step(engine, task, part, SL_IN_UPLOADED);
}

/* The file is another one: its parts are void, and it is planned anew. */
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

/* ---- letting go ---- */

void sl_engine_let_go(struct sl_engine *engine, struct sl_worker *worker)
{
    struct sl_task *task = worker->task;
    if (task->state == SL_JOB_PAUSED)
        sl_outbox_task(&engine->outbox, task); /* the bytes that it had sent are lost */
    if (worker->upload.total != NULL) {
        struct sl_part *part = sl_split_find(task->split, worker->upload.part);
        if (part != NULL && sl_part_step(engine, task, part, SL_IN_ABORT) && part->attempts > 0)
            part->attempts--;
    }
    sl_worker_let_go(worker);
}

void sl_task_let_go(struct sl_engine *engine, struct sl_task *task)
{
    for (int i = 0; i < SL_SLOTS; i++) {
        if (engine->workers[i].task == task)
            sl_engine_let_go(engine, &engine->workers[i]);
    }
}

void sl_parts_blame_cancelled(struct sl_task *task)
{
    const struct sl_split *split = task->split;
    struct sl_err why = {0};
    const uint32_t there = split == NULL
                               ? 0
                               : split->in_state[SL_JOB_ACCEPTED] + split->in_state[SL_JOB_STORED] +
                                     split->in_state[SL_JOB_CONFIRMED];
    if (there > 0 && split->in_state[SL_JOB_CONFIRMED] > 0)
        sl_err_set(&why, SL_ECANCELED,
                   "cancelled: %" PRIu32 " of its %" PRIu32
                   " parts are on chain and paid for: `sluice status %" PRId64
                   "` lists them and how to remove them",
                   split->in_state[SL_JOB_CONFIRMED], split->count, task->id);
    else if (there > 0)
        sl_err_set(&why, SL_ECANCELED,
                   "cancelled: %" PRIu32 " of its %" PRIu32 " parts are with the provider already",
                   there, split->count);
    sl_task_blame(task, there > 0 ? &why : NULL);
}
