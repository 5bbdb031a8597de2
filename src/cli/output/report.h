/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * report.h - the output of an upload: results on stdout, as lines or JSON, the rest on stderr.
 * Private to cli.
 */
#ifndef SL_CLI_REPORT_H
#define SL_CLI_REPORT_H

#include "output/copies_json.h"
#include "output/job_totals.h"
#include "output/meter.h"

struct sl_report {
    bool json;
    bool line;   /* stderr is a terminal and gets a progress line */
    bool quiet;  /* the terminal is gone */
    bool broken; /* stdout failed */
    struct sl_clock clock;
    struct sl_journal *reader; /* where copies are looked up; NULL: there are none. Borrowed */
    struct sl_copies_owner of;
    size_t need_journal; /* files on chain that can be restored only with this journal */
    int64_t began_ms;    /* Unix ms */
    int64_t started_ms;  /* monotonic, as the times below */
    int64_t line_ms;     /* of the last progress line */
    int64_t json_ms;     /* of the last progress objects */
    struct sl_meter meter;
};

void sl_report_init(struct sl_report *report, bool json, const struct sl_clock *clock);

/** How often to call sl_report_tick(), -1: never. */
int sl_report_interval_ms(const struct sl_report *report);

/** A job has ended: event->job.state is a finished one. */
void sl_report_end(struct sl_report *report, const struct sl_event *event);

/** All bytes are parked at the provider; the copies on chain are still to come. */
void sl_report_parked(struct sl_report *report, const struct sl_event *event);
/** The transaction that commits it is known: event->job.copies.tx. */
void sl_report_sent(struct sl_report *report, const struct sl_event *event);
/** Call before any of these: emits the news of the job's copies. `job` keeps what was emitted. */
void sl_report_copies(struct sl_report *report, struct sl_job_totals_job *job,
                      const struct sl_event *event);
/** A part of a split file is stored. */
void sl_report_part(struct sl_report *report, const struct sl_event *event);

/** A path that was not queued. */
void sl_report_reject(struct sl_report *report, const char *path, const struct sl_err *err);

/** Something in a folder was skipped. */
void sl_report_skip(struct sl_report *report, const struct sl_event *event);

/** A job waits for another try. */
void sl_report_wait(struct sl_report *report, const struct sl_event *event);

/** Show the progress when it is due; call it often. */
void sl_report_tick(struct sl_report *report, struct sl_cli_job_totals *totals);

/** Print the closing line. `left`: files that were given but are neither stored nor failed. `why`:
 * the reason why the run broke off; NULL: it did not. */
void sl_report_summary(struct sl_report *report, const struct sl_cli_job_totals *totals,
                       size_t left, enum sl_exit status, const struct sl_err *why);

/** Remove the progress line before other text is written to the terminal. */
void sl_report_clear(struct sl_report *report);

#endif
