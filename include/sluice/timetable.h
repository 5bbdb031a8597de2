/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * timetable.h - rates by the time of day, and times of day. Layer: base.
 *
 * Times are local wall-clock times ("08:00", TZ of the process), also on days when the clock
 * changes. A row whose time is skipped applies from the change on. A row whose time occurs twice
 * starts twice; in between, the clock decides. Pure, apart from the rules of the time zone; any
 * thread.
 */
#ifndef SL_TIMETABLE_H
#define SL_TIMETABLE_H

#include <stdint.h>

#include "sluice/err.h"

/* a rate is 0 (no limit) or between these, so that it fits an int */
enum { SL_RATE_MIN = 1000, SL_RATE_MAX = 2000000000 };

/** "off", "0", "2M", "500k", "1.5MiB/s": bytes a second. Errors: SL_EFORMAT with what is allowed.
 */
int sl_rate_parse(uint64_t *bytes_per_s, const char *text, struct sl_err *err) SL_MUST_CHECK;

enum { SL_TIMETABLE_ROWS = 48 };

/** Plain value. Zeroed: never a limit. */
struct sl_timetable {
    int count;
    struct sl_timetable_row {
        int minute; /* of the day, 0 .. 1439; rows ascend */
        uint64_t bytes_per_s;
    } rows[SL_TIMETABLE_ROWS];
};

/**
 * Parse "off", "2M", or "08:00,2M 23:00,off": rows separated by blanks, in any order. A single rate
 * without a time always applies. Errors: SL_EFORMAT (a bad row, which is named; a repeated time; no
 * row; too many rows); *table is unchanged then.
 */
int sl_timetable_parse(struct sl_timetable *table, const char *text,
                       struct sl_err *err) SL_MUST_CHECK;

/** The rate at this Unix time in ms; 0: no limit. */
uint64_t sl_timetable_rate(const struct sl_timetable *table, int64_t wall_ms);

/** The first time after `wall_ms` at which the rate may change; INT64_MAX: never. */
int64_t sl_timetable_next(const struct sl_timetable *table, int64_t wall_ms);

/** "6:30", "23:05": minute of the day. Errors: SL_EFORMAT. */
int sl_day_minute_parse(int *minute, const char *text, struct sl_err *err) SL_MUST_CHECK;

/** The next time after `wall_ms` at which the local clock shows that minute, or skips it. */
int64_t sl_day_minute_next(int minute, int64_t wall_ms);

#endif
