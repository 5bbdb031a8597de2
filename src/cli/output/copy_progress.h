/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* copy_progress.h - copies on their way to the chain, told one by one as JSON. Private to cli. */
#ifndef SL_CLI_COPY_PROGRESS_H
#define SL_CLI_COPY_PROGRESS_H

#include "output/copies_json.h"
#include "output/job_totals.h"

struct sl_copy_progress {
    const struct sl_clock *clock;
    struct sl_journal *reader;
    const struct sl_copies_owner *of;
    int64_t since_ms; /* Unix ms: what had landed before is not told */
};

/**
 * What has become of the copies of this job and was not told, by the journal: a line "copyComplete"
 * for each that a provider has copied from the first, and "piecesConfirmed" for each that has
 * landed. Of a file in parts both come when all of its parts are that far. False: standard output
 * took no more.
 */
bool sl_copy_progress_emit(const struct sl_copy_progress *progress, struct sl_job_totals_job *told,
                           const struct sl_event *event);

#endif
