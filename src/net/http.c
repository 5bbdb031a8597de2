/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/http.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/log.h"

#include "http_result.h"
#include "http_trace.h"
#include "http_transfer.h"

int sl_http_global_init(struct sl_err *err)
{
    struct sigaction old;
    if (sigaction(SIGPIPE, NULL, &old) == 0 && old.sa_handler == SIG_DFL)
        (void)signal(SIGPIPE, SIG_IGN);
    const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (code != CURLE_OK)
        return sl_err_set(err, SL_ENOMEM, "libcurl does not start: %s", curl_easy_strerror(code));
    return 0;
}

const char *sl_http_version(void)
{
    return curl_version();
}

static int64_t or_default(int64_t value, int64_t fallback)
{
    return value > 0 ? value : fallback;
}

int sl_http_new(struct sl_http **out, const struct sl_http_options *options, struct sl_err *err)
{
    struct sl_http *http = calloc(1, sizeof *http);
    *out = NULL;
    if (http == NULL)
        goto fail;
    http->connect_timeout_ms = or_default(options->connect_timeout_ms, 15000);
    http->stall_ms = or_default(options->stall_ms, 60000);
    http->answer_ms = or_default(options->answer_ms, 600000);
    http->allow_http = options->allow_http;
    http->public_only = options->public_only;
    http->clock = options->clock.now_ms != NULL ? options->clock : sl_clock_system();
    atomic_init(&http->cancelled, false);
    atomic_init(&http->resume, false);
    http->easy = curl_easy_init();
    http->multi = curl_multi_init();
    http->user_agent =
        strdup(options->user_agent != NULL ? options->user_agent : "sluice/" SL_VERSION);
    if (http->easy == NULL || http->multi == NULL || http->user_agent == NULL)
        goto fail;
    if (options->own_url != NULL && (http->own_url = strdup(options->own_url)) == NULL)
        goto fail;
    if (options->ca_file != NULL && (http->ca_file = strdup(options->ca_file)) == NULL)
        goto fail;
    *out = http;
    return 0;
fail:
    sl_http_free(http);
    return sl_err_set(err, SL_ENOMEM, "http: out of memory");
}

void sl_http_free(struct sl_http *http)
{
    if (http == NULL)
        return;
    if (http->easy != NULL)
        curl_easy_cleanup(http->easy);
    if (http->multi != NULL)
        (void)curl_multi_cleanup(http->multi);
    free(http->own_url);
    free(http->ca_file);
    free(http->user_agent);
    free(http);
}

void sl_http_set_public_only(struct sl_http *http, bool public_only)
{
    http->public_only = public_only;
}

void sl_http_cancel(struct sl_http *http)
{
    atomic_store(&http->cancelled, true);
    (void)curl_multi_wakeup(http->multi);
}

void sl_http_uncancel(struct sl_http *http)
{
    atomic_store(&http->cancelled, false);
}

void sl_http_unpause(struct sl_http *http)
{
    atomic_store(&http->resume, true);
    (void)curl_multi_wakeup(http->multi);
}

void sl_http_resume_after(struct sl_http *http, int64_t wait_ms)
{
    http->resume_at_ms = sl_now_ms(&http->clock) + wait_ms;
}

int sl_http_wait(struct sl_http *http, int64_t wait_ms, struct sl_err *err)
{
    const int64_t until = sl_now_ms(&http->clock) + wait_ms;
    for (int64_t left = wait_ms; left > 0; left = until - sl_now_ms(&http->clock)) {
        if (atomic_load(&http->cancelled))
            break;
        (void)curl_multi_poll(http->multi, NULL, 0, left < INT_MAX ? (int)left : INT_MAX, NULL);
    }
    return atomic_load(&http->cancelled) ? sl_err_set(err, SL_ECANCELED, "cancelled") : 0;
}

uint64_t sl_http_unacked_bytes(struct sl_http *http)
{
    return sl_http_sockets_unacked_bytes(&http->sockets);
}

void sl_http_limit_unsent(struct sl_http *http, uint64_t bytes)
{
    sl_http_sockets_limit_unsent(&http->sockets, bytes);
}

