/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "core/add_results.h"

#include <stdlib.h>
#include <string.h>

#include "sluice/journal.h"

#include "core/transaction.h"
#include "jobs/commit_events.h"
#include "jobs/copies.h"
#include "jobs/job.h"
#include "jobs/parts.h"
#include "work/plan.h"

/* ---- scanner thread ---- */

static int report_broken(struct sl_engine *engine)
{
    engine->broken_scan.kind = SL_MSG_BROKEN;
    (void)sl_mailbox_put_bounded(&engine->box, &engine->broken_scan);
    return SL_ENOMEM;
}

int sl_engine_scanned(void *ctx, const struct sl_scan_item *item)
{
    struct sl_engine *engine = ctx;
    const size_t len = item->path != NULL ? strlen(item->path) : 0;
    struct sl_msg_scan *scan = calloc(1, sizeof *scan + len + 1);
    if (scan == NULL)
        return report_broken(engine);
    scan->msg.kind = SL_MSG_SCAN;
    scan->kind = item->kind;
    scan->found = item->found;
    scan->request_id = item->request_id;
    scan->files = item->files;
    scan->links = item->links;
    scan->file = item->file;
    scan->err = item->err;
    if (len > 0)
        memcpy(scan->path, item->path, len);
    if (sl_mailbox_put_bounded(&engine->box, &scan->msg))
        return SL_OK;
    free(scan); /* the engine stops */
    return SL_ECANCELED;
}

/* ---- engine thread ---- */

static struct sl_request **find_request(struct sl_engine *engine, uint64_t request_id)
{
    struct sl_request **at = &engine->requests;
    while (*at != NULL && (*at)->id != request_id)
        at = &(*at)->next;
    return at;
}

/* Keep the path for `sluice status`, which lists it. */
static void note(struct sl_engine *engine, const char *path, bool skipped, const struct sl_err *why)
{
    const struct sl_journal_refused refused = {.path = path, .skipped = skipped, .err = *why};
    struct sl_err err = {0};
    if (engine->refused_count >= SL_REFUSED_MOST || sl_engine_txn_begin(engine) < 0)
        return;
    engine->refused_count++;
    if (sl_journal_refuse(engine->journal, &refused, &err) < 0)
        sl_engine_break(engine, &err);
}

static void reject(struct sl_engine *engine, uint64_t request_id, const char *path, bool found,
                   const struct sl_err *err)
{
    const struct sl_event event = {
        .type = SL_EVENT_REJECTED, .request_id = request_id, .count = found, .err = *err};
    note(engine, path, false, err);
    sl_engine_emit(engine, &event, path);
}

/* A file that is too small, or that may never be uploaded, is not a failure of the folder around
 * it. A user who names the file itself does want it: then it is a failure. */
static void refuse(struct sl_engine *engine, const struct sl_msg_scan *scan,
                   const struct sl_err *err)
{
    const bool empty = scan->kind == SL_SCAN_FILE && scan->file.size_bytes == 0;
    struct sl_event event = {.type = SL_EVENT_SKIPPED, .request_id = scan->request_id, .err = *err};
    if (empty)
        sl_err_set(&event.err, SL_ETOOSMALL, "the file is empty");
    const int code = event.err.code;
    if (!scan->found || (code != SL_ETOOSMALL && code != SL_EFILETYPE && code != SL_EREFUSED)) {
        reject(engine, scan->request_id, scan->path, scan->found, &event.err);
        return;
    }
    note(engine, scan->path, true, &event.err);
    sl_engine_emit(engine, &event, scan->path);
}

static void unrefuse(struct sl_engine *engine, const char *path)
{
    struct sl_err err = {0};
    if (engine->refused_count == 0 || sl_engine_txn_begin(engine) < 0)
        return;
    if (sl_journal_unrefuse(engine->journal, path, &err) < 0)
        sl_engine_break(engine, &err);
}

static void close_request(struct sl_engine *engine, uint64_t request_id)
{
    struct sl_request **at = find_request(engine, request_id);
    struct sl_request *request = *at;
    const struct sl_event event = {.type = SL_EVENT_SCANNED,
                                   .request_id = request_id,
                                   .count = request != NULL ? request->queued : 0,
                                   .links = request != NULL ? request->links : 0};
    if (request != NULL) {
        *at = request->next;
        free(request);
    }
    sl_engine_emit(engine, &event, NULL);
}

/* The watcher looked at the file already. Its mark stays, so a file that takes its place later is
 * not accepted. */
static void take_found(struct sl_engine *engine, const struct sl_msg_command *add)
{
    struct sl_err err = {0};
    const size_t len = strlen(add->path) + 1;
    struct sl_msg_scan *scan = calloc(1, sizeof *scan + len);
    if (scan == NULL) {
        sl_err_set(&err, SL_ENOMEM, "out of memory for a file");
        sl_engine_break(engine, &err);
        return;
    }
    scan->kind = SL_SCAN_FILE;
    scan->found = scan->watched = true;
    scan->request_id = add->request_id;
    scan->file = add->file;
    memcpy(scan->path, add->path, len);
    sl_engine_intake(engine, scan);
    free(scan);
    close_request(engine, add->request_id);
}

void sl_engine_request(struct sl_engine *engine, const struct sl_msg_command *add)
{
    struct sl_err err = {0};
    struct sl_request *request = calloc(1, sizeof *request);
    if (request == NULL) {
        sl_err_set(&err, SL_ENOMEM, "out of memory for a request");
        sl_engine_break(engine, &err);
        return;
    }
    request->id = add->request_id;
    request->next = engine->requests;
    engine->requests = request;
    engine->was_idle = false; /* IDLE follows SCANNED, even if all work ends in this turn */
    if (add->file.inode != 0) {
        take_found(engine, add);
        return;
    }
    if (sl_scanner_add(engine->scanner, add->path, add->request_id, &err) >= 0)
        return;
    reject(engine, add->request_id, add->path, false, &err);
    close_request(engine, add->request_id);
}

