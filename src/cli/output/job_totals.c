/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "output/job_totals.h"

#include <stdlib.h>
#include <string.h>

/* Where the id is, or would be put. */
static size_t place_of(const struct sl_job_totals *tally, int64_t id)
{
    size_t low = 0, high = tally->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (tally->jobs[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_at(const struct sl_job_totals *tally, size_t i, int64_t id)
{
    return i < tally->count && tally->jobs[i].id == id;
}

static bool grow(struct sl_job_totals *tally)
{
    if (tally->count < tally->room)
        return true;
    const size_t room = tally->room == 0 ? 64 : tally->room * 2;
    struct sl_job_totals_job *jobs = realloc(tally->jobs, room * sizeof *jobs);
    if (jobs == NULL)
        return false;
    tally->jobs = jobs;
    tally->room = room;
    return true;
}

/* Ids of new jobs grow, so this is nearly always the end. */
static bool insert(struct sl_job_totals *tally, size_t at, int64_t id)
{
    if (!grow(tally))
        return false;
    memmove(&tally->jobs[at + 1], &tally->jobs[at], (tally->count - at) * sizeof *tally->jobs);
    tally->jobs[at] = (struct sl_job_totals_job){.id = id, .state = SL_JOB_STATE_COUNT};
    tally->count++;
    for (size_t i = 0; i < tally->running_count; i++)
        tally->running[i] += tally->running[i] >= at;
    return true;
}

/* The count that a failure of this code belongs to, beside `failed`; NULL: none. */
static size_t *failures_of(struct sl_job_totals *tally, int code)
{
    if (code == SL_ENOENT)
        return &tally->failed_missing;
    if (code == SL_EMONEY)
        return &tally->failed_money;
    if (code == SL_EKEY)
        return &tally->failed_key;
    const bool retry = code != SL_OK && sl_err_class_of(code) == SL_CLASS_RETRY;
    return retry ? &tally->failed_retry : NULL;
}

void sl_job_totals_reject(struct sl_job_totals *tally, int code)
{
    size_t *more = failures_of(tally, code);
    tally->failed++;
    if (more != NULL)
        (*more)++;
}

static void unreject(struct sl_job_totals *tally, int code)
{
    size_t *less = failures_of(tally, code);
    tally->failed--;
    if (less != NULL)
        (*less)--;
}

static void stop_running(struct sl_job_totals *tally, size_t at)
{
    for (size_t i = 0; i < tally->running_count; i++) {
        if (tally->running[i] == at) {
            tally->running[i] = tally->running[--tally->running_count];
            break;
        }
    }
    free(tally->jobs[at].path);
    tally->jobs[at].path = NULL;
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
static void uncount(struct sl_job_totals *tally, size_t at)
{
    struct sl_job_totals_job *job = &tally->jobs[at];
    if (job->state == SL_JOB_STATE_COUNT)
        return;
    tally->total_bytes -= job->size_bytes;
    stop_running(tally, at);
    if (is_done(job->state)) {
        tally->stored--;
        tally->incomplete -= job->missing_copies > 0;
        tally->incomplete_for_good -= job->missing_copies > 0 && !may_be_completed(job->code);
        tally->missing_copies -= job->missing_copies;
        tally->stored_bytes -= job->size_bytes;
        tally->already_stored -= job->already_stored;
        tally->uploaded_bytes -= job->already_stored ? 0 : job->size_bytes;
    } else if (sl_job_state_finished(job->state)) {
        unreject(tally, job->code);
    } else {
        tally->open--;
        tally->open_sent_bytes -= job->sent_bytes;
    }
}

static void count_running(struct sl_job_totals *tally, size_t at, const char *path)
{
    if (tally->running_count == SL_PARALLEL_MAX)
        return;
    tally->jobs[at].path = strdup(path);
    if (tally->jobs[at].path != NULL)
        tally->running[tally->running_count++] = at;
}

static void count(struct sl_job_totals *tally, size_t at, const struct sl_event *event)
{
    struct sl_job_totals_job *job = &tally->jobs[at];
    tally->total_bytes += job->size_bytes;
    if (is_done(job->state)) {
        tally->stored++;
        tally->incomplete += job->missing_copies > 0;
        tally->incomplete_for_good += job->missing_copies > 0 && !may_be_completed(job->code);
        tally->missing_copies += job->missing_copies;
        tally->stored_bytes += job->size_bytes;
        tally->already_stored += job->already_stored;
        tally->uploaded_bytes += job->already_stored ? 0 : job->size_bytes;
    } else if (sl_job_state_finished(job->state)) {
        sl_job_totals_reject(tally, job->code);
    } else {
        tally->open++;
        tally->open_sent_bytes += job->sent_bytes;
    }
    if (job->state == SL_JOB_UPLOADING || job->state == SL_JOB_HASHING)
        count_running(tally, at, event->path);
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

struct sl_job_totals_job *sl_job_totals_on_event(struct sl_job_totals *tally,
                                                 const struct sl_event *event, bool *ended)
{
    const struct sl_job *now = &event->job;
    const size_t at = place_of(tally, now->id);
    *ended = false;
    if (!is_at(tally, at, now->id) && !insert(tally, at, now->id))
        return NULL;
    uncount(tally, at);
    struct sl_job_totals_job *job = &tally->jobs[at];
    job->sent_bytes = sent_after(job, now);
    if (job->sent_bytes == 0) {
        job->acked_bytes = 0;
        job->told_bytes = 0;
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
    count(tally, at, event);
    if (!sl_job_state_finished(now->state)) {
        job->told =
            job->told && sl_job_state_delivered(now->state); /* looked at again: told once */
    } else {
        *ended = !job->told;
        job->told = true;
    }
    return job;
}

void sl_job_totals_remove(struct sl_job_totals *tally, int64_t id)
{
    const size_t at = place_of(tally, id);
    if (!is_at(tally, at, id))
        return;
    uncount(tally, at);
    tally->count--;
    memmove(&tally->jobs[at], &tally->jobs[at + 1], (tally->count - at) * sizeof *tally->jobs);
    for (size_t i = 0; i < tally->running_count; i++)
        tally->running[i] -= tally->running[i] > at;
}

bool sl_job_totals_once(struct sl_job_totals_job *job, const struct sl_job *now,
                        enum sl_job_totals_step step)
{
    bool *told = step == SL_JOB_TOTALS_PARKED ? &job->told_parked : &job->told_tx;
    const bool parked = now->state == SL_JOB_PARKED || now->state == SL_JOB_COMMITTING;
    const bool reached =
        step == SL_JOB_TOTALS_PARKED ? parked : parked && now->copies.tx[0] != '\0';
    if (!reached || *told)
        return false;
    *told = true;
    return true;
}

void sl_job_totals_on_progress(struct sl_job_totals *tally, const struct sl_progress *progress)
{
    const size_t at = place_of(tally, progress->job_id);
    if (!is_at(tally, at, progress->job_id))
        return;
    struct sl_job_totals_job *job = &tally->jobs[at];
    if (job->state == SL_JOB_HASHING && progress->hashed_bytes <= job->size_bytes)
        job->hashed_bytes = progress->hashed_bytes;
    if (job->state != SL_JOB_UPLOADING || progress->attempt < job->attempt ||
        progress->sent_bytes > job->size_bytes)
        return;
    tally->open_sent_bytes += progress->sent_bytes - job->sent_bytes;
    job->sent_bytes = progress->sent_bytes;
    job->acked_bytes = progress->acked_bytes;
}

enum sl_exit sl_job_totals_exit(const struct sl_job_totals *tally)
{
    if (tally->failed == 0 && tally->incomplete_for_good > 0)
        return SL_EXIT_SOME_FAILED;
    if (tally->failed == 0)
        return tally->incomplete == 0 ? SL_EXIT_OK : SL_EXIT_TEMPORARY;
    if (tally->failed_missing == tally->failed)
        return SL_EXIT_NO_FILE;
    if (tally->failed_money == tally->failed)
        return SL_EXIT_MONEY;
    if (tally->failed_key == tally->failed)
        return SL_EXIT_KEY;
    return tally->failed_retry == tally->failed ? SL_EXIT_TEMPORARY : SL_EXIT_SOME_FAILED;
}

void sl_job_totals_free(struct sl_job_totals *tally)
{
    for (size_t i = 0; i < tally->count; i++)
        free(tally->jobs[i].path);
    free(tally->jobs);
    *tally = (struct sl_job_totals){0};
}
