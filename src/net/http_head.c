/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "http_head.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <curl/curl.h>

static const int64_t retry_after_max_ms = 3600 * INT64_C(1000);

void sl_http_response_reset(struct sl_http_response *response)
{
    response->status = 0;
    response->retry_after_ms = -1;
    response->content_length = UINT64_MAX;
    response->sent_bytes = 0;
    response->location[0] = '\0';
    response->content_type[0] = '\0';
    response->content_range[0] = '\0';
    response->etag[0] = '\0';
    sl_buf_clear(&response->body);
}

void sl_http_response_free(struct sl_http_response *response)
{
    sl_buf_free(&response->body);
}

int64_t sl_http_retry_after_ms(const char *value, int64_t wall_ms)
{
    const size_t digits = strspn(value, "0123456789");
    if (digits > 0 && value[digits] == '\0') {
        const long seconds = digits > 6 ? 999999 : strtol(value, NULL, 10);
        const int64_t ms = (int64_t)seconds * 1000;
        return ms < retry_after_max_ms ? ms : retry_after_max_ms;
    }
    /* Every form of a date starts with the name of a day; curl_getdate() alone takes much more. */
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    size_t day = 0;
    while (day < 7 && strncmp(value, days[day], 3) != 0)
        day++;
    const time_t when = day < 7 ? curl_getdate(value, NULL) : -1;
    if (when < 0)
        return -1;
    if (when <= wall_ms / 1000)
        return 0;
    const int64_t seconds = (int64_t)when - wall_ms / 1000;
    return seconds < retry_after_max_ms / 1000 ? seconds * 1000 : retry_after_max_ms;
}

/* Whether the line is this header; then its value without the white space around it. */
static bool value_of(const char **value, size_t *value_len, const char *line, size_t len,
                     const char *name)
{
    const size_t name_len = strlen(name);
    if (len <= name_len || strncasecmp(line, name, name_len) != 0 || line[name_len] != ':')
        return false;
    const char *at = line + name_len + 1;
    const char *end = line + len;
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    while (end > at && strchr(" \t\r\n", end[-1]) != NULL)
        end--;
    *value = at;
    *value_len = (size_t)(end - at);
    return true;
}

static void copy_value(char *out, size_t cap, const char *value, size_t len)
{
    out[0] = '\0';
    if (len >= cap)
        return;
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)value[i] < ' ' || value[i] == 0x7f)
            return;
    }
    memcpy(out, value, len);
    out[len] = '\0';
}

static void read_header(struct sl_http_head *head, struct sl_http_response *response,
                        const char *line, size_t len, int64_t wall_ms)
{
    const struct {
        const char *name;
        char *out;
        size_t cap;
    } wanted[] = {
        {"Location", response->location, sizeof response->location},
        {"Content-Type", response->content_type, sizeof response->content_type},
        {"Content-Range", response->content_range, sizeof response->content_range},
        {"ETag", response->etag, sizeof response->etag},
    };
    const char *value = NULL;
    size_t value_len = 0;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        if (value_of(&value, &value_len, line, len, wanted[i].name))
            copy_value(wanted[i].out, wanted[i].cap, value, value_len);
    }
    char text[64];
    if (value_of(&value, &value_len, line, len, "Retry-After")) {
        copy_value(text, sizeof text, value, value_len);
        response->retry_after_ms = sl_http_retry_after_ms(text, wall_ms);
    } else if (value_of(&value, &value_len, line, len, "Content-Length")) {
        copy_value(text, sizeof text, value, value_len);
        const size_t digits = strspn(text, "0123456789");
        if (digits > 0 && digits < 19 && text[digits] == '\0')
            response->content_length = strtoull(text, NULL, 10);
    } else if (value_of(&value, &value_len, line, len, "Transfer-Encoding")) {
        head->chunked = true;
    }
}

/* "HTTP/1.1 200 OK": libcurl has checked the form, the range of the status it leaves to us. */
static int read_status(struct sl_http_head *head, struct sl_http_response *response,
                       const char *line, size_t len, struct sl_err *err)
{
    const char *space = memchr(line, ' ', len);
    const size_t at = space != NULL ? (size_t)(space - line) + 1 : len;
    int status = 0;
    for (size_t i = at; i < len && i < at + 3 && line[i] >= '0' && line[i] <= '9'; i++)
        status = status * 10 + (line[i] - '0');
    if (status < 100 || status > 599)
        return sl_err_set(err, SL_EPROTO, "the server answered with a status that does not exist");
    const size_t seen = head->seen_bytes;
    *head = (struct sl_http_head){.status = status, .seen_bytes = seen};
    sl_http_response_reset(response);
    response->status = status;
    return 0;
}

int sl_http_head_line(struct sl_http_head *head, struct sl_http_response *response,
                      const char *line, size_t len, int64_t wall_ms, struct sl_err *err)
{
    head->seen_bytes += len;
    if (head->seen_bytes > SL_HTTP_HEAD_BYTES)
        return sl_err_set(err, SL_EPROTO, "the server sends endless header lines");
    if (head->ended)
        return 0;
    if (len >= 5 && memcmp(line, "HTTP/", 5) == 0)
        return read_status(head, response, line, len, err);
    if (line[0] == '\r' || line[0] == '\n')
        head->ended = head->status >= 200;
    else
        read_header(head, response, line, len, wall_ms);
    return 0;
}