void sl_task_take_over(struct sl_engine *engine, struct sl_task *task)
{
    if ((task->state != SL_JOB_CONFIRMED || sl_task_wants_more(engine, task)) &&
        !sl_task_take_wish(engine, task))
        return;
    switch ((int)task->state) {
    case SL_JOB_STORED:
        task->already_stored = true;
        (void)sl_task_step(engine, task, SL_IN_VERIFY);
        break;
    case SL_JOB_CONFIRMED:
        task->already_stored = true;
        if (!sl_task_is_of_run(engine, task) || !sl_engine_recommit(engine, task))
            sl_outbox_task(&engine->outbox, task);
        break;
    case SL_JOB_FAILED:
    case SL_JOB_CANCELLED:
        sl_task_again(engine, task);
        break;
    default:
        sl_task_wake(engine, task);
        if (!engine->paused_all)
            (void)sl_task_step(engine, task, SL_IN_RESUME);
        break;
    }
}

/* A file of that name and another content: a job that has not begun to send takes the new content,
 * any other stands for what it did. */
static bool takes_new_content(const struct sl_task *task)
{
    switch ((int)task->state) {
    case SL_JOB_QUEUED:
    case SL_JOB_WAITING:
    case SL_JOB_PAUSED:
    case SL_JOB_FAILED:
    case SL_JOB_CANCELLED:
        return task->slot == SL_NO_SLOT &&
               (task->split == NULL || task->split->in_state[SL_JOB_UPLOADING] == 0);
    default:
        return false;
    }
}

static bool is_done(const struct sl_task *task)
{
    return task->state == SL_JOB_STORED || task->state == SL_JOB_CONFIRMED;
}

/* A file that was stored for another network, or at another provider, is not stored here. A file
 * that is on this chain is stored, whichever provider has it. */
bool sl_task_is_elsewhere(struct sl_engine *engine, struct sl_task *task)
{
    if (task->state == SL_JOB_DELETED)
        return true;
    if (task->state == SL_JOB_CONFIRMED && engine->commit != NULL)
        return !sl_engine_on_chain(engine, task);
    return is_done(task) && strcmp(task->provider, engine->url) != 0;
}

/* Another process (`sluice rm`) may have written a removal into the journal. */
static void note_removal(struct sl_engine *engine, struct sl_task *task)
{
    struct sl_job job;
    struct sl_err err = {0};
    const int rc = sl_journal_find_path(engine->journal, task->path, &job, &err);
    if (rc < 0)
        sl_engine_break(engine, &err);
    else if (rc == 1 && job.id == task->id && job.state == SL_JOB_DELETED)
        (void)sl_task_step(engine, task, SL_IN_REMOVED);
}

/* Whether the job stands for the file as it is. For stored bytes the marks must prove it; without
 * proof a new job compares the bytes. A file that is being read is left to its own reader. */
static bool is_of(const struct sl_task *task, const struct sl_file_mark *file)
{
    switch ((int)task->state) {
    case SL_JOB_STORED:
    case SL_JOB_CONFIRMED:
        return sl_file_mark_same_bytes(&task->file, file);
    case SL_JOB_HASHING:
    case SL_JOB_UPLOADING:
        return sl_file_mark_alike(&task->file, file);
    default:
        return sl_file_mark_equal(&task->file, file);
    }
}

/* The user has stopped it: a newer time of change alone does not restart it. */
static bool is_stopped(const struct sl_task *task)
{
    return task->state == SL_JOB_PAUSED || task->state == SL_JOB_CANCELLED;
}

static void queue_file(struct sl_engine *engine, const struct sl_msg_scan *scan)
{
    struct sl_task *task = sl_tasks_by_path(&engine->tasks, scan->path);
    const bool same = task != NULL && is_of(task, &scan->file);
    if (task != NULL && scan->watched && is_stopped(task) &&
        sl_file_mark_alike(&task->file, &scan->file))
        return;
    if (task != NULL && is_done(task))
        note_removal(engine, task);
    const bool elsewhere = task != NULL && sl_task_is_elsewhere(engine, task);
    const bool again =
        task != NULL && is_done(task) &&
        (engine->options.force || (task->shard_bytes > 0 && !sl_task_parts(engine, task)));
    if (same && !elsewhere && !again) {
        sl_task_take_over(engine, task);
    } else if (task != NULL && takes_new_content(task)) {
        sl_task_replan(engine, task, &scan->file);
        sl_task_take_over(engine, task);
    } else {
        sl_task_create(engine, scan->path, &scan->file);
    }
}

void sl_engine_intake(struct sl_engine *engine, const struct sl_msg_scan *scan)
{
    struct sl_err err = {0};
    struct sl_request *request = *find_request(engine, scan->request_id);
    switch (scan->kind) {
    case SL_SCAN_FOLDER:
        break;
    case SL_SCAN_FILE:
        if (sl_plan_check(scan->file.size_bytes, engine->options.split_bytes, &err) < 0) {
            refuse(engine, scan, &err);
            break;
        }
        unrefuse(engine, scan->path);
        queue_file(engine, scan);
        if (request != NULL)
            request->queued++;
        break;
    case SL_SCAN_ERROR:
        refuse(engine, scan, &scan->err);
        break;
    case SL_SCAN_DONE:
        if (request != NULL)
            request->links = scan->links;
        close_request(engine, scan->request_id);
        break;
    }
}
