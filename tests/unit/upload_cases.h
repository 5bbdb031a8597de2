/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* upload_cases.h - what the tests of uploads share: a clock that stands, a generated body, a client
 * with its server. */
#ifndef SL_TEST_UPLOAD_CASES_H
#define SL_TEST_UPLOAD_CASES_H

#include <pthread.h>
#include <stdatomic.h>

#include "sluice/http.h"

#include "support/tcp_server.h"

enum { MIB = 1 << 20 };
#define HOUR_MS (3600 * INT64_C(1000))

/** A clock that stands until a test moves it, and that counts who looks at it. */
struct ticker {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int64_t now_ms;
    uint64_t looks;
};

void ticker_init(struct ticker *ticker);
void ticker_fini(struct ticker *ticker);
struct sl_clock ticker_clock(struct ticker *ticker);
void ticker_await_looks(struct ticker *ticker, uint64_t count);
void ticker_advance(struct ticker *ticker, int64_t ms);
/** Moves the time and returns once the request has looked at the clock again. */
void ticker_show(struct ticker *ticker, int64_t ms, struct sl_http *http);

/** A generated body. */
struct source {
    struct sl_http *http;
    uint64_t given;
    uint64_t sum;
    size_t most; /* that it was asked for in one call */
    uint64_t most_unacked;
    uint64_t pause_at; /* pauses once after so many bytes; 0: never */
    int64_t pause_ms;  /* it asks itself to be asked again after this, and pauses every pause_at */
    atomic_int pauses;
    int end_code; /* given instead of the byte at end_at */
    uint64_t end_at;
};

/** sl_http_read_fn over a struct source. */
int give(void *ctx, void *out, size_t cap, struct sl_err *err);

struct fixture {
    struct sl_tcp_server *server;
    struct sl_http *http;
    struct sl_http_response response;
    struct sl_err err;
    struct source source;
    char url[128];
};

void start(struct fixture *f, const struct sl_http_options *options, sl_tcp_script_fn script,
           void *ctx);
void stop(struct fixture *f);
/** PUT of f->source. */
int put(struct fixture *f, uint64_t bytes);
int get(struct fixture *f);

#endif
