/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "commands/queue/wish_groups.h"

#include <stdlib.h>

int sl_job_groups_add(struct sl_job_groups *groups, const struct sl_job *job, struct sl_err *err)
{
    if (groups->count == groups->room) {
        const size_t room = groups->room == 0 ? 64 : groups->room * 2;
        struct sl_job_group_item *jobs = realloc(groups->jobs, room * sizeof *jobs);
        if (jobs == NULL)
            return sl_err_set(err, SL_ENOMEM, "out of memory for the jobs of the journal");
        groups->jobs = jobs;
        groups->room = room;
    }
    groups->jobs[groups->count++] = (struct sl_job_group_item){
        .id = job->id, .wish_id = job->wish_id, .retry = sl_job_state_finished(job->state)};
    return SL_OK;
}

static int compare(const void *left, const void *right)
{
    const struct sl_job_group_item *a = left, *b = right;
    if (a->wish_id != b->wish_id)
        return a->wish_id < b->wish_id ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

static int send_all(struct sl_feed *feed, struct sl_session *session, struct sl_report *report,
                    struct sl_err *err)
{
    const struct sl_job_groups *groups = feed->ctx;
    int rc = SL_OK;
    (void)report;
    for (size_t i = groups->from; i < groups->to && rc == SL_OK; i++)
        rc = sl_engine_send_job(session->engine,
                                groups->jobs[i].retry ? SL_CMD_RETRY : SL_CMD_RESUME,
                                groups->jobs[i].id, 0, err);
    return rc;
}

static const char *no_path(struct sl_feed *feed)
{
    (void)feed;
    return NULL;
}

/* By id within a round. */
static bool has_job(const struct sl_feed *feed, int64_t job_id)
{
    const struct sl_job_groups *groups = feed->ctx;
    size_t low = groups->from, high = groups->to;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (groups->jobs[middle].id < job_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < groups->to && groups->jobs[low].id == job_id;
}

static size_t none_left(const struct sl_feed *feed)
{
    (void)feed;
    return 0;
}

bool sl_job_groups_next(struct sl_job_groups *groups, struct sl_feed *feed)
{
    groups->from = groups->to;
    if (groups->from == groups->count)
        return false;
    qsort(&groups->jobs[groups->from], groups->count - groups->from, sizeof *groups->jobs, compare);
    const int64_t wish_id = groups->jobs[groups->from].wish_id;
    while (groups->to < groups->count && groups->jobs[groups->to].wish_id == wish_id)
        groups->to++;
    *feed = (struct sl_feed){.fd = -1,
                             .jobs = groups->to - groups->from,
                             .wish_id = wish_id,
                             .ctx = groups,
                             .open = send_all,
                             .next = no_path,
                             .has = has_job,
                             .left = none_left};
    return true;
}

void sl_job_groups_free(struct sl_job_groups *groups)
{
    free(groups->jobs);
    *groups = (struct sl_job_groups){0};
}
