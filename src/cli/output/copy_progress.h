/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * copy_progress.h - emits the progress of copies to the chain, one by one, as JSON. Private to cli.
 */
#ifndef SL_CLI_COPY_PROGRESS_H
#define SL_CLI_COPY_PROGRESS_H

#include "output/copies_json.h"
#include "output/job_totals.h"

struct sl_cli_copy_progress {
    const struct sl_clock *clock;
    struct sl_journal *reader;
    const struct sl_copies_owner *of;
    int64_t since_ms; /* Unix ms: copies that landed earlier are not emitted */
};

/**
 * Emit the news of this job's copies, from the journal: a line "copyComplete" when a provider has
 * pulled a copy from the first, "piecesConfirmed" when one has landed. For a file in parts, all
 * parts must have got that far. False: standard output failed.
 */
bool sl_cli_copy_progress_emit(const struct sl_cli_copy_progress *progress,
                               struct sl_job_totals_job *entry, const struct sl_event *event);

#endif
