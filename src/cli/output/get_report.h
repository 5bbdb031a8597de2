/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* get_report.h - what `get` and `verify` say: results on stdout, the rest and the fresh line on
 * stderr. Private to cli. */
#ifndef SL_CLI_GET_REPORT_H
#define SL_CLI_GET_REPORT_H

#include "sluice/clock.h"
#include "sluice/fetch.h"

#include "output/exit.h"
#include "output/meter.h"

struct sl_get_report {
    struct sl_clock clock;
    bool json;
    bool silent; /* the bytes go to stdout: nothing else does */
    bool shows;  /* stderr is a terminal */
    bool broken; /* stdout took no more */
    struct sl_meter meter;
    const char *name; /* being fetched; borrowed */
    int64_t start_ms;
    int64_t told_ms; /* of the last progress line of JSON */
    size_t got;
    size_t was_there;
    size_t failed;
    size_t failed_unknown; /* of those, nothing by that name is known */
    size_t failed_retry;   /* of those, worth another run */
    size_t cancelled;
    size_t misused; /* of those, a name that is several files, or none */
    uint64_t bytes;
    uint64_t received_bytes;
};

void sl_get_report_init(struct sl_get_report *report, bool json, bool silent);

/** Another file, before it starts. */
void sl_get_report_begin(struct sl_get_report *report, const char *name);

/** For sl_fetch_watch(); ctx is the report. */
void sl_get_report_progress(void *ctx, const struct sl_fetch_progress *progress);

void sl_get_report_got(struct sl_get_report *report, const char *path,
                       const struct sl_fetch_file *file, const struct sl_fetch_result *result);

/** `unknown`: nothing by that name or PieceCID is known. */
void sl_get_report_failed(struct sl_get_report *report, const char *name, bool unknown,
                          const struct sl_err *err);

/** Write a line that was built; frees it. */
void sl_get_report_out(struct sl_get_report *report, struct sl_buf *text);

/** The last line, and the exit status. */
enum sl_exit sl_get_report_end(struct sl_get_report *report);

#endif
