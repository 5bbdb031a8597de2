/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * clock.h - time as a value that the caller passes in. Layer: base.
 *
 * Nothing below main() asks the system for the time. It gets a struct sl_clock instead, so that
 * tests can move time by hand (tests/support/fake_clock.h) and nothing ever sleeps.
 */
#ifndef SL_CLOCK_H
#define SL_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/** Plain value, copied freely; the functions may be called from any thread. */
struct sl_clock {
    int64_t (*now_ms)(void *ctx);  /* monotonic; only differences mean something */
    int64_t (*wall_ms)(void *ctx); /* Unix time in ms; may jump */
    void *ctx;
};

/** CLOCK_MONOTONIC and CLOCK_REALTIME. */
struct sl_clock sl_clock_system(void);

int64_t sl_now_ms(const struct sl_clock *clock);
int64_t sl_wall_ms(const struct sl_clock *clock);

enum { SL_RFC3339_CHARS = 25 }; /* "2026-01-31T23:59:59.999Z" and NUL */

/** Unix ms as RFC 3339 in UTC with milliseconds. */
void sl_rfc3339(char out[static SL_RFC3339_CHARS], int64_t wall_ms);

enum { SL_LOCAL_TIME_CHARS = 20 }; /* "2026-01-31 23:59:59" and NUL */

/** Format Unix ms as local wall-clock time (TZ), for people. Files and JSON use UTC. */
void sl_local_time(char out[static SL_LOCAL_TIME_CHARS], int64_t wall_ms);

/** Read exactly the form that sl_rfc3339() writes. False: `text` has another form. */
bool sl_rfc3339_parse(int64_t *wall_ms, const char *text);

#endif
