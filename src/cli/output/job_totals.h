/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * job_totals.h - the state of each file of one `sluice upload`, in a few bytes a file, and their
 * totals. Private to cli.
 */
#ifndef SL_CLI_JOB_TOTALS_H
#define SL_CLI_JOB_TOTALS_H

#include "sluice/cli.h"
#include "sluice/engine.h"

struct sl_job_totals_job {
    int64_t id;
    uint64_t size_bytes;
    uint64_t sent_bytes; /* of the running attempt */
    uint64_t acked_bytes;
    uint64_t hashed_bytes;  /* while it is hashed before it is sent */
    uint64_t emitted_bytes; /* what was last reported of both */
    uint32_t parts;         /* as struct sl_job */
    uint32_t parts_stored;
    int32_t attempt;
    enum sl_job_state state;
    int code;     /* of a failed job */
    char *path;   /* owned; only while it uploads */
    bool emitted; /* its end was reported */
    bool parked_emitted;
    bool tx_emitted;
    uint16_t complete_emitted; /* by number of the copy */
    uint16_t landed_emitted;
    uint8_t missing_copies;
    bool already_stored;
};

/** Zero-initialise, free with sl_cli_job_totals_free(). */
struct sl_cli_job_totals {
    struct sl_job_totals_job *jobs; /* by id */
    size_t count;
    size_t room;
    size_t running[SL_PARALLEL_MAX]; /* indices of jobs that upload */
    size_t running_count;
    size_t open; /* not finished */
    size_t stored;
    size_t already_stored;      /* of those, already at the provider */
    size_t failed;              /* failed or cancelled jobs, and rejected paths */
    size_t failed_missing;      /* of those, because the file does not exist */
    size_t failed_retry;        /* of those, worth another run */
    size_t failed_money;        /* of those, for lack of money or approval */
    size_t failed_key;          /* of those, because a key or signature was refused */
    uint64_t links;             /* symbolic links that were not followed */
    size_t skipped;             /* paths without anything to store: neither stored nor failed */
    size_t incomplete;          /* stored files with a copy missing */
    size_t incomplete_for_good; /* of those, files that another run would not complete */
    size_t missing_copies;      /* missing copies of all stored files together */
    uint64_t total_bytes;
    uint64_t stored_bytes;
    uint64_t uploaded_bytes; /* stored, and sent by this run */
    uint64_t open_sent_bytes;
};

/**
 * Count a job event. Returns its entry, which is valid until the next call, NULL without memory.
 * `*ended` is set when the job has finished and its end was not emitted; the caller emits it.
 */
struct sl_job_totals_job *sl_cli_job_totals_on_event(struct sl_cli_job_totals *totals,
                                                     const struct sl_event *event, bool *ended);

/** Remove a job, because another job stands for its file. */
void sl_cli_job_totals_remove(struct sl_cli_job_totals *totals, int64_t id);

/** Whether this step was reached and not emitted: true once. */
enum sl_job_totals_step { SL_JOB_TOTALS_PARKED, SL_JOB_TOTALS_SENT };
bool sl_cli_job_totals_once(struct sl_job_totals_job *job, const struct sl_job *now,
                            enum sl_job_totals_step step);

/** Count a progress record; unknown jobs and earlier attempts are ignored. */
void sl_cli_job_totals_on_progress(struct sl_cli_job_totals *totals,
                                   const struct sl_progress *progress);

/** A path that was not queued. */
void sl_cli_job_totals_reject(struct sl_cli_job_totals *totals, int code);

/** 0: everything is stored, in all copies. Else the status that all failures share: 3 a missing
 * file, 4 money, 6 a key, 5 a failure that may pass by itself, as most missing copies may. 1: they
 * share none. */
enum sl_exit sl_cli_job_totals_exit(const struct sl_cli_job_totals *totals);

void sl_cli_job_totals_free(struct sl_cli_job_totals *totals);

#endif
