/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the log tells about a request. The log itself takes secrets out of URLs. */
#include "http_trace.h"

#include <string.h>
#include <strings.h>

#include "sluice/log.h"

enum { SHOWN_BYTES = 2048 };

/* ---- debug: heads and bodies ---- */

static bool contains(const char *name, size_t len, const char *word)
{
    const size_t word_len = strlen(word);
    for (size_t i = 0; i + word_len <= len; i++) {
        if (strncasecmp(name + i, word, word_len) == 0)
            return true;
    }
    return false;
}

static bool is_secret(const char *name, size_t len)
{
    static const char *const words[] = {"auth",    "cookie",   "token",    "key",
                                        "secret",  "session",  "password", "credential",
                                        "api-key", "signature"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (contains(name, len, words[i]))
            return true;
    }
    return false;
}

void sl_http_trace_header(struct sl_http_transfer *t, const char *line, size_t len)
{
    const char *colon = memchr(line, ':', len);
    const size_t name_len = colon != NULL ? (size_t)(colon - line) : 0;
    if (!sl_log_is_on(SL_LOG_DEBUG, SL_LOG_NET))
        return;
    while (len > 0 && (line[len - 1] == '\r' || line[len - 1] == '\n'))
        len--;
    if (len == 0 || t->heads.len + len + 8 > SHOWN_BYTES)
        return;
    if (t->heads.len > 0)
        sl_buf_str(&t->heads, " | ");
    if (is_secret(line, name_len)) {
        sl_buf_add(&t->heads, line, name_len);
        sl_buf_str(&t->heads, ": ...");
    } else {
        sl_buf_add(&t->heads, line, len);
    }
}

/* Anything but control bytes: JSON and error pages. */
static bool is_text(const char *body, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)body[i] < ' ' && strchr("\t\r\n", body[i]) == NULL)
            return false;
        if (body[i] == '\0' || body[i] == 0x7f)
            return false;
    }
    return true;
}

static void body(const char *whose, const char *data, size_t len)
{
    const size_t shown = len < SHOWN_BYTES ? len : SHOWN_BYTES;
    if (len == 0 || !sl_log_is_on(SL_LOG_DEBUG, SL_LOG_NET))
        return;
    if (!is_text(data, shown))
        sl_log(SL_LOG_DEBUG, SL_LOG_NET, "%s body: %zu bytes, not text", whose, len);
    else if (shown < len)
        sl_log(SL_LOG_DEBUG, SL_LOG_NET, "%s body: %zu bytes: %.*s...", whose, len, (int)shown,
               data);
    else
        sl_log(SL_LOG_DEBUG, SL_LOG_NET, "%s body: %.*s", whose, (int)shown, data);
}

void sl_http_trace_begin(const struct sl_http_transfer *t)
{
    const struct sl_http_request *r = t->request;
    if (!sl_log_is_on(SL_LOG_DEBUG, SL_LOG_NET))
        return;
    sl_log(SL_LOG_DEBUG, SL_LOG_NET, "request head: %s %s%s%s%s%s%s%s | Content-Length: %llu",
           r->method, r->url, r->content_type != NULL ? " | Content-Type: " : "",
           r->content_type != NULL ? r->content_type : "", r->range != NULL ? " | Range: " : "",
           r->range != NULL ? r->range : "", r->if_range != NULL ? " | If-Range: " : "",
           r->if_range != NULL ? r->if_range : "", (unsigned long long)r->body_bytes);
    if (r->body != NULL)
        body("request", r->body, r->body_bytes < SIZE_MAX ? (size_t)r->body_bytes : 0);
}

/* ---- trace: how long each phase took ---- */

static double ms_of(CURL *easy, CURLINFO info)
{
    curl_off_t us = 0;
    return curl_easy_getinfo(easy, info, &us) == CURLE_OK ? (double)us / 1000 : 0;
}

static void phases(const struct sl_http_transfer *t)
{
    CURL *easy = t->http->easy;
    long connects = 0;
    char *peer = NULL;
    if (!sl_log_is_on(SL_LOG_TRACE, SL_LOG_NET))
        return;
    (void)curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connects);
    (void)curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &peer);
    sl_log(SL_LOG_TRACE, SL_LOG_NET,
           "phases, ms since the start: dns %.1f, connect %.1f, tls %.1f, first byte %.1f, end "
           "%.1f; %s connection to %s",
           ms_of(easy, CURLINFO_NAMELOOKUP_TIME_T), ms_of(easy, CURLINFO_CONNECT_TIME_T),
           ms_of(easy, CURLINFO_APPCONNECT_TIME_T), ms_of(easy, CURLINFO_STARTTRANSFER_TIME_T),
           ms_of(easy, CURLINFO_TOTAL_TIME_T), connects > 0 ? "new" : "kept",
           peer != NULL && peer[0] != '\0' ? peer : "nobody");
}

/* ---- info: one line a request ---- */

void sl_http_trace_end(const struct sl_http_transfer *t, int rc, const struct sl_err *err)
{
    const struct sl_http_request *r = t->request;
    const long long ms = (long long)(sl_now_ms(&t->http->clock) - t->started_ms);
    phases(t);
    if (t->heads.len > 0 && t->heads.failed == SL_OK)
        sl_log(SL_LOG_DEBUG, SL_LOG_NET, "answer head: %s", t->heads.data);
    body("answer", t->response->body.data, t->response->body.len);
    if (rc == SL_OK)
        sl_log(SL_LOG_INFO, SL_LOG_NET, "%s %s -> %d, sent %llu, received %llu bytes, %lld ms",
               r->method, r->url, t->response->status, (unsigned long long)t->body_given,
               (unsigned long long)t->body_received, ms);
    else
        sl_log(SL_LOG_INFO, SL_LOG_NET, "%s %s failed, sent %llu, received %llu bytes, %lld ms: %s",
               r->method, r->url, (unsigned long long)t->body_given,
               (unsigned long long)t->body_received, ms, err != NULL ? err->text : sl_err_text(rc));
}
