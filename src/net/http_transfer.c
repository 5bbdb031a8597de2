/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "http_transfer.h"

#include <stdlib.h>
#include <string.h>

#include "sluice/text.h"

#include "address_range.h"
#include "http_trace.h"
#include "url.h"

/* Records what a callback of ours or of the caller decided; it becomes the request's result. */
static void fail_with(struct sl_http_transfer *t, int code)
{
    if (t->failure.code != code)
        sl_err_set(&t->failure, code, "%s", sl_err_text(code));
    t->failed = code;
}

/* ---- libcurl's callbacks: each touches its own transfer only ---- */

static size_t read_from_memory(struct sl_http_transfer *t, void *out, size_t len)
{
    memcpy(out, (const char *)t->request->body + t->body_given, len);
    t->body_given += len;
    return len;
}

static size_t on_read(char *out, size_t size, size_t count, void *ctx)
{
    struct sl_http_transfer *t = ctx;
    const uint64_t left = t->request->body_bytes - t->body_given;
    size_t cap = size * count;
    if (atomic_load(&t->http->cancelled))
        return CURL_READFUNC_ABORT;
    if (cap > SL_HTTP_CHUNK_BYTES)
        cap = SL_HTTP_CHUNK_BYTES;
    if (cap > left)
        cap = (size_t)left;
    if (cap == 0)
        return 0;
    if (t->request->read == NULL)
        return read_from_memory(t, out, cap);
    const int n = t->request->read(t->request->read_ctx, out, cap, &t->failure);
    if (n == SL_HTTP_PAUSE) {
        t->paused = true;
        return CURL_READFUNC_PAUSE;
    }
    if (n <= 0 || (size_t)n > cap) {
        fail_with(t, n < 0 ? n : SL_EINVAL);
        return CURL_READFUNC_ABORT;
    }
    t->body_given += (uint64_t)n;
    return (size_t)n;
}

/* Asked for when a kept connection turned out dead after part of the body had left. Only a PUT from
 * memory is both possible and harmless to repeat. */
static int on_seek(void *ctx, curl_off_t offset, int origin)
{
    struct sl_http_transfer *t = ctx;
    if (offset != 0 || origin != SEEK_SET || t->request->read != NULL ||
        strcmp(t->request->method, "PUT") != 0)
        return CURL_SEEKFUNC_FAIL;
    t->body_given = 0;
    return CURL_SEEKFUNC_OK;
}

/* The connection stands and the request is about to go out: on a second connection too, whose body
 * must then start at its start. */
/* NOLINTNEXTLINE(readability-non-const-parameter): libcurl prescribes the signature */
static int on_connected(void *ctx, char *peer, char *local, int peer_port, int local_port)
{
    (void)peer;
    (void)local;
    (void)peer_port;
    struct sl_http_transfer *t = ctx;
    sl_http_sockets_use(&t->http->sockets, local_port);
    t->connected = true;
    t->moved_ms = sl_now_ms(&t->http->clock);
    if (t->body_given > 0 && t->request->read != NULL) {
        sl_err_set(&t->failure, SL_ENET, "the connection was lost while sending");
        fail_with(t, SL_ENET);
        return CURL_PREREQFUNC_ABORT;
    }
    t->body_given = 0;
    return CURL_PREREQFUNC_OK;
}

static size_t on_header(char *line, size_t size, size_t count, void *ctx)
{
    struct sl_http_transfer *t = ctx;
    sl_http_trace_header(t, line, size * count);
    const int rc = sl_http_head_line(&t->head, t->response, line, size * count,
                                     sl_wall_ms(&t->http->clock), &t->failure);
    if (t->head.ended && t->head_ms == 0)
        t->head_ms = sl_now_ms(&t->http->clock);
    if (rc == 0)
        return size * count;
    fail_with(t, rc);
    return CURL_WRITEFUNC_ERROR;
}

static bool is_success(const struct sl_http_transfer *t)
{
    return t->head.status >= 200 && t->head.status < 300;
}

/* Into response->body; what is over the cap spoils an answer but only shortens an error's text. */
static size_t keep_body(struct sl_http_transfer *t, const char *data, size_t len)
{
    struct sl_buf *body = &t->response->body;
    const size_t room = body->cap - body->len;
    sl_buf_add(body, data, len < room ? len : room);
    if (body->failed != SL_OK) {
        fail_with(t, body->failed);
        return CURL_WRITEFUNC_ERROR;
    }
    if (len <= room)
        return len;
    if (is_success(t)) {
        sl_err_set(&t->failure, SL_EPROTO, "the answer is longer than %zu bytes", body->cap);
        fail_with(t, SL_EPROTO);
    } else {
        t->cut = true;
    }
    return CURL_WRITEFUNC_ERROR;
}

