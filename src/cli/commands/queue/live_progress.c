/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "commands/queue/live_progress.h"

#include "sluice/control.h"

void sl_live_progress_read(struct sl_live_progress *live, const char *state_dir)
{
    struct sl_control_client *client = NULL;
    if (sl_control_connect(&client, state_dir, "status", NULL) < 0)
        return;
    while (live->count < SL_BOARD_SLOTS &&
           sl_control_next_progress(client, &live->newest[live->count]))
        live->count++;
    sl_control_close(client);
}

const struct sl_progress *sl_live_progress_find(const struct sl_live_progress *live,
                                                const struct sl_job *job)
{
    const struct sl_progress *found = NULL;
    if (job->state != SL_JOB_UPLOADING && job->state != SL_JOB_HASHING)
        return NULL;
    for (size_t i = 0; i < live->count; i++) {
        const struct sl_progress *p = &live->newest[i];
        const bool is_of = p->job_id == job->id && p->attempt == job->attempts;
        if (is_of && (found == NULL || p->at_ms > found->at_ms))
            found = p;
    }
    return found;
}

unsigned sl_live_progress_percent(const struct sl_progress *progress, const struct sl_job *job)
{
    const uint64_t done =
        job->state == SL_JOB_HASHING ? progress->hashed_bytes : progress->acked_bytes;
    const double part = job->file.size_bytes > 0 ? (double)done / (double)job->file.size_bytes : 0;
    return part >= 0.99 ? 99 : (unsigned)(part * 100);
}
