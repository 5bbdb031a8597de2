/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * report.h - what an upload says: results on stdout, as lines or as JSON, the rest on stderr.
 * Private to cli.
 */
#ifndef SL_CLI_REPORT_H
#define SL_CLI_REPORT_H

#include "output/copies_json.h"
#include "output/job_totals.h"
#include "output/meter.h"

struct sl_report {
    bool json;
    bool line;   /* stderr is a terminal: one line there is kept fresh */
    bool quiet;  /* the terminal is gone */
    bool broken; /* stdout took no more */
    struct sl_clock clock;
    struct sl_journal *reader; /* where copies are looked up; NULL: there are none. Borrowed */
    struct sl_copies_owner of;
    size_t need_journal; /* files on chain that can be restored only with this journal */
    int64_t began_ms;    /* Unix ms */
    int64_t started_ms;  /* monotonic, as the times below */
    int64_t line_ms;     /* of the last fresh line */
    int64_t json_ms;     /* of the last progress objects */
    struct sl_meter meter;
};

void sl_report_init(struct sl_report *report, bool json, const struct sl_clock *clock);

/** How often sl_report_tick() has something to say, -1: never. */
int sl_report_interval_ms(const struct sl_report *report);

/** A job has ended: event->job.state is a finished one. */
void sl_report_end(struct sl_report *report, const struct sl_event *event);

/** All bytes are parked at the provider; the copies on chain are still to come. */
void sl_report_parked(struct sl_report *report, const struct sl_event *event);
/** The transaction that commits it is known: event->job.copies.tx. */
void sl_report_sent(struct sl_report *report, const struct sl_event *event);
/** Before any of these: what became of its copies. `job` keeps what was told of them. */
void sl_report_copies(struct sl_report *report, struct sl_job_totals_job *job,
                      const struct sl_event *event);
/** A part of a split file is stored. */
void sl_report_part(struct sl_report *report, const struct sl_event *event);

/** A path that was not queued. */
void sl_report_reject(struct sl_report *report, const char *path, const struct sl_err *err);

/** What a folder has beside its files: left out. */
void sl_report_skip(struct sl_report *report, const struct sl_event *event);

/** A job waits for another try. */
void sl_report_wait(struct sl_report *report, const struct sl_event *event);

/** Show how far it is, when it is time to: call it often. */
void sl_report_tick(struct sl_report *report, struct sl_job_totals *totals);

/** Print the closing line. `left`: files that were given but are neither stored nor failed. `why`:
 * the reason why the run broke off; NULL: it did not. */
void sl_report_summary(struct sl_report *report, const struct sl_job_totals *totals, size_t left,
                       enum sl_exit status, const struct sl_err *why);

/** Take the fresh line away, before something else is written to the terminal. */
void sl_report_clear(struct sl_report *report);

#endif
