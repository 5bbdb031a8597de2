/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * parts.c - the parts of a file that is split: which one starts, what its end means, and what the
 * file's state is then.
 *
 * A file is UPLOADING from its first part on until all are with the provider (ACCEPTED) or none can
 * go on for now. It stands in the queue while a part of it can start. Parts are listed by the
 * provider in any order, whatever the file's state is.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"
#include "plan.h"

enum { BROKE_TWICE = 2, ATTEMPTS_SEEN = 255 };

static void write_part(struct sl_engine *engine, const struct sl_task *task,
                       const struct sl_part *part)
{
    struct sl_err err = {0};
    const struct sl_job_part record = sl_part_record(part);
    if (sl_engine_begin(engine) < 0)
        return;
    if (sl_journal_put_part(engine->journal, task->id, &record, &err) < 0)
        sl_engine_break(engine, &err);
}

static void say_part(struct sl_engine *engine, const struct sl_task *task,
                     const struct sl_part *part)
{
    struct sl_err err = {0};
    const struct sl_job_part record = sl_part_record(part);
    if (sl_outbox_part(&engine->outbox, task, &record, &err) < 0)
        sl_engine_break(engine, &err);
}

void sl_engine_piece_parked(struct sl_engine *engine, struct sl_task *task,
                            const struct sl_part *part)
{
    if (part == NULL) {
        (void)sl_task_step(engine, task, engine->commit != NULL ? SL_IN_COMMIT : SL_IN_FOUND);
        return;
    }
    say_part(engine, task, part);
    if (engine->commit != NULL)
        sl_engine_await(engine, task, part);
}

void sl_parts_tell(struct sl_engine *engine, struct sl_task *task)
{
    if (task->shard_bytes == 0 || !sl_task_parts(engine, task))
        return;
    for (uint32_t i = 0; i < task->split->count; i++)
        say_part(engine, task, &task->split->parts[i]);
}

/* Bytes that were counted are lost: records of before are void. */
static void count_loss(struct sl_task *task)
{
    task->attempts++;
    atomic_store(&task->split->total->attempt, task->attempts);
}

/* ---- coming and going ---- */

static int add_part(void *ctx, const struct sl_job_part *part)
{
    return sl_split_add(ctx, part);
}

static bool covers(const struct sl_split *split, uint64_t file_bytes)
{
    const struct sl_part *last = split->count > 0 ? &split->parts[split->count - 1] : NULL;
    return last != NULL && last->offset_bytes + last->size_bytes == file_bytes;
}

bool sl_task_parts(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_err err = {0};
    if (task->split != NULL)
        return true;
    struct sl_split *split = sl_split_new(task);
    int rc = split != NULL ? SL_OK : sl_err_set(&err, SL_ENOMEM, "out of memory for parts");
    if (rc >= 0)
        rc = sl_journal_each_part(engine->journal, task->id, add_part, split, &err);
    if (rc >= 0 && covers(split, task->file.size_bytes)) {
        task->split = split;
        return true;
    }
    sl_split_free(split);
    if (rc < 0 && rc != SL_EFORMAT)
        sl_engine_break(engine, &err);
    return false;
}

void sl_parts_forget(struct sl_task *task)
{
    for (uint32_t i = 0; i < task->split->count; i++) {
        struct sl_part *part = &task->split->parts[i];
        if (part->parked != NULL)
            atomic_store(&part->parked->dropped, true);
        part->parked = NULL;
    }
}

void sl_task_unsplit(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_err err = {0};
    if (task->split != NULL) {
        sl_engine_unawait(engine, task);
        sl_task_let_go(engine, task);
        sl_parts_forget(task);
        sl_parts_leave(engine, task);
        sl_split_free(task->split);
        task->split = NULL;
    }
    if (task->shard_bytes == 0)
        return;
    task->shard_bytes = 0;
    if (sl_engine_begin(engine) < 0)
        return;
    if (sl_journal_drop_parts(engine->journal, task->id, 0, &err) < 0)
        sl_engine_break(engine, &err);
}

void sl_parts_again(struct sl_task *task)
{
    struct sl_split *split = task->split;
    free(split->failed);
    split->failed = NULL;
    atomic_store(&split->total->attempt, task->attempts);
    for (uint32_t i = 0; i < split->count; i++) {
        split->parts[i].due_ms = 0;
        split->parts[i].attempts = 0;
        split->parts[i].best_bytes = 0;
    }
}

/* ---- asking whether they are listed ---- */

