/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* http_result.c - when a request is over, and what its end means. */
#include "http_result.h"

#include <string.h>

#include "sluice/text.h"

#include "http_transfer.h"

bool sl_http_transfer_answered(const struct sl_http_transfer *t)
{
    if (!t->head.ended)
        return false;
    if (t->head.status == 204 || t->head.status == 304 || strcmp(t->request->method, "HEAD") == 0)
        return true;
    return !t->head.chunked && t->response->content_length != UINT64_MAX &&
           t->body_received >= t->response->content_length;
}

/* Notes what has moved since the last look. Acknowledgements come without waking anybody, so they
 * are looked at here, before the rule strikes. */
static void look_for_movement(struct sl_http_transfer *t, int64_t now_ms)
{
    curl_off_t up = 0;
    curl_off_t down = 0;
    (void)curl_easy_getinfo(t->http->easy, CURLINFO_SIZE_UPLOAD_T, &up);
    (void)curl_easy_getinfo(t->http->easy, CURLINFO_SIZE_DOWNLOAD_T, &down);
    const uint64_t received = (uint64_t)down + (t->head.ended ? 1 : 0);
    const uint64_t unacked_bytes = sl_http_sockets_unacked_bytes(&t->http->sockets);
    if ((uint64_t)up != t->moved_up || received != t->moved_down ||
        unacked_bytes != t->unacked_bytes)
        t->moved_ms = now_ms;
    t->moved_up = (uint64_t)up;
    t->moved_down = received;
    t->unacked_bytes = unacked_bytes;
}

/* How long nothing may move now. */
static int64_t patience_ms(const struct sl_http_transfer *t)
{
    const int64_t stall_ms = t->request->stall_ms > 0 ? t->request->stall_ms : t->http->stall_ms;
    const bool server_works = t->request->body_bytes > 0 && t->moved_up >= t->request->body_bytes &&
                              t->unacked_bytes == 0 && t->head.status < 200;
    return server_works && t->http->answer_ms > stall_ms ? t->http->answer_ms : stall_ms;
}

/* Time left of a limit; INT64_MAX: no limit. */
static int64_t total_left_ms(const struct sl_http_transfer *t, int64_t *limit_ms, int64_t now_ms)
{
    const struct sl_http_request *request = t->request;
    const bool short_one = request->body_bytes == 0 && request->write == NULL;
    *limit_ms = request->timeout_ms > 0 ? request->timeout_ms : short_one ? SL_HTTP_TOTAL_MS : 0;
    return *limit_ms > 0 ? t->started_ms + *limit_ms - now_ms : INT64_MAX;
}

/* For an answer that goes to memory; an answer to a sink may be long. */
static int64_t answer_left_ms(const struct sl_http_transfer *t, int64_t now_ms)
{
    const bool in_memory = t->request->write == NULL || t->head.status >= 300;
    return t->head.ended && in_memory ? t->head_ms + SL_HTTP_ANSWER_MS - now_ms : INT64_MAX;
}

/* Time is cut into stretches of slow_ms; each must bring its bytes. */
static int64_t slow_left_ms(struct sl_http_transfer *t, int64_t now_ms)
{
    const struct sl_http_request *request = t->request;
    if (request->slow_ms <= 0)
        return INT64_MAX;
    const int64_t left_ms = t->slow_since_ms + request->slow_ms - now_ms;
    if (left_ms > 0 || t->body_received - t->slow_down < request->slow_bytes)
        return left_ms;
    t->slow_since_ms = now_ms;
    t->slow_down = t->body_received;
    return request->slow_ms;
}

static int too_slow(const struct sl_http_transfer *t, struct sl_err *err)
{
    sl_err_set(err, SL_ESTALLED, "fewer than %llu bytes came in %lld ms",
               (unsigned long long)t->request->slow_bytes, (long long)t->request->slow_ms);
    if (err != NULL)
        err->detail = SL_HTTP_TOO_SLOW;
    return SL_ESTALLED;
}

/* The limits that hold even while bytes move. Returns the ms until the next one, or an error code.
 */
static int64_t limits_wait(struct sl_http_transfer *t, int64_t now_ms, struct sl_err *err)
{
    int64_t limit_ms;
    const int64_t total_ms = total_left_ms(t, &limit_ms, now_ms);
    const int64_t answer_ms = answer_left_ms(t, now_ms);
    const int64_t slow_ms = slow_left_ms(t, now_ms);
    if (total_ms <= 0) {
        sl_err_set(err, SL_ENET, "no answer within %lld ms", (long long)limit_ms);
        if (err != NULL)
            err->detail = CURLE_OPERATION_TIMEDOUT;
        return SL_ENET;
    }
    if (answer_ms <= 0)
        return sl_err_set(err, SL_ESTALLED, "the answer is too slow: not complete after %d ms",
                          (int)SL_HTTP_ANSWER_MS);
    if (slow_ms <= 0)
        return too_slow(t, err);
    const int64_t first_ms = total_ms < answer_ms ? total_ms : answer_ms;
    return first_ms < slow_ms ? first_ms : slow_ms;
}