/* Whether libcurl is through with the request, and what it says. */
static bool is_done(CURLM *multi, CURLcode *code)
{
    int left = 0;
    for (const CURLMsg *msg; (msg = curl_multi_info_read(multi, &left)) != NULL;) {
        if (msg->msg == CURLMSG_DONE) {
            *code = msg->data.result;
            return true;
        }
    }
    return false;
}

/* A refusal that came while the source is paused must not wait for it: libcurl has dropped the rest
 * of the body and only the pause holds the request open. */
static void resume_if_due(struct sl_http_transfer *t)
{
    if (!t->paused)
        return;
    const int64_t now_ms = sl_now_ms(&t->http->clock);
    const bool refused = t->head.ended && t->head.status >= 300;
    const bool due = t->http->resume_at_ms <= now_ms;
    if (!atomic_exchange(&t->http->resume, false) && !refused && !due)
        return;
    t->paused = false;
    t->http->resume_at_ms = INT64_MAX;
    t->moved_ms = now_ms;
    (void)curl_easy_pause(t->http->easy, CURLPAUSE_CONT);
}

/* libcurl stops sending when an answer of 300 and above comes early, and goes on after others. */
static bool answered_early(const struct sl_http_transfer *t)
{
    return t->body_given < t->request->body_bytes && t->head.status < 300 &&
           sl_http_transfer_answered(t);
}

/* Waits for sockets, libcurl's own timers, the stall rule, or another thread. What has just taken a
 * chunk most likely takes another: libcurl looks for itself, and asking before would be one more
 * system call for each chunk. */
static int wait_for_more(struct sl_http_transfer *t, uint64_t given_before, struct sl_err *err)
{
    if (t->body_given != given_before && !t->paused && t->request->timeout_ms <= 0)
        return 0;
    const int64_t wait_ms = sl_http_transfer_wait(t, err);
    if (wait_ms < 0)
        return (int)wait_ms;
    const CURLMcode trouble =
        curl_multi_poll(t->http->multi, NULL, 0, wait_ms < INT_MAX ? (int)wait_ms : INT_MAX, NULL);
    if (trouble != CURLM_OK)
        return sl_err_set(err, SL_ENET, "libcurl: %s", curl_multi_strerror(trouble));
    return 0;
}

static int run(struct sl_http_transfer *t, struct sl_err *err)
{
    for (;;) {
        int running = 0;
        CURLcode code = CURLE_OK;
        const uint64_t given = t->body_given;
        const CURLMcode trouble = curl_multi_perform(t->http->multi, &running);
        if (atomic_load(&t->http->cancelled))
            return sl_err_set(err, SL_ECANCELED, "cancelled");
        if (trouble != CURLM_OK)
            return sl_err_set(err, SL_ENET, "libcurl: %s", curl_multi_strerror(trouble));
        if (is_done(t->http->multi, &code))
            return sl_http_transfer_result(t, code, err);
        if (answered_early(t))
            return 0;
        resume_if_due(t);
        const int rc = wait_for_more(t, given, err);
        if (rc < 0)
            return rc;
    }
}

int sl_http_perform(struct sl_http *http, const struct sl_http_request *request,
                    struct sl_http_response *response, struct sl_err *err)
{
    struct sl_http_transfer t;
    sl_http_response_reset(response);
    if (atomic_load(&http->cancelled))
        return sl_err_set(err, SL_ECANCELED, "cancelled");
    sl_log_hide_url(request->url);
    int rc = sl_http_transfer_init(&t, http, request, response, err);
    sl_http_trace_begin(&t);
    if (rc == 0 && curl_multi_add_handle(http->multi, http->easy) != CURLM_OK)
        rc = sl_err_set(err, SL_ENOMEM, "http: out of memory");
    if (rc == 0) {
        rc = run(&t, err);
        /* In the middle of a request this closes its connection; after its end it is kept. */
        (void)curl_multi_remove_handle(http->multi, http->easy);
        http->sockets.used = 0;
        response->sent_bytes = t.body_given;
    }
    if (rc < 0 && rc != t.failed)
        sl_err_ctx(err, "%s %s", request->method, t.host);
    sl_http_trace_end(&t, rc, err);
    sl_http_transfer_fini(&t);
    return rc;
}