static size_t on_write(char *data, size_t size, size_t count, void *ctx)
{
    struct sl_http_transfer *t = ctx;
    const size_t len = size * count;
    if (atomic_load(&t->http->cancelled))
        return CURL_WRITEFUNC_ERROR;
    t->body_received += len;
    if (t->request->write == NULL || !is_success(t))
        return keep_body(t, data, len);
    const int rc = t->request->write(t->request->write_ctx, data, len, &t->failure);
    if (rc >= 0)
        return len;
    fail_with(t, rc);
    return CURL_WRITEFUNC_ERROR;
}

/* ---- setting up ---- */

int sl_http_not_public(struct sl_err *err)
{
    return sl_err_set(err, SL_ECONFIG,
                      "an address of this machine or of a private network is refused for URLs that "
                      "others wrote: --allow-private asks it");
}

/* The proxy that the environment names for a scheme; NULL: none. HTTP_PROXY in capitals could be a
 * CGI header, so it is ignored. */
static const char *proxy_of(const char *scheme)
{
    static const char *const names[][2] = {{"https", "https_proxy"}, {"https", "HTTPS_PROXY"},
                                           {"http", "http_proxy"},   {"", "all_proxy"},
                                           {"", "ALL_PROXY"},        {"*", "no_proxy"},
                                           {"*", "NO_PROXY"}};
    const char *proxy = NULL;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): nothing changes the environment */
        const char *value = getenv(names[i][1]);
        if (value == NULL || value[0] == '\0')
            continue;
        if (names[i][0][0] == '*' && strcmp(value, "*") == 0)
            return NULL;
        if (proxy == NULL && (names[i][0][0] == '\0' || strcmp(names[i][0], scheme) == 0))
            proxy = value;
    }
    return proxy;
}

/* The host and the kind of the URL as libcurl itself reads it: no second parser to disagree. */
static int set_url(struct sl_http_transfer *t, struct sl_err *err)
{
    char *scheme = NULL;
    char *host = NULL;
    int rc = 0;
    t->url = curl_url();
    const CURLUcode bad =
        t->url != NULL ? curl_url_set(t->url, CURLUPART_URL, t->request->url, CURLU_DISALLOW_USER)
                       : CURLUE_OUT_OF_MEMORY;
    if (bad == CURLUE_OUT_OF_MEMORY)
        return sl_err_set(err, SL_ENOMEM, "http: out of memory");
    if (bad != CURLUE_OK || curl_url_get(t->url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
        curl_url_get(t->url, CURLUPART_HOST, &host, 0) != CURLUE_OK) {
        rc = sl_err_set(err, SL_EFORMAT, "not a URL: %s",
                        bad != CURLUE_OK ? curl_url_strerror(bad) : "no host");
        goto out;
    }
    (void)sl_text_escape(t->host, sizeof t->host, host, strlen(host));
    t->loopback = sl_url_host_is_loopback(host);
    t->public_only =
        t->http->public_only &&
        (t->http->own_url == NULL || !sl_url_same_origin(t->request->url, t->http->own_url));
    if (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)
        rc = sl_err_set(err, SL_EFORMAT, "not an http or https URL");
    else if (t->public_only && sl_net_host_is_not_public(host))
        rc = sl_http_not_public(err);
    else if (strcmp(scheme, "https") != 0 && !t->http->allow_http &&
             (!t->loopback || t->public_only))
        rc = sl_err_set(err, SL_ECONFIG, "plain http is refused: use https");
    t->proxy = t->public_only ? proxy_of(scheme) : NULL;
out:
    curl_free(scheme);
    curl_free(host);
    return rc;
}

static bool add_header(struct sl_http_transfer *t, const char *name, const char *value)
{
    struct sl_buf line = {0};
    sl_buf_printf(&line, "%s%s", name, value);
    struct curl_slist *longer =
        line.failed == SL_OK ? curl_slist_append(t->headers, line.data) : NULL;
    sl_buf_free(&line);
    if (longer == NULL)
        return false;
    t->headers = longer;
    return true;
}

static bool has_control(const char *text)
{
    for (; text != NULL && *text != '\0'; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            return true;
    }
    return false;
}

static int set_headers(struct sl_http_transfer *t, struct sl_err *err)
{
    const struct sl_http_request *request = t->request;
    if (has_control(request->content_type) || has_control(request->if_range) ||
        has_control(request->range))
        return sl_err_set(err, SL_EINVAL, "http: a header with control characters");
    /* No waiting for "100 Continue": an early refusal is seen while sending all the same. */
    bool ok = add_header(t, "Expect:", "");
    if (request->content_type != NULL)
        ok = ok && add_header(t, "Content-Type: ", request->content_type);
    if (request->if_range != NULL)
        ok = ok && add_header(t, "If-Range: ", request->if_range);
    return ok ? 0 : sl_err_set(err, SL_ENOMEM, "http: out of memory");
}

/* Either everything goes through the proxy, which then connects, or nothing does and addresses are
 * judged. */
static unsigned set_proxy(const struct sl_http_transfer *t)
{
    CURL *easy = t->http->easy;
    unsigned bad =
        (unsigned)curl_easy_setopt(easy, CURLOPT_PROXY, t->proxy != NULL ? t->proxy : "");
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
    return bad;
}

/* Rules of the connection; nonzero when libcurl refused one. */
static unsigned set_connection(struct sl_http_transfer *t)
{
    struct sl_http *http = t->http;
    CURL *easy = http->easy;
    unsigned bad = sl_http_sockets_watch(&http->sockets, easy);
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_CURLU, t->url);
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    /* Do not wait for a resolver thread when a request is given up. */
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, 30L);
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, 15L);
    bad |=
        (unsigned)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)http->connect_timeout_ms);
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, (long)SL_HTTP_CHUNK_BYTES);
    /* libcurl refuses this one, and needs it not, while it keeps the buffer of a request whose host
     * had no address */
    (void)curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)SL_HTTP_CHUNK_BYTES);
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_USERAGENT, http->user_agent);
    if (http->ca_file != NULL)
        bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_CAINFO, http->ca_file);
    if (t->loopback) /* "" is no proxy, whatever the environment says */
        bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_PROXY, "");
    else if (t->public_only)
        bad |= set_proxy(t);
    http->sockets.public_only = t->public_only && (t->proxy == NULL || t->loopback);
    http->sockets.refused = 0;
    return bad;
}