int64_t sl_http_transfer_wait(struct sl_http_transfer *t, struct sl_err *err)
{
    const int64_t now_ms = sl_now_ms(&t->http->clock);
    const int64_t wait_ms = limits_wait(t, now_ms, err);
    if (wait_ms <= 0 || !t->connected)
        return wait_ms;
    if (t->paused) {
        const int64_t rest_ms = t->http->resume_at_ms > now_ms ? t->http->resume_at_ms - now_ms : 0;
        return rest_ms < wait_ms ? rest_ms : wait_ms;
    }
    look_for_movement(t, now_ms);
    const int64_t stall_ms = patience_ms(t);
    const int64_t left_ms = t->moved_ms + stall_ms - now_ms;
    if (left_ms <= 0)
        return sl_err_set(err, SL_ESTALLED, "no byte moved for %lld ms", (long long)stall_ms);
    return left_ms < wait_ms ? left_ms : wait_ms;
}

static int code_of(CURLcode code, const struct sl_http_transfer *t)
{
    switch ((int)code) {
    case CURLE_OUT_OF_MEMORY:
        return SL_ENOMEM;
    case CURLE_SSL_CACERT_BADFILE:
        return SL_ECONFIG;
    case CURLE_URL_MALFORMAT:
        return SL_EFORMAT;
    case CURLE_UNSUPPORTED_PROTOCOL: /* an answer that is not HTTP, once connected */
        return t->connected ? SL_EPROTO : SL_EFORMAT;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
        return SL_EPROTO;
    default:
        return SL_ENET;
    }
}

/* libcurl's own words may quote the server. */
static int curl_failure(const struct sl_http_transfer *t, CURLcode code, struct sl_err *err)
{
    char text[160];
    if (!t->connected && t->http->sockets.refused)
        return sl_http_not_public(err);
    const char *why = t->curl_text[0] != '\0' ? t->curl_text : curl_easy_strerror(code);
    (void)sl_text_escape(text, sizeof text, why, strlen(why));
    sl_err_set(err, code_of(code, t), "%s", text);
    if (err != NULL)
        err->detail = (int)code;
    return code_of(code, t);
}

/* A connection that broke after the answer is no loss. Of a refusal that came while the body was on
 * its way the status is enough: a server that closes with unread bytes resets the connection, and
 * the rest of its text may never arrive. */
static bool answer_counts(const struct sl_http_transfer *t)
{
    if (t->cut || sl_http_transfer_answered(t))
        return true;
    return t->head.ended && t->head.status >= 300 && t->request->body_bytes > 0;
}

int sl_http_transfer_result(struct sl_http_transfer *t, CURLcode code, struct sl_err *err)
{
    if (t->failed != 0) {
        if (err != NULL)
            *err = t->failure;
        return t->failed;
    }
    if (code == CURLE_OK && !t->head.ended)
        return sl_err_set(err, SL_EPROTO, "an answer without a head");
    if (code == CURLE_OK || answer_counts(t))
        return 0;
    return curl_failure(t, code, err);
}

static int code_of_status(int status)
{
    if (status == 408 || status == 429 || status == 503)
        return SL_EBUSY;
    if (status == 404)
        return SL_ENOTFOUND;
    if (status >= 500)
        return SL_ESERVER;
    return status >= 300 ? SL_EREFUSED : SL_EPROTO;
}

int sl_http_status_err(const struct sl_http_response *response, const char *what,
                       struct sl_err *err)
{
    const char *body = response->body.data != NULL ? response->body.data : "";
    char line[161];
    const size_t len = response->body.len < sizeof line - 1 ? response->body.len : sizeof line - 1;
    size_t end = 0;
    while (end < len && body[end] != '\n' && body[end] != '\r')
        end++;
    (void)sl_text_escape(line, sizeof line, body, end);
    const int code = code_of_status(response->status);
    sl_err_set(err, code, "%s: HTTP %d%s%s", what, response->status, line[0] != '\0' ? ": " : "",
               line);
    if (err == NULL)
        return code;
    err->detail = response->status;
    if (code == SL_EBUSY && response->retry_after_ms > 0)
        err->wait_ms = (int)response->retry_after_ms;
    return code;
}
