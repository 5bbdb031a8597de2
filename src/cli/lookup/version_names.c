/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#define _DEFAULT_SOURCE /* timegm */ /* NOLINT(bugprone-reserved-identifier,cert-dcl37-c) */
#include "lookup/version_names.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sluice/buf.h"
#include "sluice/clock.h"
#include "sluice/path.h"

enum { EXTENSION_MAX = 16, TAIL = 8 };

void sl_date_text(char out[static SL_DATE_CHARS], int64_t wall_ms)
{
    char text[SL_LOCAL_TIME_CHARS] = "-";
    if (wall_ms != 0)
        sl_local_time(text, wall_ms);
    snprintf(out, SL_DATE_CHARS, "%s", text);
}

/* ---- DATE ---- */

/* Read exactly `digits` digits within these bounds; advances *at. */
static bool take_digits(int *out, const char **at, int digits, int least, int most)
{
    *out = 0;
    for (int i = 0; i < digits; i++, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        *out = *out * 10 + (**at - '0');
    }
    return *out >= least && *out <= most;
}

static bool take_sign(const char **at, char c)
{
    if (**at != c)
        return false;
    (*at)++;
    return true;
}

static bool take_day(struct tm *out, const char **at)
{
    const bool good = take_digits(&out->tm_year, at, 4, 1970, 9999) && take_sign(at, '-') &&
                      take_digits(&out->tm_mon, at, 2, 1, 12) && take_sign(at, '-') &&
                      take_digits(&out->tm_mday, at, 2, 1, 31);
    out->tm_year -= 1900;
    out->tm_mon--;
    return good;
}

/* "18:05", "18:05:30", "18:05:30.250". *span_ms: how long the named time lasts. */
static bool take_time(struct tm *out, int *ms, int64_t *span_ms, const char **at)
{
    if (!take_digits(&out->tm_hour, at, 2, 0, 23) || !take_sign(at, ':') ||
        !take_digits(&out->tm_min, at, 2, 0, 59))
        return false;
    *span_ms = 60000;
    if (!take_sign(at, ':'))
        return true;
    *span_ms = 1000;
    if (!take_digits(&out->tm_sec, at, 2, 0, 60))
        return false;
    if (!take_sign(at, '.'))
        return true;
    *span_ms = 1;
    return take_digits(ms, at, 3, 0, 999);
}

int sl_date_parse(int64_t *until_ms, const char *text, struct sl_err *err)
{
    struct tm when = {.tm_isdst = -1};
    const char *at = text;
    int ms = 0;
    int64_t span_ms = 0;
    bool good = take_day(&when, &at);
    const int month = when.tm_mon;
    if (good && (take_sign(&at, 'T') || take_sign(&at, ' ')))
        good = take_time(&when, &ms, &span_ms, &at);
    const bool utc = good && span_ms > 0 && take_sign(&at, 'Z');
    if (good && span_ms == 0)
        when.tm_mday++; /* the day ends where the next one begins, however long it was */
    const time_t seconds = utc ? timegm(&when) : mktime(&when);
    /* mktime() has normalised a day that the month does not have */
    const bool other = span_ms > 0 && when.tm_mon != month;
    if (!good || *at != '\0' || seconds == (time_t)-1 || other)
        return sl_err_set(err, SL_EUSAGE,
                          "--at: '%.40s' is no date: write 2026-11-30 or 2026-11-30T18:05", text);
    *until_ms = (int64_t)seconds * 1000 + ms + span_ms - 1;
    return SL_OK;
}

/* ---- names ---- */

/* Where an extension such as ".mkv" begins; the end of the name when it has none. */
static size_t extension_of(const char *base)
{
    const size_t len = strlen(base);
    const char *dot = strrchr(base, '.');
    const size_t at = dot != NULL && dot != base ? (size_t)(dot - base) : len;
    return len - at <= EXTENSION_MAX ? at : len;
}

/* The longest prefix of at most `most` bytes that cuts no character. */
static size_t cut(const char *text, size_t len, size_t most)
{
    if (len <= most)
        return len;
    while (most > 0 && ((unsigned char)text[most] & 0xc0) == 0x80)
        most--;
    return most;
}

char *sl_version_name(const char *path, int64_t stored_ms, const struct sl_piece_id *cid,
                      bool unique)
{
    char date[SL_DATE_CHARS] = "", text[SL_PIECE_CID_CHARS], mark[SL_DATE_CHARS + TAIL + 5];
    struct sl_buf out = {0};
    if (stored_ms != 0) {
        sl_date_text(date, stored_ms);
        memmove(date + 13, date + 14, sizeof date - 14); /* some file systems allow no colon */
    }
    sl_piece_cid(text, cid);
    const char *tail = unique || date[0] == '\0' ? text + strlen(text) - TAIL : "";
    snprintf(mark, sizeof mark, " (%s%s%s)", date, date[0] != '\0' && tail[0] != '\0' ? " " : "",
             tail);
    const char *base = sl_path_base(path);
    const size_t stem = extension_of(base);
    const size_t room = SL_NAME_BYTES - 1 - strlen(mark) - strlen(base + stem);
    sl_buf_add(&out, path, (size_t)(base - path));
    sl_buf_add(&out, base, cut(base, stem, room));
    sl_buf_str(&out, mark);
    sl_buf_str(&out, base + stem);
    if (out.failed < 0)
        sl_buf_free(&out);
    return out.data;
}
