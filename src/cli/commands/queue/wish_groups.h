/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * wish_groups.h - groups the jobs that a command resumes by wish, because one run places copies in
 * one way only. Private to cli.
 */
#ifndef SL_CLI_WISH_GROUPS_H
#define SL_CLI_WISH_GROUPS_H

#include "commands/queue/upload_loop.h"

struct sl_job_group_item {
    int64_t id;
    int64_t wish_id;
    bool retry; /* the job has ended: SL_CMD_RETRY; else SL_CMD_RESUME */
};

/** Zero-initialise, free with sl_job_groups_free(). */
struct sl_job_groups {
    struct sl_job_group_item *jobs;
    size_t count;
    size_t room;
    size_t from; /* the current round: jobs from .. to - 1 */
    size_t to;
};

/** Add a job, before or between rounds. Errors: SL_ENOMEM. */
int sl_job_groups_add(struct sl_job_groups *groups, const struct sl_job *job,
                      struct sl_err *err) SL_MUST_CHECK;

/** The next round: a feed of all remaining jobs with one wish. False: no jobs are left. */
bool sl_job_groups_next(struct sl_job_groups *groups, struct sl_feed *feed);

void sl_job_groups_free(struct sl_job_groups *groups);

#endif
