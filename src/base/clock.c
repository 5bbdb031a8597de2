/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#define _DEFAULT_SOURCE /* timegm */ /* NOLINT(bugprone-reserved-identifier,cert-dcl37-c) */
#include "sluice/clock.h"

#include <stdio.h>
#include <string.h>
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

/* The result is formatted again and compared, so that only the exact form passes. */
bool sl_rfc3339_parse(int64_t *wall_ms, const char *text)
{
    static const char form[] = "0000-00-00T00:00:00.000Z";
    char again[SL_RFC3339_CHARS];
    int numbers[7] = {0};
    size_t n = 0;
    if (strlen(text) != sizeof form - 1)
        return false;
    for (size_t i = 0; i < sizeof form - 1; i++) {
        if (form[i] != '0' && text[i] != form[i])
            return false;
        if (form[i] != '0')
            n++;
        else if (text[i] < '0' || text[i] > '9')
            return false;
        else
            numbers[n] = numbers[n] * 10 + (text[i] - '0');
    }
    struct tm utc = {.tm_year = numbers[0] - 1900,
                     .tm_mon = numbers[1] - 1,
                     .tm_mday = numbers[2],
                     .tm_hour = numbers[3],
                     .tm_min = numbers[4],
                     .tm_sec = numbers[5]};
    *wall_ms = (int64_t)timegm(&utc) * 1000 + numbers[6];
    sl_rfc3339(again, *wall_ms);
    return strcmp(again, text) == 0;
}
