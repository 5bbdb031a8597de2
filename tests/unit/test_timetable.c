/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sluice/timetable.h"

#include "support/test.h"

enum { MINUTE_MS = 60000, HOUR_MS = 60 * MINUTE_MS };

static void in_zone(const char *zone)
{
    setenv("TZ", zone, 1);
    tzset();
}

/* Rules of their own, so that no zone file is needed: Central Europe and New York. */
static const char berlin[] = "CET-1CEST,M3.5.0,M10.5.0/3";
static const char new_york[] = "EST5EDT,M3.2.0,M11.1.0";

static int64_t utc(int year, int month, int day, int hour, int minute)
{
    struct tm tm = {.tm_year = year - 1900,
                    .tm_mon = month - 1,
                    .tm_mday = day,
                    .tm_hour = hour,
                    .tm_min = minute};
    setenv("TZ", "UTC0", 1);
    tzset();
    return (int64_t)mktime(&tm) * 1000;
}

static struct sl_timetable table_of(const char *text)
{
    struct sl_timetable table;
    struct sl_err err = {0};
    if (sl_timetable_parse(&table, text, &err) < 0)
        fail_msg("%s", err.text);
    return table;
}

static void rates_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t rate;
    } good[] = {{"off", 0},
                {"OFF", 0},
                {"0", 0},
                {"2M", 2000000},
                {"500k", 500000},
                {"1000", 1000},
                {"1.5MiB/s", 1572864},
                {"2MB/s", 2000000},
                {"2G", 2000000000}};
    static const char *const bad[] = {
        "", "/s", "M", "-1", "999", "3G", "on", "2M/m", "1e6", "0x10", "99999999999999999999"};
    uint64_t rate = 1;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_int_equal(sl_rate_parse(&rate, good[i].text, NULL), SL_OK);
        assert_int_equal(rate, good[i].rate);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct sl_err err = {0};
        assert_int_equal(sl_rate_parse(&rate, bad[i], &err), SL_EFORMAT);
        assert_non_null(strstr(err.text, "off"));
    }
}

static void a_timetable_is_read_in_any_order(void **state)
{
    (void)state;
    const struct sl_timetable table = table_of("  23:00,off 08:00,2M\t 12:30,500k ");
    assert_int_equal(table.count, 3);
    assert_int_equal(table.rows[0].minute, 8 * 60);
    assert_int_equal(table.rows[1].minute, 12 * 60 + 30);
    assert_int_equal(table.rows[2].bytes_per_s, 0);
    assert_int_equal(table_of("8:05,1M").rows[0].minute, 8 * 60 + 5);
}

static void a_bad_timetable_is_refused_and_named(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *said;
    } bad[] = {{"", "no rate"},
               {"   ", "no rate"},
               {"08:00", "'08:00'"},
               {"08:00,", "''"},
               {"24:00,2M", "'24:00,2M'"},
               {"08:60,2M", "'08:60,2M'"},
               {"8,2M", "'8,2M'"},
               {"008:00,2M", "'008:00,2M'"},
               {"08:0,2M", "'08:0,2M'"},
               {"+8:00,2M", "'+8:00,2M'"},
               {"08:00,fast", "'fast'"},
               {"2M 08:00,off", "'2M'"},
               {"08:00,off 2M", "'2M'"},
               {"08:00,1M 8:00,2M", "twice"},
               {"08:00,1111111111111111111111111111111M", "not a row"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct sl_err err = {0};
        struct sl_timetable table = {.count = 7};
        assert_int_equal(sl_timetable_parse(&table, bad[i].text, &err), SL_EFORMAT);
        if (strstr(err.text, bad[i].said) == NULL)
            fail_msg("'%s' said: %s", bad[i].text, err.text);
        assert_int_equal(table.count, 7);
    }
}

static void too_many_rows_are_refused(void **state)
{
    (void)state;
    char text[60 * 10] = "";
    struct sl_timetable table;
    for (int i = 0; i <= SL_TIMETABLE_ROWS; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "10:%02d,1M ", i);
    assert_int_equal(sl_timetable_parse(&table, text, NULL), SL_EFORMAT);
}

static void the_last_row_holds_past_midnight(void **state)
{
    (void)state;
    const struct sl_timetable table = table_of("08:00,2M 23:00,off");
    const int64_t noon = utc(2026, 1, 10, 12, 0);
    const int64_t night = utc(2026, 1, 11, 3, 0);
    in_zone("UTC0");
    assert_int_equal(sl_timetable_rate(&table, noon), 2000000);
    assert_int_equal(sl_timetable_next(&table, noon), noon + 11 * HOUR_MS);
    assert_int_equal(sl_timetable_rate(&table, night), 0);
    assert_int_equal(sl_timetable_next(&table, night), night + 5 * HOUR_MS);
    const int64_t eight = night + 5 * HOUR_MS;
    assert_int_equal(sl_timetable_rate(&table, eight), 2000000);
    assert_int_equal(sl_timetable_rate(&table, eight - 1), 0);
    assert_int_equal(sl_timetable_next(&table, eight), eight + 15 * HOUR_MS);
}

static void a_rate_alone_never_changes(void **state)
{
    (void)state;
    const struct sl_timetable always = table_of("2M");
    const struct sl_timetable never = {0};
    assert_int_equal(sl_timetable_rate(&always, 0), 2000000);
    assert_int_equal(sl_timetable_next(&always, 0), INT64_MAX);
    assert_int_equal(sl_timetable_rate(&never, 0), 0);
    assert_int_equal(sl_timetable_next(&never, 0), INT64_MAX);
}

