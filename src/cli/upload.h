/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * upload.h - the loop of all commands that upload without a screen; they differ in where the paths
 * come from. Private to cli.
 */
#ifndef SL_CLI_UPLOAD_H
#define SL_CLI_UPLOAD_H

#include "args.h"
#include "exit.h"
#include "report.h"
#include "session.h"

struct sl_feed {
    bool endless;    /* no path now is not the end; and what earlier runs left is gone on with */
    size_t jobs;     /* of earlier runs that are gone on with: the end comes when all have ended */
    int64_t wish_id; /* how those are placed; 0: not known */
    int fd;          /* readable when there may be a path; -1: none */
    struct sl_file_mark file; /* of the path given last, when it was found in a watched folder */
    uint64_t links;           /* symbolic links that the feed itself did not follow */
    bool prices;              /* `open` looks at the money for all that it gives */
    void *ctx;
    /** Once, before the first path; may be NULL. */
    int (*open)(struct sl_feed *feed, struct sl_session *session, struct sl_report *report,
                struct sl_err *err);
    /** The next path, borrowed until the next call; NULL: none now. */
    const char *(*next)(struct sl_feed *feed);
    /** A file ended, of this run or an earlier one; may be NULL. */
    void (*ended)(struct sl_feed *feed, const struct sl_event *event);
    /** Whether a job is one of `jobs`: no other one is ours. NULL: all are. */
    bool (*has)(const struct sl_feed *feed, int64_t job_id);
    /** All paths for session.h, next_path; NULL: they are not known before. */
    const char *(*next_path)(void *ctx, const char *path);
    /** Paths not taken yet. */
    size_t (*left)(const struct sl_feed *feed);
};

struct sl_rounds;

/**
 * Upload what the feed gives (NULL: nothing) until it ends or a person stops it, and then the jobs
 * of `rounds`, where jobs are added that the feed named and that were asked for otherwise. Returns
 * the exit status.
 */
enum sl_exit sl_upload_feed(struct sl_feed *feed, struct sl_rounds *rounds,
                            const struct sl_args *args);

#endif