static void ask(struct sl_engine *engine, struct sl_task *task, struct sl_part *part)
{
    struct sl_err err = {0};
    struct sl_parked *parked = calloc(1, sizeof *parked);
    if (parked == NULL) {
        sl_err_set(&err, SL_ENOMEM, "out of memory for a part of a file");
        sl_engine_break(engine, &err);
        return;
    }
    parked->job_id = task->id;
    parked->part = part->id;
    parked->piece = sl_part_piece(part);
    parked->url = task->provider[0] != '\0' ? task->provider : engine->url;
    parked->verify = part->verify;
    atomic_init(&parked->dropped, false);
    if (sl_parker_add(engine->parker, parked, &err) < 0)
        sl_engine_break(engine, &err);
    else
        part->parked = parked;
}

/* The provider does not have it, or no more. */
static void lose(struct sl_task *task, struct sl_part *part)
{
    sl_part_set_state(task->split, part, SL_JOB_QUEUED);
    part->verify = false;
    part->attempts = 0;
    part->due_ms = 0;
    sl_total_take(task->split->total, part->size_bytes, part->size_bytes);
    count_loss(task);
}

static bool is_elsewhere(const struct sl_engine *engine, const struct sl_task *task)
{
    return task->state != SL_JOB_ACCEPTED && task->provider[0] != '\0' &&
           strcmp(task->provider, engine->url) != 0;
}

/* What an earlier run has stored may be gone: a provider keeps what nobody commits for hours. */
static void look_again(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_split *split = task->split;
    const bool verify = !split->awake || (task->already_stored && task->state == SL_JOB_ACCEPTED);
    const bool elsewhere = !split->awake && is_elsewhere(engine, task);
    for (uint32_t i = 0; i < split->count; i++) {
        struct sl_part *part = &split->parts[i];
        if (part->state == SL_JOB_CONFIRMED && !split->awake && engine->commit != NULL) {
            /* the journal knows which copies there are, and which are missing */
            sl_part_set_state(split, part, SL_JOB_STORED);
            sl_engine_await(engine, task, part);
            continue;
        }
        if (part->state == SL_JOB_STORED && verify) {
            sl_part_set_state(split, part, SL_JOB_ACCEPTED);
            part->verify = true;
        }
        if (part->state == SL_JOB_ACCEPTED && elsewhere)
            lose(task, part);
        if (part->state == SL_JOB_ACCEPTED && part->parked == NULL)
            ask(engine, task, part);
    }
    split->awake = true;
}

/* ---- its place in the queue ---- */

static struct sl_worker *held_worker(struct sl_engine *engine, const struct sl_task *task)
{
    for (int i = 0; i < SL_SLOTS; i++) {
        if (engine->workers[i].task == task && engine->workers[i].held)
            return &engine->workers[i];
    }
    return NULL;
}

static void place(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_split *split = task->split;
    int64_t due_ms;
    sl_heap_remove(&engine->part_timers, &split->timer);
    if (task->state != SL_JOB_UPLOADING)
        return;
    const bool next = sl_split_next(split, sl_engine_now(engine), &due_ms) != NULL;
    const bool ready = split->failed == NULL && (next || held_worker(engine, task) != NULL);
    if (ready && task->node.at == 0)
        sl_heap_push(&engine->queue, &task->node, task->rank);
    if (!ready)
        sl_heap_remove(&engine->queue, &task->node);
    if (!ready && split->failed == NULL && due_ms != INT64_MAX)
        sl_heap_push(&engine->part_timers, &split->timer, due_ms);
}

void sl_parts_enter(struct sl_engine *engine, struct sl_task *task)
{
    if (task->split == NULL || task->state == SL_JOB_STORED)
        return;
    if (sl_job_state_finished((enum sl_job_state)task->state))
        sl_parts_forget(task);
    else
        look_again(engine, task);
    place(engine, task);
}

void sl_parts_leave(struct sl_engine *engine, struct sl_task *task)
{
    sl_heap_remove(&engine->part_timers, &task->split->timer);
    if (task->state == SL_JOB_UPLOADING)
        sl_heap_remove(&engine->queue, &task->node);
}

void sl_parts_hurry(struct sl_engine *engine, struct sl_task *task)
{
    for (uint32_t i = 0; i < task->split->count; i++)
        task->split->parts[i].due_ms = 0;
    place(engine, task);
}

void sl_parts_timers(struct sl_engine *engine)
{
    struct sl_heap_node *top = NULL;
    while ((top = sl_heap_top(&engine->part_timers)) != NULL && top->key <= sl_engine_now(engine)) {
        struct sl_split *split = (struct sl_split *)top;
        place(engine, split->task);
    }
}

/* ---- starting ---- */

static bool is_running(struct sl_engine *engine, struct sl_task *task)
{
    if (task->attempts == 0) {
        task->attempts = 1;
        atomic_store(&task->split->total->attempt, 1);
    }
    task->provider = engine->url;
    return task->state == SL_JOB_UPLOADING || sl_task_step(engine, task, SL_IN_START);
}

