/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "output/job_totals.h"

#include <stdlib.h>
#include <string.h>

/* Where the id is, or would be put. */
static size_t place_of(const struct sl_cli_job_totals *totals, int64_t id)
{
    size_t low = 0, high = totals->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (totals->jobs[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_at(const struct sl_cli_job_totals *totals, size_t i, int64_t id)
{
    return i < totals->count && totals->jobs[i].id == id;
}

static bool grow(struct sl_cli_job_totals *totals)
{
    if (totals->count < totals->room)
        return true;
    const size_t room = totals->room == 0 ? 64 : totals->room * 2;
    struct sl_job_totals_job *jobs = realloc(totals->jobs, room * sizeof *jobs);
    if (jobs == NULL)
        return false;
    totals->jobs = jobs;
    totals->room = room;
    return true;
}

/* Ids of new jobs grow, so this is nearly always the end. */
static bool insert(struct sl_cli_job_totals *totals, size_t at, int64_t id)
{
    if (!grow(totals))
        return false;
    memmove(&totals->jobs[at + 1], &totals->jobs[at], (totals->count - at) * sizeof *totals->jobs);
    totals->jobs[at] = (struct sl_job_totals_job){.id = id, .state = SL_JOB_STATE_COUNT};
    totals->count++;
    for (size_t i = 0; i < totals->running_count; i++)
        totals->running[i] += totals->running[i] >= at;
    return true;
}

/* The count that a failure of this code belongs to, beside `failed`; NULL: none. */
static size_t *failures_of(struct sl_cli_job_totals *totals, int code)
{
    if (code == SL_ENOENT)
        return &totals->failed_missing;
    if (code == SL_EMONEY)
        return &totals->failed_money;
    if (code == SL_EKEY)
        return &totals->failed_key;
    const bool retry = code != SL_OK && sl_err_class_of(code) == SL_CLASS_RETRY;
    return retry ? &totals->failed_retry : NULL;
}

void sl_cli_job_totals_reject(struct sl_cli_job_totals *totals, int code)
{
    size_t *more = failures_of(totals, code);
    totals->failed++;
    if (more != NULL)
        (*more)++;
}

static void unreject(struct sl_cli_job_totals *totals, int code)
{
    size_t *less = failures_of(totals, code);
    totals->failed--;
    if (less != NULL)
        (*less)--;
}

static void stop_running(struct sl_cli_job_totals *totals, size_t at)
{
    for (size_t i = 0; i < totals->running_count; i++) {
        if (totals->running[i] == at) {
            totals->running[i] = totals->running[--totals->running_count];
            break;
        }
    }
    free(totals->jobs[at].path);
    totals->jobs[at].path = NULL;
}

/* A provider did not answer, or a transaction was lost: another run may succeed. */
static bool may_be_completed(int code)
{
    return code == SL_OK || code == SL_ENOTFOUND || sl_err_class_of(code) == SL_CLASS_RETRY;
}

static bool is_done(enum sl_job_state state)
{
    return state == SL_JOB_STORED || state == SL_JOB_CONFIRMED;
}

/* Take the job out of all counts. */
static void uncount(struct sl_cli_job_totals *totals, size_t at)
{
    struct sl_job_totals_job *job = &totals->jobs[at];
    if (job->state == SL_JOB_STATE_COUNT)
        return;
    totals->total_bytes -= job->size_bytes;
    stop_running(totals, at);
    if (is_done(job->state)) {
        totals->stored--;
        totals->incomplete -= job->missing_copies > 0;
        totals->incomplete_for_good -= job->missing_copies > 0 && !may_be_completed(job->code);
        totals->missing_copies -= job->missing_copies;
        totals->stored_bytes -= job->size_bytes;
        totals->already_stored -= job->already_stored;
        totals->uploaded_bytes -= job->already_stored ? 0 : job->size_bytes;
    } else if (sl_job_state_finished(job->state)) {
        unreject(totals, job->code);
    } else {
        totals->open--;
        totals->open_sent_bytes -= job->sent_bytes;
    }
}

static void count_running(struct sl_cli_job_totals *totals, size_t at, const char *path)
{
    if (totals->running_count == SL_PARALLEL_MAX)
        return;
    totals->jobs[at].path = strdup(path);
    if (totals->jobs[at].path != NULL)
        totals->running[totals->running_count++] = at;
}

static void count(struct sl_cli_job_totals *totals, size_t at, const struct sl_event *event)
{
    struct sl_job_totals_job *job = &totals->jobs[at];
    totals->total_bytes += job->size_bytes;
    if (is_done(job->state)) {
        totals->stored++;
        totals->incomplete += job->missing_copies > 0;
        totals->incomplete_for_good += job->missing_copies > 0 && !may_be_completed(job->code);
        totals->missing_copies += job->missing_copies;
        totals->stored_bytes += job->size_bytes;
        totals->already_stored += job->already_stored;
        totals->uploaded_bytes += job->already_stored ? 0 : job->size_bytes;
    } else if (sl_job_state_finished(job->state)) {
        sl_cli_job_totals_reject(totals, job->code);
    } else {
        totals->open++;
        totals->open_sent_bytes += job->sent_bytes;
    }
    if (job->state == SL_JOB_UPLOADING || job->state == SL_JOB_HASHING)
        count_running(totals, at, event->path);
}

/* Bytes of an attempt that has ended count for nothing, unless the provider took them all. */
static uint64_t sent_after(const struct sl_job_totals_job *job, const struct sl_job *now)
{
    if (sl_job_state_delivered(now->state))
        return now->file.size_bytes;
    if (now->parts > 0) { /* parts that arrived stay: a record may know more than the event */
        const bool same = now->state == SL_JOB_UPLOADING && now->attempts == job->attempt;
        return same && job->sent_bytes > now->sent_bytes ? job->sent_bytes : now->sent_bytes;
    }
    return now->state == SL_JOB_UPLOADING && now->attempts == job->attempt ? job->sent_bytes : 0;
}

struct sl_job_totals_job *sl_cli_job_totals_on_event(struct sl_cli_job_totals *totals,
                                                     const struct sl_event *event, bool *ended)
{
    const struct sl_job *now = &event->job;
    const size_t at = place_of(totals, now->id);
    *ended = false;
    if (!is_at(totals, at, now->id) && !insert(totals, at, now->id))
        return NULL;
    uncount(totals, at);
    struct sl_job_totals_job *job = &totals->jobs[at];
    job->sent_bytes = sent_after(job, now);
    if (job->sent_bytes == 0) {
        job->acked_bytes = 0;
        job->emitted_bytes = 0;
    }
    job->state = now->state;
    job->size_bytes = now->file.size_bytes;
    job->attempt = now->attempts;
    job->code = now->err.code;
    job->hashed_bytes = now->state == SL_JOB_HASHING ? job->hashed_bytes : 0;
    job->parts = now->parts;
    job->parts_stored = now->parts_stored;
    job->already_stored = now->already_stored;
    job->missing_copies = sl_job_missing_copies(now);
    count(totals, at, event);
    if (!sl_job_state_finished(now->state)) {
        job->emitted = job->emitted && sl_job_state_delivered(
                                           now->state); /* checked again: still emitted only once */
    } else {
        *ended = !job->emitted;
        job->emitted = true;
    }
    return job;
}

void sl_cli_job_totals_remove(struct sl_cli_job_totals *totals, int64_t id)
{
    const size_t at = place_of(totals, id);
    if (!is_at(totals, at, id))
        return;
    uncount(totals, at);
    totals->count--;
    memmove(&totals->jobs[at], &totals->jobs[at + 1], (totals->count - at) * sizeof *totals->jobs);
    for (size_t i = 0; i < totals->running_count; i++)
        totals->running[i] -= totals->running[i] > at;
}

bool sl_cli_job_totals_once(struct sl_job_totals_job *job, const struct sl_job *now,
                            enum sl_job_totals_step step)
{
    bool *emitted = step == SL_JOB_TOTALS_PARKED ? &job->parked_emitted : &job->tx_emitted;
    const bool parked = now->state == SL_JOB_PARKED || now->state == SL_JOB_COMMITTING;
    const bool reached =
        step == SL_JOB_TOTALS_PARKED ? parked : parked && now->copies.tx[0] != '\0';
    if (!reached || *emitted)
        return false;
    *emitted = true;
    return true;
}

void sl_cli_job_totals_on_progress(struct sl_cli_job_totals *totals,
                                   const struct sl_progress *progress)
{
    const size_t at = place_of(totals, progress->job_id);
    if (!is_at(totals, at, progress->job_id))
        return;
    struct sl_job_totals_job *job = &totals->jobs[at];
    if (job->state == SL_JOB_HASHING && progress->hashed_bytes <= job->size_bytes)
        job->hashed_bytes = progress->hashed_bytes;
    if (job->state != SL_JOB_UPLOADING || progress->attempt < job->attempt ||
        progress->sent_bytes > job->size_bytes)
        return;
    totals->open_sent_bytes += progress->sent_bytes - job->sent_bytes;
    job->sent_bytes = progress->sent_bytes;
    job->acked_bytes = progress->acked_bytes;
}

enum sl_exit sl_cli_job_totals_exit(const struct sl_cli_job_totals *totals)
{
    if (totals->failed == 0 && totals->incomplete_for_good > 0)
        return SL_EXIT_SOME_FAILED;
    if (totals->failed == 0)
        return totals->incomplete == 0 ? SL_EXIT_OK : SL_EXIT_TEMPORARY;
    if (totals->failed_missing == totals->failed)
        return SL_EXIT_NO_FILE;
    if (totals->failed_money == totals->failed)
        return SL_EXIT_MONEY;
    if (totals->failed_key == totals->failed)
        return SL_EXIT_KEY;
    return totals->failed_retry == totals->failed ? SL_EXIT_TEMPORARY : SL_EXIT_SOME_FAILED;
}

void sl_cli_job_totals_free(struct sl_cli_job_totals *totals)
{
    for (size_t i = 0; i < totals->count; i++)
        free(totals->jobs[i].path);
    free(totals->jobs);
    *totals = (struct sl_cli_job_totals){0};
}
