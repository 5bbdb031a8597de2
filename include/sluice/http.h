/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * http.h - one HTTP connection at a time over libcurl, cancellable at once. Layer: net.
 *
 * A client belongs to one thread; only sl_http_cancel() and sl_http_unpause() may be called from
 * another. Rules for every request: TLS is always verified. Plain http is allowed only to loopback,
 * unless allow_http is set. There are no redirects, cookies, .netrc, Accept-Encoding or `Expect`. A
 * proxy from the environment is used, but never for loopback. HTTP/1.1, TCP keepalive, reused
 * connections, a connect timeout, a stall rule, and caps for heads and bodies.
 *
 * With public_only, connections go only to public addresses, whatever a name resolves to, and plain
 * http is refused even to loopback. If the environment names a proxy, the proxy connects. Then only
 * addresses in the URL itself are checked, and no_proxy counts only as "*".
 *
 * The stall rule counts real progress: bytes that the kernel accepted, bytes that the peer's TCP
 * acknowledged, and bytes of the response body. Interim answers (1xx) and header lines do not
 * count, because a server could send them forever. The rule starts once the connection is
 * established, and does not apply while paused. Once the whole request body is acknowledged, the
 * longer `answer_ms` replaces it: a server may need long to process the body.
 *
 * A server that sends one byte at a time satisfies the stall rule. So a request that streams
 * neither its body nor the answer has a time limit. Without a body, the whole request gets
 * SL_HTTP_TOTAL_MS. An answer that goes to memory must be complete SL_HTTP_ANSWER_MS after its
 * head. Waiting for a piece to be parked or a transaction to land takes many such requests.
 */
#ifndef SL_HTTP_H
#define SL_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sluice/buf.h"
#include "sluice/clock.h"
#include "sluice/err.h"

enum {
    SL_HTTP_CHUNK_BYTES = 65536, /* most bytes that the read callback is asked for */
    SL_HTTP_TOTAL_MS = 60000,
    SL_HTTP_ANSWER_MS = 30000,
    SL_HTTP_TOO_SLOW = 1000, /* detail of SL_ESTALLED: fewer than slow_bytes came in slow_ms */
};

struct sl_http_options {
    int64_t connect_timeout_ms; /* name, TCP and TLS together. 0: 15 s */
    int64_t stall_ms;           /* no byte either way for this long: SL_ESTALLED. 0: 60 s */
    int64_t answer_ms;          /* the same from the last acknowledged byte of a request body to the
                                   answer, if longer than the stall rule's. 0: 10 min */
    bool allow_http;            /* plain http to hosts other than loopback */
    bool public_only;           /* only the public internet, by https: for URLs that others wrote */
    const char *own_url; /* exempt from public_only: the user wrote its scheme, host and port. NULL:
                            none; borrowed for sl_http_new() */
    const char *ca_file; /* NULL: the system's; borrowed for sl_http_new() */
    const char *user_agent; /* NULL: "sluice/VERSION"; borrowed for sl_http_new() */
    struct sl_clock clock;  /* zero: the system's */
};

struct sl_http; /* opaque: easy handle, private multi handle, wake-up */

/** Call once at program start, before starting threads. From then on SIGPIPE is ignored if it has
 * no handler: TLS writes would raise it when a peer hangs up. */
int sl_http_global_init(struct sl_err *err) SL_MUST_CHECK;
/** libcurl's version line, static, for --version. */
const char *sl_http_version(void);

/** Owned, free with sl_http_free(). Errors: SL_ENOMEM. */
int sl_http_new(struct sl_http **out, const struct sl_http_options *options,
                struct sl_err *err) SL_MUST_CHECK;
void sl_http_free(struct sl_http *http);

/** Owner's thread, between requests: change public_only. */
void sl_http_set_public_only(struct sl_http *http, bool public_only);

/**
 * Source of a request body: write up to `cap` bytes into `out` and return their number; 0 only at
 * the declared end; SL_HTTP_PAUSE to be asked again after sl_http_unpause(); a negative code (with
 * *err filled) aborts the request and becomes its result.
 */
enum { SL_HTTP_PAUSE = 1 << 30 };
typedef int (*sl_http_read_fn)(void *ctx, void *out, size_t cap, struct sl_err *err);

/** Sink of a 2xx response body; a negative code aborts the request and becomes its result. */
typedef int (*sl_http_write_fn)(void *ctx, const void *data, size_t len, struct sl_err *err);

struct sl_http_request {
    const char *method;       /* "GET", "HEAD", "POST", "PUT", "DELETE" */
    const char *url;          /* absolute */
    const char *content_type; /* NULL: none */
    const char *range;        /* "0-99", "5-"; NULL: none */
    const char *if_range;     /* an ETag with its quotes; NULL: none */
    const void *body;         /* or: */
    sl_http_read_fn read;     /* called at the pace of the socket; memory stays constant */
    void *read_ctx;
    uint64_t body_bytes;    /* Content-Length of body or of what read will give */
    sl_http_write_fn write; /* NULL: into response->body. The response's head is filled by then */
    void *write_ctx;
    size_t response_cap; /* most bytes of response->body; 0: 1 MiB. More: SL_EPROTO for a 2xx, a
                            body cut at the cap for any other status */
    int64_t timeout_ms;  /* for the whole request, then SL_ENET; 0: see above */
    int64_t stall_ms;    /* 0: the client's */
    int64_t slow_ms;     /* SL_ESTALLED when fewer than slow_bytes come in this time; 0: never */
    uint64_t slow_bytes;
};