static int start_part(struct sl_engine *engine, struct sl_task *task, struct sl_part *part)
{
    struct sl_worker *worker = sl_engine_idle_worker(engine);
    if (worker == NULL || !is_running(engine, task))
        return -1;
    sl_part_set_state(task->split, part, SL_JOB_UPLOADING);
    if (part->attempts < ATTEMPTS_SEEN)
        part->attempts++;
    sl_worker_assign_part(worker, task, part);
    place(engine, task);
    return 1;
}

int sl_parts_start(struct sl_engine *engine, struct sl_task *task)
{
    int64_t due_ms;
    struct sl_worker *held = held_worker(engine, task);
    if (held != NULL) {
        if (!is_running(engine, task))
            return -1;
        sl_worker_unhold(held);
        place(engine, task);
        return 1;
    }
    struct sl_part *part = sl_split_next(task->split, sl_engine_now(engine), &due_ms);
    if (part != NULL)
        return start_part(engine, task, part);
    /* all was sent, or all that is left waits: it leaves the queue */
    if (task->state != SL_JOB_UPLOADING && !sl_task_step(engine, task, SL_IN_START))
        return -1;
    sl_parts_settle(engine, task);
    return 0;
}

/* ---- ends ---- */

/* The file is as safe as the part with the fewest copies. */
static void all_is_confirmed(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_split *split = task->split;
    if (split->in_state[SL_JOB_CONFIRMED] != split->count)
        return;
    struct sl_err why = split->missing != NULL ? *split->missing : (struct sl_err){0};
    task->copies_landed = task->copies_wanted;
    for (uint32_t i = 0; i < split->count; i++) {
        if (split->parts[i].copies < task->copies_landed)
            task->copies_landed = split->parts[i].copies;
    }
    if (!sl_task_step(engine, task, SL_IN_CONFIRM) || task->copies_landed == task->copies_wanted)
        return;
    sl_err_ctx(&why, "%d of %d copies", task->copies_landed, task->copies_wanted);
    sl_task_blame(task, &why);
    sl_task_save(engine, task);
}

static void all_is_sent(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_split *split = task->split;
    if (task->state != SL_JOB_ACCEPTED)
        (void)sl_task_step(engine, task, SL_IN_UPLOADED);
    if (split->in_state[SL_JOB_STORED] + split->in_state[SL_JOB_CONFIRMED] != split->count)
        return;
    task->already_stored = !split->sent_here;
    sl_engine_piece_parked(engine, task, NULL);
    all_is_confirmed(engine, task);
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

/* The provider lost, or never listed, a part of a file that was all sent. */
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

void sl_parts_settle(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_split *split = task->split;
    if (engine->broken.code != SL_OK)
        return;
    sl_task_save(engine, task);
    place(engine, task);
    if (sl_split_is_sent(split))
        all_is_sent(engine, task);
    else if (task->state == SL_JOB_ACCEPTED)
        is_missing(engine, task);
    else if (task->state == SL_JOB_UPLOADING && split->in_state[SL_JOB_UPLOADING] == 0)
        is_still(engine, task);
}

static void keep_error(struct sl_err **kept, const struct sl_err *err)
{
    if (*kept == NULL)
        *kept = malloc(sizeof **kept);
    if (*kept != NULL)
        **kept = *err;
}

static void fail_all(struct sl_split *split, const struct sl_err *err)
{
    keep_error(&split->failed, err);
}

static void cut(struct sl_engine *engine, struct sl_task *task, struct sl_part *part,
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
    cut(engine, task, part, shard);
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
                      const struct sl_err *err)
{
    if (sl_err_class_of(err->code) != SL_CLASS_RETRY ||
        part->attempts >= engine->options.max_attempts) {
        char label[SL_PART_LABEL_CHARS];
        struct sl_job job;
        struct sl_err why = *err;
        sl_task_job(task, &job);
        sl_part_label(label, &job, part->id);
        sl_err_ctx(&why, "part %s", label);
        fail_all(task->split, &why);
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
        sl_engine_close_gate(engine);
        return;
    }
    if (!up->has_piece) { /* other bytes than those that were hashed */
        sl_part_forget_piece(task->split, part);
        write_part(engine, task, part);
    }
    if (moved_on(part, up->acked_bytes))
        part->attempts = 1;
    if (!cut_after(engine, task, part, up, err))
        try_later(engine, task, part, err);
}

static void part_sent(struct sl_engine *engine, struct sl_task *task, struct sl_part *part,
                      const struct sl_upload *up)
{
    sl_part_set_state(task->split, part, SL_JOB_ACCEPTED);
    part->verify = false;
    if (!up->there)
        task->split->sent_here = true;
    write_part(engine, task, part);
    ask(engine, task, part);
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
    count_loss(task);
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
        sl_part_set_state(task->split, part, SL_JOB_QUEUED);
        if (up->changed) {
            is_changed(engine, task, &up->file);
            return;
        }
        part_failed(engine, task, part, up, &worker->err);
    }
    sl_parts_settle(engine, task);
}