static unsigned set_callbacks(struct sl_http_transfer *t)
{
    CURL *easy = t->http->easy;
    unsigned bad = 0;
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->curl_text);
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_READDATA, t);
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek);
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_SEEKDATA, t);
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_connected);
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_PREREQDATA, t);
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_write);
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
    return bad;
}

/* A POST or PUT is an upload of a known size, also of size 0: always a Content-Length. */
static unsigned set_request(struct sl_http_transfer *t)
{
    const struct sl_http_request *request = t->request;
    CURL *easy = t->http->easy;
    unsigned bad = 0;
    if (strcmp(request->method, "HEAD") == 0) {
        bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    } else {
        const bool upload = request->body_bytes > 0 || strcmp(request->method, "POST") == 0 ||
                            strcmp(request->method, "PUT") == 0;
        bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_UPLOAD, upload ? 1L : 0L);
        bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
        bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE,
                                          (curl_off_t)request->body_bytes);
    }
    bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_HTTPHEADER, t->headers);
    if (request->range != NULL)
        bad |= (unsigned)curl_easy_setopt(easy, CURLOPT_RANGE, request->range);
    return bad;
}

int sl_http_transfer_init(struct sl_http_transfer *t, struct sl_http *http,
                          const struct sl_http_request *request, struct sl_http_response *response,
                          struct sl_err *err)
{
    *t = (struct sl_http_transfer){.http = http, .request = request, .response = response};
    (void)memcpy(t->host, "?", 2);
    response->body.cap = request->response_cap != 0 ? request->response_cap : (size_t)1 << 20;
    t->started_ms = sl_now_ms(&http->clock);
    t->moved_ms = t->slow_since_ms = t->started_ms;
    atomic_store(&http->resume, false); /* the source is asked anyway */
    http->resume_at_ms = INT64_MAX;
    curl_easy_reset(http->easy);
    int rc = set_url(t, err);
    if (rc == 0)
        rc = set_headers(t, err);
    if (rc == 0 && (set_connection(t) | set_callbacks(t) | set_request(t)) != 0)
        rc = sl_err_set(err, SL_ENOMEM, "libcurl refuses its options");
    return rc;
}

void sl_http_transfer_fini(struct sl_http_transfer *t)
{
    curl_easy_reset(t->http->easy);
    curl_slist_free_all(t->headers);
    curl_url_cleanup(t->url);
    sl_buf_free(&t->heads);
}