static void a_time_that_the_clock_skips_holds_from_the_jump_on(void **state)
{
    (void)state;
    const struct sl_timetable table = table_of("02:30,1M 20:00,off");
    const int64_t jump = utc(2026, 3, 29, 1, 0); /* 02:00 becomes 03:00 */
    in_zone(berlin);
    assert_int_equal(sl_timetable_next(&table, jump - 2 * HOUR_MS), jump);
    assert_int_equal(sl_timetable_rate(&table, jump - 1), 0);
    assert_int_equal(sl_timetable_rate(&table, jump), 1000000);
    assert_int_equal(sl_timetable_next(&table, jump), jump + 17 * HOUR_MS); /* 20:00 */
    assert_int_equal(sl_day_minute_next(150, jump - HOUR_MS), jump);
    assert_int_equal(sl_day_minute_next(150, jump), jump + 23 * HOUR_MS + HOUR_MS / 2);
}

static void a_time_behind_the_jump_is_met_to_the_minute(void **state)
{
    (void)state;
    const int64_t jump = utc(2026, 3, 8, 7, 0); /* 02:00 EST becomes 03:00 EDT */
    in_zone(new_york);
    assert_int_equal(sl_day_minute_next(6 * 60 + 30, jump - HOUR_MS), jump + 7 * HOUR_MS / 2);
    assert_int_equal(sl_day_minute_next(3 * 60, jump - HOUR_MS), jump);
    const struct sl_timetable table = table_of("06:30,1M 22:00,off");
    /* looked at once more at the jump, where nothing changes */
    assert_int_equal(sl_timetable_next(&table, jump - HOUR_MS), jump);
    assert_int_equal(sl_timetable_next(&table, jump), jump + 7 * HOUR_MS / 2);
    assert_int_equal(sl_timetable_rate(&table, jump + 7 * HOUR_MS / 2 - 1), 0);
    assert_int_equal(sl_timetable_rate(&table, jump + 7 * HOUR_MS / 2), 1000000);
}

static void a_time_that_comes_twice_begins_twice(void **state)
{
    (void)state;
    const struct sl_timetable table = table_of("02:30,1M 20:00,off");
    const int64_t back = utc(2026, 10, 25, 1, 0); /* 03:00 becomes 02:00 */
    in_zone(berlin);
    assert_int_equal(sl_timetable_rate(&table, back - HOUR_MS / 2), 1000000);
    assert_int_equal(sl_timetable_next(&table, back - HOUR_MS / 2), back);
    assert_int_equal(sl_timetable_rate(&table, back), 0); /* 02:00 again */
    assert_int_equal(sl_timetable_next(&table, back), back + HOUR_MS / 2);
    assert_int_equal(sl_timetable_rate(&table, back + HOUR_MS / 2), 1000000);
    assert_int_equal(sl_timetable_next(&table, back + HOUR_MS / 2), back + 18 * HOUR_MS);
    assert_int_equal(sl_day_minute_next(60, back - HOUR_MS), back + 23 * HOUR_MS);
}

/* Whatever the day: between two changes the rate stays, and each time is met. */
static void following_next_misses_nothing(void **state)
{
    (void)state;
    const struct sl_timetable table = table_of("00:00,1M 01:59,2M 02:30,3M 03:00,4M 23:59,off");
    static const int days[][3] = {{2026, 3, 28}, {2026, 10, 24}, {2026, 6, 1}};
    for (size_t d = 0; d < 3; d++) {
        int64_t at = utc(days[d][0], days[d][1], days[d][2], 10, 0);
        int64_t next = at;
        const int64_t end = at + 48 * HOUR_MS;
        in_zone(berlin);
        for (; at < end; at += MINUTE_MS) {
            if (at >= next)
                next = sl_timetable_next(&table, at);
            assert_true(next > at);
            if (at + MINUTE_MS < next)
                assert_int_equal(sl_timetable_rate(&table, at),
                                 sl_timetable_rate(&table, at + MINUTE_MS));
        }
    }
}

static void times_of_the_day_are_read(void **state)
{
    (void)state;
    int minute = -1;
    struct sl_err err = {0};
    assert_int_equal(sl_day_minute_parse(&minute, "6:30", &err), SL_OK);
    assert_int_equal(minute, 390);
    assert_int_equal(sl_day_minute_parse(&minute, "23:59", &err), SL_OK);
    assert_int_equal(sl_day_minute_parse(&minute, "24:00", &err), SL_EFORMAT);
    assert_int_equal(sl_day_minute_parse(&minute, "", &err), SL_EFORMAT);
    assert_int_equal(sl_day_minute_parse(&minute, "12:3x", &err), SL_EFORMAT);
    assert_int_equal(minute, 1439);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_are_read),
        cmocka_unit_test(a_timetable_is_read_in_any_order),
        cmocka_unit_test(a_bad_timetable_is_refused_and_named),
        cmocka_unit_test(too_many_rows_are_refused),
        cmocka_unit_test(the_last_row_holds_past_midnight),
        cmocka_unit_test(a_rate_alone_never_changes),
        cmocka_unit_test(a_time_that_the_clock_skips_holds_from_the_jump_on),
        cmocka_unit_test(a_time_behind_the_jump_is_met_to_the_minute),
        cmocka_unit_test(a_time_that_comes_twice_begins_twice),
        cmocka_unit_test(following_next_misses_nothing),
        cmocka_unit_test(times_of_the_day_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
