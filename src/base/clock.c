/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t read_clock(clockid_t id)
{
    struct timespec now = {0};
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t system_now(void *ctx)
{
    (void)ctx;
    return read_clock(CLOCK_MONOTONIC);
}

static int64_t system_wall(void *ctx)
{
    (void)ctx;
    return read_clock(CLOCK_REALTIME);
}

struct sl_clock sl_clock_system(void)
{
    return (struct sl_clock){system_now, system_wall, NULL};
}

int64_t sl_now_ms(const struct sl_clock *clock)
{
    return clock->now_ms(clock->ctx);
}

int64_t sl_wall_ms(const struct sl_clock *clock)
{
    return clock->wall_ms(clock->ctx);
}

void sl_rfc3339(char out[static SL_RFC3339_CHARS], int64_t wall_ms)
{
    int64_t seconds = wall_ms / 1000;
    int64_t ms = wall_ms % 1000;
    if (ms < 0) {
        ms += 1000;
        seconds--;
    }
    const time_t when = (time_t)seconds;
    struct tm utc;
    if (gmtime_r(&when, &utc) == NULL || utc.tm_year < -1900 || utc.tm_year > 9999 - 1900) {
        snprintf(out, SL_RFC3339_CHARS, "1970-01-01T00:00:00.000Z");
        return;
    }
    char date[SL_RFC3339_CHARS];
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(out, SL_RFC3339_CHARS, "%.19s.%03dZ", date, (int)ms);
}

void sl_local_time(char out[static SL_LOCAL_TIME_CHARS], int64_t wall_ms)
{
    const time_t when = (time_t)(wall_ms / 1000);
    struct tm local;
    if (localtime_r(&when, &local) == NULL || local.tm_year < -900 || local.tm_year > 9999 - 1900 ||
        strftime(out, SL_LOCAL_TIME_CHARS, "%Y-%m-%d %H:%M:%S", &local) == 0)
        snprintf(out, SL_LOCAL_TIME_CHARS, "1970-01-01 00:00:00");
}