/** Reused over requests; zero-initialise, free with sl_http_response_free(). */
struct sl_http_response {
    int status;
    int64_t retry_after_ms;  /* -1: none; seconds and dates both understood, at most one hour */
    uint64_t content_length; /* UINT64_MAX: not given */
    uint64_t sent_bytes;     /* of the request body; less than body_bytes after an early answer */
    char location[1024];     /* as sent; "" if none, too long, or with control bytes, as the rest */
    char content_type[128];
    char content_range[96];
    char etag[192];
    struct sl_buf body; /* of any status when write is NULL; of a non-2xx status always */
};
void sl_http_response_free(struct sl_http_response *response);

/**
 * Perform one request and wait for its end. Returns 0 for any complete HTTP answer, whatever the
 * status. Errors: SL_ENET (resolve, connect, reset, a body cut short, TLS; detail = CURLcode),
 * SL_ESTALLED, SL_ECANCELED, SL_EPROTO (not HTTP, body over the cap), SL_ECONFIG (plain http or an
 * address refused, no such CA file), SL_EFORMAT (not a URL, user info in it), SL_ENOMEM, SL_EINVAL
 * (read broke its rule), or whatever read/write returned. The answer may come early, while the body
 * is being sent: then sending stops and the status counts (see response->sent_bytes). If a dead
 * connection swallowed the request, it is repeated on a new connection only if none of its body was
 * sent, or if it is a PUT from memory. All texts are printable: the server's words are escaped and
 * cut.
 */
int sl_http_perform(struct sl_http *http, const struct sl_http_request *request,
                    struct sl_http_response *response, struct sl_err *err) SL_MUST_CHECK;

/** Any thread: the running request, and all later ones, end with SL_ECANCELED at once. */
void sl_http_cancel(struct sl_http *http);
/** Owner: forget an earlier sl_http_cancel(). */
void sl_http_uncancel(struct sl_http *http);

/** Any thread: continue after a read returned SL_HTTP_PAUSE. The stall rule does not apply while
 * paused. */
void sl_http_unpause(struct sl_http *http);

/** Call inside a read that returns SL_HTTP_PAUSE: the read is called again in `wait_ms`, or
 * earlier after sl_http_unpause(). */
void sl_http_resume_after(struct sl_http *http, int64_t wait_ms);

/** Wait `wait_ms` between two requests. Errors: SL_ECANCELED, at once after sl_http_cancel(). */
int sl_http_wait(struct sl_http *http, int64_t wait_ms, struct sl_err *err) SL_MUST_CHECK;

/** Call inside a read or write: bytes given to the kernel that the peer's TCP has not
 * acknowledged. 0 if unknown, as between requests. */
uint64_t sl_http_unacked_bytes(struct sl_http *http);

/** Call inside a read: limit how many bytes the kernel accepts before it can send them. Otherwise
 * it accepts megabytes, which take minutes on a slow line and look sent. */
void sl_http_limit_unsent(struct sl_http *http, uint64_t bytes);

/**
 * An error for a status that the caller did not want: SL_EBUSY with wait_ms for 408, 429 and 503,
 * SL_ENOTFOUND for 404, SL_EREFUSED for other 4xx and for redirects, SL_ESERVER for other 5xx,
 * SL_EPROTO for 2xx. detail is the status, the text "WHAT: HTTP 500: " and the first line of the
 * body, escaped and cut.
 */
int sl_http_status_err(const struct sl_http_response *response, const char *what,
                       struct sl_err *err);

/**
 * WHATWG-style resolution of a relative path against a base URL, as providers' clients do it:
 * "https://h/a" + "pdp/ping" -> "https://h/pdp/ping", "https://h/a/" + ... ->
 * "https://h/a/pdp/ping"; a reference with a leading slash goes to the origin; the base's query and
 * fragment go. Strict: nothing is repaired. Errors: SL_EFORMAT (not http/https, user info, a
 * character that a URL may not hold, a reference with a scheme, a host or dot segments),
 * SL_EOVERFLOW (longer than `cap`). Source: docs/PROTOCOL.md "Storage provider".
 */
int sl_url_resolve(char *out, size_t cap, const char *base, const char *reference,
                   struct sl_err *err) SL_MUST_CHECK;

/** Whether both URLs have the same paths below them. The case of scheme and host, the scheme's
 * default port, and anything after the last slash do not matter. False if either is not a URL. */
bool sl_url_same(const char *a, const char *b);

#endif
