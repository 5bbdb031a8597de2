/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* report_json.h - the lines of `upload --json`; false when stdout failed. Private to cli. */
#ifndef SL_CLI_REPORT_JSON_H
#define SL_CLI_REPORT_JSON_H

#include "output/copies_json.h"
#include "output/job_totals.h"

bool sl_cli_json_stored(const struct sl_clock *clock, const struct sl_event *event);
/** The copies on chain come from the journal. */
bool sl_cli_json_confirmed(const struct sl_clock *clock, const struct sl_event *event,
                           struct sl_journal *reader, const struct sl_copies_owner *of,
                           bool needs_journal);
bool sl_cli_json_added(const struct sl_clock *clock, const struct sl_event *event);
/** A part of a split file is stored. */
bool sl_cli_json_part(const struct sl_clock *clock, const struct sl_event *event);
bool sl_cli_json_failed(const struct sl_clock *clock, const char *path, const struct sl_err *err);
/** What was left out, and why. */
bool sl_cli_json_skipped(const struct sl_clock *clock, const struct sl_event *event);
/** A line for each running file that moved since the last one. */
bool sl_cli_json_progress(const struct sl_clock *clock, struct sl_cli_job_totals *totals);

/** How a run ended, besides its totals. */
struct sl_cli_json_end {
    size_t left;
    double seconds;
    struct sl_u256 fees;
    size_t need_journal;
    enum sl_exit status;
    const struct sl_err *why; /* NULL: it was neither refused nor broken off */
};
bool sl_cli_json_summary(const struct sl_clock *clock, const struct sl_cli_job_totals *totals,
                         const struct sl_cli_json_end *end);
/** The `summary` of a command that uploads nothing. */
bool sl_cli_json_refusal(const struct sl_clock *clock, enum sl_exit status,
                         const struct sl_err *why);

#endif
