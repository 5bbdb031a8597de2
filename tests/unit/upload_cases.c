/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "upload_cases.h"

#include "support/test.h"

static int64_t ticker_now(void *ctx)
{
    struct ticker *ticker = ctx;
    pthread_mutex_lock(&ticker->lock);
    const int64_t now_ms = ticker->now_ms;
    ticker->looks++;
    pthread_cond_broadcast(&ticker->changed);
    pthread_mutex_unlock(&ticker->lock);
    return now_ms;
}

/* Not counted as a look: head lines ask for it, the rules under test do not. */
static int64_t ticker_wall(void *ctx)
{
    (void)ctx;
    return 0;
}

void ticker_init(struct ticker *ticker)
{
    *ticker = (struct ticker){0};
    pthread_mutex_init(&ticker->lock, NULL);
    pthread_cond_init(&ticker->changed, NULL);
}

void ticker_fini(struct ticker *ticker)
{
    pthread_cond_destroy(&ticker->changed);
    pthread_mutex_destroy(&ticker->lock);
}

struct sl_clock ticker_clock(struct ticker *ticker)
{
    return (struct sl_clock){ticker_now, ticker_wall, ticker};
}

void ticker_await_looks(struct ticker *ticker, uint64_t count)
{
    pthread_mutex_lock(&ticker->lock);
    while (ticker->looks < count)
        pthread_cond_wait(&ticker->changed, &ticker->lock);
    pthread_mutex_unlock(&ticker->lock);
}

void ticker_advance(struct ticker *ticker, int64_t ms)
{
    pthread_mutex_lock(&ticker->lock);
    ticker->now_ms += ms;
    pthread_mutex_unlock(&ticker->lock);
}

void ticker_show(struct ticker *ticker, int64_t ms, struct sl_http *http)
{
    pthread_mutex_lock(&ticker->lock);
    ticker->now_ms += ms;
    const uint64_t looks = ticker->looks;
    pthread_mutex_unlock(&ticker->lock);
    sl_http_unpause(http); /* wakes it; nothing is paused */
    ticker_await_looks(ticker, looks + 1);
}

static unsigned char byte_at(uint64_t offset)
{
    return (unsigned char)(offset * 31 + (offset >> 8));
}

int give(void *ctx, void *out, size_t cap, struct sl_err *err)
{
    struct source *source = ctx;
    unsigned char *bytes = out;
    const uint64_t unacked = sl_http_unacked_bytes(source->http);
    source->most_unacked = unacked > source->most_unacked ? unacked : source->most_unacked;
    source->most = cap > source->most ? cap : source->most;
    if (source->pause_at != 0 && source->given >= source->pause_at) {
        source->pause_at = source->pause_ms > 0 ? source->given + 1000000 : 0;
        source->pauses++;
        if (source->pause_ms > 0)
            sl_http_resume_after(source->http, source->pause_ms);
        return SL_HTTP_PAUSE;
    }
    if (source->end_at != 0 && source->given >= source->end_at) {
        if (source->end_code < 0)
            return sl_err_set(err, source->end_code, "the file is another one now");
        return source->end_code;
    }
    if (source->pause_at != 0 && cap > source->pause_at - source->given)
        cap = (size_t)(source->pause_at - source->given);
    for (size_t i = 0; i < cap; i++) {
        bytes[i] = byte_at(source->given + i);
        source->sum += bytes[i];
    }
    source->given += cap;
    return (int)cap;
}

void start(struct fixture *f, const struct sl_http_options *options, sl_tcp_script_fn script,
           void *ctx)
{
    *f = (struct fixture){0};
    f->server = sl_tcp_start(script, ctx);
    sl_tcp_url(f->server, f->url, sizeof f->url, "/up");
    assert_int_equal(sl_http_new(&f->http, options, &f->err), 0);
    f->source.http = f->http;
}

void stop(struct fixture *f)
{
    sl_http_free(f->http);
    sl_tcp_stop(f->server);
    sl_http_response_free(&f->response);
}

int put(struct fixture *f, uint64_t bytes)
{
    const struct sl_http_request request = {.method = "PUT",
                                            .url = f->url,
                                            .content_type = "application/octet-stream",
                                            .read = give,
                                            .read_ctx = &f->source,
                                            .body_bytes = bytes};
    const int rc = sl_http_perform(f->http, &request, &f->response, &f->err);
    sl_tcp_sync(f->server);
    return rc;
}

int get(struct fixture *f)
{
    const struct sl_http_request request = {.method = "GET", .url = f->url};
    return sl_http_perform(f->http, &request, &f->response, &f->err);
}