static void is_listed(struct sl_engine *engine, struct sl_task *task, struct sl_part *part)
{
    sl_part_set_state(task->split, part, SL_JOB_STORED);
    part->verify = false;
    write_part(engine, task, part);
    sl_engine_piece_parked(engine, task, part);
}

static void is_not_listed(struct sl_engine *engine, struct sl_task *task, struct sl_part *part,
                          const struct sl_err *err)
{
    const bool verified = part->verify;
    lose(task, part);
    write_part(engine, task, part);
    task->already_stored = false;
    if (!verified)
        try_later(engine, task, part, err);
}

void sl_parts_parked(struct sl_engine *engine, struct sl_task *task, struct sl_parked *parked)
{
    struct sl_part *part = sl_split_find(task->split, parked->part);
    part->parked = NULL; /* not dropped: it is this part's */
    if (parked->outcome == SL_PARKED_FOUND)
        is_listed(engine, task, part);
    else
        is_not_listed(engine, task, part, &parked->err);
    sl_parts_settle(engine, task);
}

/* ---- commits ---- */

static bool is_committing(const struct sl_task *task)
{
    return task->state == SL_JOB_PARKED || task->state == SL_JOB_COMMITTING;
}

void sl_parts_committed(struct sl_engine *engine, struct sl_task *task, int part_id, int landed,
                        const struct sl_err *why)
{
    struct sl_split *split = task->split;
    struct sl_part *part = split != NULL ? sl_split_find(split, part_id) : NULL;
    if (part == NULL || part->state != SL_JOB_STORED)
        return;
    sl_engine_unawait_part(engine, task, part);
    if (landed == 0) {
        fail_all(split, why);
        if (is_committing(task)) {
            sl_task_blame(task, why);
            (void)sl_task_step(engine, task, SL_IN_FAIL);
        } else {
            sl_parts_settle(engine, task);
        }
        return;
    }
    part->copies = (uint8_t)landed;
    if (landed < task->copies_wanted)
        keep_error(&split->missing, why);
    sl_part_set_state(split, part, SL_JOB_CONFIRMED);
    write_part(engine, task, part);
    say_part(engine, task, part);
    sl_task_save(engine, task);
    if (is_committing(task))
        all_is_confirmed(engine, task);
}

void sl_parts_lost(struct sl_engine *engine, struct sl_task *task, int part_id)
{
    struct sl_part *part = task->split != NULL ? sl_split_find(task->split, part_id) : NULL;
    if (part == NULL || part->state != SL_JOB_STORED)
        return;
    sl_engine_unawait_part(engine, task, part);
    lose(task, part);
    write_part(engine, task, part);
    if (is_committing(task))
        (void)sl_task_step(engine, task, SL_IN_MISSING);
    sl_parts_settle(engine, task);
}

bool sl_parts_recommit(struct sl_engine *engine, struct sl_task *task)
{
    if (task->copies_landed >= (uint8_t)sl_commit_copies(engine->commit) ||
        !sl_engine_on_chain(engine, task))
        return false;
    if (!sl_task_step(engine, task, SL_IN_VERIFY))
        return false;
    for (uint32_t i = 0; i < task->split->count; i++) {
        struct sl_part *part = &task->split->parts[i];
        sl_part_set_state(task->split, part, SL_JOB_STORED);
        sl_engine_await(engine, task, part);
    }
    return true;
}

/* ---- letting go ---- */

void sl_engine_let_go(struct sl_engine *engine, struct sl_worker *worker)
{
    struct sl_task *task = worker->task;
    (void)engine;
    if (worker->upload.total != NULL) {
        struct sl_part *part = sl_split_find(task->split, worker->upload.part);
        if (part != NULL && part->state == SL_JOB_UPLOADING) {
            sl_part_set_state(task->split, part, SL_JOB_QUEUED);
            if (part->attempts > 0)
                part->attempts--;
        }
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
                   " parts are on chain and paid for: `sluice pieces` shows them, `sluice rm` "
                   "removes them",
                   split->in_state[SL_JOB_CONFIRMED], split->count);
    else if (there > 0)
        sl_err_set(&why, SL_ECANCELED,
                   "cancelled: %" PRIu32 " of its %" PRIu32 " parts are with the provider already",
                   there, split->count);
    sl_task_blame(task, there > 0 ? &why : NULL);
}
