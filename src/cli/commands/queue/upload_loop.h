/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * upload_loop.h - the loop of all commands that upload without a screen; they differ in where the
 * paths come from. Private to cli.
 */
#ifndef SL_CLI_UPLOAD_LOOP_H
#define SL_CLI_UPLOAD_LOOP_H

#include "sluice/cli.h"

#include "args.h"
#include "output/report.h"
#include "setup/session.h"

struct sl_feed {
    bool endless;    /* an empty feed is not the end, and jobs of earlier runs are resumed */
    size_t jobs;     /* resumed jobs of earlier runs: the feed ends when all have ended */
    int64_t wish_id; /* how those jobs are placed; 0: not known */
    int fd;          /* readable when a path may be ready; -1: none */
    struct sl_file_mark file; /* mark of the last path, if it was found in a watched folder */
    uint64_t links;           /* symbolic links that the feed itself did not follow */
    bool prices;              /* `open` checks the money for everything that the feed gives */
    void *ctx;
    /** Once, before the first path; may be NULL. */
    int (*open)(struct sl_feed *feed, struct sl_session *session, struct sl_report *report,
                struct sl_err *err);
    /** The next path, borrowed until the next call; NULL: none now. */
    const char *(*next)(struct sl_feed *feed);
    /** A file ended, of this run or an earlier one; may be NULL. */
    void (*ended)(struct sl_feed *feed, const struct sl_event *event);
    /** Whether a job is one of `jobs`: other jobs are ignored. NULL: all jobs count. */
    bool (*has)(const struct sl_feed *feed, int64_t job_id);
    /** All paths, for next_path of session.h; NULL: they are not known in advance. */
    const char *(*next_path)(void *ctx, const char *path);
    /** Paths not taken yet. */
    size_t (*left)(const struct sl_feed *feed);
};

/* ---- groups of jobs: one run places copies in one way only ---- */

struct sl_job_group_item {
    int64_t id;
    int64_t wish_id;
    bool retry; /* the job has ended: SL_CMD_RETRY; else SL_CMD_RESUME */
};

/** Zero-initialise, free with sl_cli_job_groups_free(). */
struct sl_cli_job_groups {
    struct sl_job_group_item *jobs;
    size_t count;
    size_t room;
    size_t from; /* the current group: jobs from .. to - 1 */
    size_t to;
};

/** Add a job, before or between groups. Errors: SL_ENOMEM. */
int sl_cli_job_groups_add(struct sl_cli_job_groups *groups, const struct sl_job *job,
                          struct sl_err *err) SL_MUST_CHECK;

/** The next group: a feed of all remaining jobs with one placement. False: no jobs are left. */
bool sl_cli_job_groups_next(struct sl_cli_job_groups *groups, struct sl_feed *feed);

void sl_cli_job_groups_free(struct sl_cli_job_groups *groups);

/**
 * Upload what the feed gives (NULL: nothing) until it ends or the user stops it. Then run the jobs
 * of `groups`; jobs that the feed named but that have another wish are added there. Returns the
 * exit status.
 */
enum sl_exit sl_cli_upload_feed(struct sl_feed *feed, struct sl_cli_job_groups *groups,
                                const struct sl_args *args);

#endif
