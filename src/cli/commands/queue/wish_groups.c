/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "commands/queue/wish_groups.h"

#include <stdlib.h>

int sl_job_groups_add(struct sl_job_groups *rounds, const struct sl_job *job, struct sl_err *err)
{
    if (rounds->count == rounds->room) {
        const size_t room = rounds->room == 0 ? 64 : rounds->room * 2;
        struct sl_job_group_item *jobs = realloc(rounds->jobs, room * sizeof *jobs);
        if (jobs == NULL)
            return sl_err_set(err, SL_ENOMEM, "out of memory for the jobs of the journal");
        rounds->jobs = jobs;
        rounds->room = room;
    }
    rounds->jobs[rounds->count++] = (struct sl_job_group_item){
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
    const struct sl_job_groups *rounds = feed->ctx;
    int rc = SL_OK;
    (void)report;
    for (size_t i = rounds->from; i < rounds->to && rc == SL_OK; i++)
        rc = sl_engine_send_job(session->engine,
                                rounds->jobs[i].retry ? SL_CMD_RETRY : SL_CMD_RESUME,
                                rounds->jobs[i].id, 0, err);
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
    const struct sl_job_groups *rounds = feed->ctx;
    size_t low = rounds->from, high = rounds->to;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (rounds->jobs[middle].id < job_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < rounds->to && rounds->jobs[low].id == job_id;
}

static size_t none_left(const struct sl_feed *feed)
{
    (void)feed;
    return 0;
}

bool sl_job_groups_next(struct sl_job_groups *rounds, struct sl_feed *feed)
{
    rounds->from = rounds->to;
    if (rounds->from == rounds->count)
        return false;
    qsort(&rounds->jobs[rounds->from], rounds->count - rounds->from, sizeof *rounds->jobs, compare);
    const int64_t wish_id = rounds->jobs[rounds->from].wish_id;
    while (rounds->to < rounds->count && rounds->jobs[rounds->to].wish_id == wish_id)
        rounds->to++;
    *feed = (struct sl_feed){.fd = -1,
                             .jobs = rounds->to - rounds->from,
                             .wish_id = wish_id,
                             .ctx = rounds,
                             .open = send_all,
                             .next = no_path,
                             .has = has_job,
                             .left = none_left};
    return true;
}

void sl_job_groups_free(struct sl_job_groups *rounds)
{
    free(rounds->jobs);
    *rounds = (struct sl_job_groups){0};
}
