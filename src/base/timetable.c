/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#define _DEFAULT_SOURCE /* tm_gmtoff */ /* NOLINT(bugprone-reserved-identifier,cert-dcl37-c) */
#include "sluice/timetable.h"

#include <string.h>
#include <strings.h>
#include <time.h>

#include "sluice/text.h"

enum { DAY_MINUTES = 24 * 60, MINUTE_MS = 60000, WORD_BYTES = 32 };

static const int64_t day_ms = (int64_t)DAY_MINUTES * MINUTE_MS;

/* ---- text ---- */

static int bad_rate(const char *text, struct sl_err *err)
{
    return sl_err_set(err, SL_EFORMAT,
                      "'%.40s' is no rate: `off`, or bytes a second like 500k or 2M, at least 1k "
                      "and at most 2G",
                      text);
}

int sl_rate_parse(uint64_t *bytes_per_s, const char *text, struct sl_err *err)
{
    char word[WORD_BYTES];
    const size_t len = strlen(text);
    uint64_t rate = 0;
    if (strcasecmp(text, "off") == 0 || strcmp(text, "0") == 0) {
        *bytes_per_s = 0;
        return SL_OK;
    }
    if (len == 0 || len >= sizeof word)
        return bad_rate(text, err);
    memcpy(word, text, len + 1);
    if (len > 2 && strcmp(word + len - 2, "/s") == 0)
        word[len - 2] = '\0';
    if (sl_text_parse_size(&rate, word, NULL) < 0 || rate < SL_RATE_MIN || rate > SL_RATE_MAX)
        return bad_rate(text, err);
    *bytes_per_s = rate;
    return SL_OK;
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "H:MM" or "HH:MM" of `len` bytes; -1: it is none. */
static int minute_of(const char *text, size_t len)
{
    const char *colon = memchr(text, ':', len);
    const size_t hours = colon != NULL ? (size_t)(colon - text) : 0;
    if (hours < 1 || hours > 2 || len != hours + 3)
        return -1;
    for (size_t i = 0; i < len; i++) {
        if (i != hours && !digit(text[i]))
            return -1;
    }
    const int hour = hours == 2 ? (text[0] - '0') * 10 + text[1] - '0' : text[0] - '0';
    const int minute = (colon[1] - '0') * 10 + colon[2] - '0';
    return hour < 24 && minute < 60 ? hour * 60 + minute : -1;
}

int sl_day_minute_parse(int *minute, const char *text, struct sl_err *err)
{
    const int at = minute_of(text, strlen(text));
    if (at < 0)
        return sl_err_set(err, SL_EFORMAT, "'%.40s' is no time of the day like 06:30", text);
    *minute = at;
    return SL_OK;
}

/* Keeps the rows ascending. */
static int insert(struct sl_timetable *table, const struct sl_timetable_row *row, const char *word,
                  struct sl_err *err)
{
    int at = table->count;
    if (table->count == SL_TIMETABLE_ROWS)
        return sl_err_set(err, SL_EFORMAT, "more than %d times", SL_TIMETABLE_ROWS);
    while (at > 0 && table->rows[at - 1].minute >= row->minute)
        at--;
    if (at < table->count && table->rows[at].minute == row->minute)
        return sl_err_set(err, SL_EFORMAT, "'%.40s': this time is given twice", word);
    memmove(&table->rows[at + 1], &table->rows[at],
            (size_t)(table->count - at) * sizeof table->rows[0]);
    table->rows[at] = *row;
    table->count++;
    return SL_OK;
}

/* "08:00,2M", or a rate alone, which then is the only word. */
static int read_row(struct sl_timetable *table, const char *word, bool alone, struct sl_err *err)
{
    struct sl_timetable_row row = {0};
    const char *comma = strchr(word, ',');
    if (comma == NULL && !alone)
        return sl_err_set(err, SL_EFORMAT, "'%.40s' is no row like 08:00,2M", word);
    if (comma != NULL)
        row.minute = minute_of(word, (size_t)(comma - word));
    if (row.minute < 0)
        return sl_err_set(err, SL_EFORMAT, "'%.40s' does not begin with a time like 08:00", word);
    const int rc = sl_rate_parse(&row.bytes_per_s, comma != NULL ? comma + 1 : word, err);
    return rc < 0 ? rc : insert(table, &row, word, err);
}

int sl_timetable_parse(struct sl_timetable *table, const char *text, struct sl_err *err)
{
    struct sl_timetable made = {0};
    static const char blanks[] = " \t";
    bool alone = true;
    text += strspn(text, blanks);
    while (*text != '\0') {
        char word[WORD_BYTES];
        const size_t len = strcspn(text, blanks);
        const char *next = text + len + strspn(text + len, blanks);
        if (len >= sizeof word)
            return sl_err_set(err, SL_EFORMAT, "'%.40s' is no row like 08:00,2M", text);
        memcpy(word, text, len);
        word[len] = '\0';
        const int rc = read_row(&made, word, alone && *next == '\0', err);
        if (rc < 0)
            return rc;
        alone = false;
        text = next;
    }
    if (made.count == 0)
        return sl_err_set(err, SL_EFORMAT, "no rate: `off`, 2M, or 08:00,2M 23:00,off");
    *table = made;
    return SL_OK;
}

/* ---- the local clock ---- */

static void local_of(struct tm *local, int64_t wall_ms)
{
    const time_t seconds = (time_t)(wall_ms / 1000 - (wall_ms % 1000 < 0));
    if (localtime_r(&seconds, local) == NULL)
        *local = (struct tm){0};
}

static int64_t offset_ms(int64_t wall_ms)
{
    struct tm local;
    local_of(&local, wall_ms);
    return (int64_t)local.tm_gmtoff * 1000;
}

static int minute_at(int64_t wall_ms)
{
    struct tm local;
    local_of(&local, wall_ms);
    return local.tm_hour * 60 + local.tm_min;
}

/* The first moment in (from, to] with another offset from UTC than `from`; `to` if there is none.
 * Offsets change at whole seconds. */
static int64_t jump_between(int64_t from, int64_t to)
{
    const int64_t before = offset_ms(from);
    if (offset_ms(to) == before)
        return to;
    int64_t same = from - from % 1000;
    while (to - same > 1000) {
        const int64_t middle = same + (to - same) / 2000 * 1000;
        if (offset_ms(middle) == before)
            same = middle;
        else
            to = middle;
    }
    return to - to % 1000;
}

/* When the clock shows `minute` next if it does not jump. */
static int64_t without_jump(int minute, int64_t wall_ms)
{
    const int64_t shown = wall_ms + offset_ms(wall_ms);
    int64_t into_day = shown % day_ms;
    into_day += into_day < 0 ? day_ms : 0;
    const int64_t left = (int64_t)minute * MINUTE_MS - into_day;
    return wall_ms + (left > 0 ? left : left + day_ms);
}

/* Whether the jump forward at `jump_ms` skips this minute of the day. */
static bool skips(int64_t jump_ms, int minute)
{
    const int64_t by = offset_ms(jump_ms) - offset_ms(jump_ms - 1);
    const int64_t since = without_jump(minute, jump_ms - 1) - jump_ms;
    return by > 0 && since >= 0 && since < by;
}

int64_t sl_day_minute_next(int minute, int64_t wall_ms)
{
    for (int jumps = 0; jumps < 4; jumps++) {
        const int64_t next = without_jump(minute, wall_ms);
        const int64_t jump = jump_between(wall_ms, next);
        if (jump == next || skips(jump, minute) || minute_at(jump) == minute)
            return jump;
        wall_ms = jump;
    }
    return without_jump(minute, wall_ms);
}

/* ---- the table ---- */

uint64_t sl_timetable_rate(const struct sl_timetable *table, int64_t wall_ms)
{
    if (table->count == 0)
        return 0;
    const int minute = minute_at(wall_ms);
    int at = table->count - 1; /* since yesterday */
    for (int i = 0; i < table->count && table->rows[i].minute <= minute; i++)
        at = i;
    return table->rows[at].bytes_per_s;
}

int64_t sl_timetable_next(const struct sl_timetable *table, int64_t wall_ms)
{
    int64_t next = INT64_MAX;
    for (int i = 0; table->count > 1 && i < table->count; i++) {
        const int64_t at = without_jump(table->rows[i].minute, wall_ms);
        next = at < next ? at : next;
    }
    return next == INT64_MAX ? next : jump_between(wall_ms, next);
}
