/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sluice/http.h"

#include "support/tcp_server.h"
#include "support/test.h"

static const int64_t hour_ms = 3600 * INT64_C(1000);

/* ---- a clock that stands until a test moves it, and that says when it was looked at ---- */

struct ticker {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int64_t now_ms;
    uint64_t looks;
};

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

static void ticker_init(struct ticker *ticker)
{
    *ticker = (struct ticker){0};
    pthread_mutex_init(&ticker->lock, NULL);
    pthread_cond_init(&ticker->changed, NULL);
}

static void ticker_fini(struct ticker *ticker)
{
    pthread_cond_destroy(&ticker->changed);
    pthread_mutex_destroy(&ticker->lock);
}

static struct sl_clock ticker_clock(struct ticker *ticker)
{
    return (struct sl_clock){ticker_now, ticker_wall, ticker};
}

static void ticker_await_looks(struct ticker *ticker, uint64_t count)
{
    pthread_mutex_lock(&ticker->lock);
    while (ticker->looks < count)
        pthread_cond_wait(&ticker->changed, &ticker->lock);
    pthread_mutex_unlock(&ticker->lock);
}

static void ticker_advance(struct ticker *ticker, int64_t ms)
{
    pthread_mutex_lock(&ticker->lock);
    ticker->now_ms += ms;
    pthread_mutex_unlock(&ticker->lock);
}

/* Moves the time and returns once the request has looked at the clock again. */
static void ticker_show(struct ticker *ticker, int64_t ms, struct sl_http *http)
{
    pthread_mutex_lock(&ticker->lock);
    ticker->now_ms += ms;
    const uint64_t looks = ticker->looks;
    pthread_mutex_unlock(&ticker->lock);
    sl_http_unpause(http); /* wakes it; nothing is paused */
    ticker_await_looks(ticker, looks + 1);
}

/* ---- a generated body ---- */

struct source {
    struct sl_http *http;
    uint64_t given;
    uint64_t sum;
    size_t most; /* that it was asked for in one call */
    uint64_t most_unacked;
    uint64_t pause_at; /* pauses once after so many bytes; 0: never */
    int pauses;
    int end_code; /* given instead of the byte at end_at */
    uint64_t end_at;
};

static unsigned char byte_at(uint64_t offset)
{
    return (unsigned char)(offset * 31 + (offset >> 8));
}

static int give(void *ctx, void *out, size_t cap, struct sl_err *err)
{
    struct source *source = ctx;
    unsigned char *bytes = out;
    const uint64_t unacked = sl_http_unacked_bytes(source->http);
    source->most_unacked = unacked > source->most_unacked ? unacked : source->most_unacked;
    source->most = cap > source->most ? cap : source->most;
    if (source->pause_at != 0 && source->given >= source->pause_at) {
        source->pause_at = 0;
        source->pauses++;
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

/* ---- what a test needs ---- */

struct fixture {
    struct sl_tcp_server *server;
    struct sl_http *http;
    struct sl_http_response response;
    struct sl_err err;
    struct source source;
    char url[128];
};

static void start(struct fixture *f, const struct sl_http_options *options, sl_tcp_script_fn script,
                  void *ctx)
{
    *f = (struct fixture){0};
    f->server = sl_tcp_start(script, ctx);
    sl_tcp_url(f->server, f->url, sizeof f->url, "/up");
    assert_int_equal(sl_http_new(&f->http, options, &f->err), 0);
    f->source.http = f->http;
}

static void stop(struct fixture *f)
{
    sl_http_free(f->http);
    sl_tcp_stop(f->server);
    sl_http_response_free(&f->response);
}

static int put(struct fixture *f, uint64_t bytes)
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

static int get(struct fixture *f)
{
    const struct sl_http_request request = {.method = "GET", .url = f->url};
    return sl_http_perform(f->http, &request, &f->response, &f->err);
}

static const struct sl_http_options defaults = {0};
static const struct sl_http_options patient = {.connect_timeout_ms = 3600 * 1000,
                                               .stall_ms = 3600 * 1000};
static const char no_content[] = "HTTP/1.1 204 No Content\r\n\r\n";
static const char too_large[] = "HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\n\r\nlarge";
enum { MIB = 1 << 20 };

/* ---- bodies ---- */

struct received {
    char head[2048];
    uint64_t bytes;
    uint64_t sum;
};

static void receive_all(struct sl_tcp_conn *conn, void *ctx)
{
    struct received *got = ctx;
    unsigned char chunk[8192];
    if (!sl_tcp_read_head(conn, got->head, sizeof got->head))
        return;
    while (got->bytes < 8 * MIB && sl_tcp_read(conn, chunk, sizeof chunk)) {
        for (size_t i = 0; i < sizeof chunk; i++)
            got->sum += chunk[i];
        got->bytes += sizeof chunk;
    }
    (void)sl_tcp_send(conn, no_content);
}

static void a_streamed_body_arrives_whole_in_small_chunks(void **state)
{
    (void)state;
    struct received got = {0};
    struct fixture f;
    start(&f, &defaults, receive_all, &got);
    assert_int_equal(put(&f, 8 * MIB), 0);
    assert_int_equal(f.response.status, 204);
    assert_int_equal(f.response.sent_bytes, 8 * MIB);
    assert_int_equal(got.bytes, 8 * MIB);
    assert_int_equal(got.sum, f.source.sum);
    assert_true(f.source.most <= SL_HTTP_CHUNK_BYTES);
    assert_non_null(strstr(got.head, "PUT /up HTTP/1.1\r\n"));
    assert_non_null(strstr(got.head, "Content-Length: 8388608\r\n"));
    assert_null(strstr(got.head, "Expect"));
    assert_null(strstr(got.head, "Transfer-Encoding"));
    assert_int_equal(sl_http_unacked_bytes(f.http), 0);
    stop(&f);
}

static void an_empty_post_says_so(void **state)
{
    (void)state;
    struct received got = {.bytes = 8 * MIB};
    struct fixture f;
    start(&f, &defaults, receive_all, &got);
    const struct sl_http_request request = {.method = "POST", .url = f.url};
    assert_int_equal(sl_http_perform(f.http, &request, &f.response, &f.err), 0);
    sl_tcp_sync(f.server);
    assert_non_null(strstr(got.head, "Content-Length: 0\r\n"));
    stop(&f);
}

static void a_source_that_fails_ends_the_request_with_its_error(void **state)
{
    (void)state;
    static const struct {
        int given;
        int result;
    } cases[] = {{SL_ECHANGED, SL_ECHANGED}, {0, SL_EINVAL}, {SL_HTTP_CHUNK_BYTES + 1, SL_EINVAL}};
    for (size_t i = 0; i < 3; i++) {
        struct received got = {0};
        struct fixture f;
        start(&f, &defaults, receive_all, &got);
        f.source.end_at = MIB;
        f.source.end_code = cases[i].given;
        assert_int_equal(put(&f, 8 * MIB), cases[i].result);
        assert_int_equal(f.err.code, cases[i].result);
        if (i == 0)
            assert_string_equal(f.err.text, "the file is another one now");
        stop(&f);
    }
}

/* ---- early answers ---- */

/* Reads the head and the first 1000 bytes, answers ctx, takes no more. */
static void answer_early(struct sl_tcp_conn *conn, void *ctx)
{
    char head[2048];
    if (sl_tcp_read_head(conn, head, sizeof head) && sl_tcp_read(conn, NULL, 1000) &&
        sl_tcp_send(conn, ctx))
        sl_tcp_hang(conn);
}

static void answer_early_and_reset(struct sl_tcp_conn *conn, void *ctx)
{
    char head[2048];
    if (sl_tcp_read_head(conn, head, sizeof head) && sl_tcp_read(conn, NULL, 1000) &&
        sl_tcp_send(conn, ctx))
        sl_tcp_reset(conn);
}

static void a_refusal_while_sending_stops_the_body(void **state)
{
    (void)state;
    char answer[sizeof too_large];
    struct fixture f;
    memcpy(answer, too_large, sizeof answer);
    start(&f, &patient, answer_early, answer);
    assert_int_equal(put(&f, 4096 * (uint64_t)MIB), 0);
    assert_int_equal(f.response.status, 413);
    assert_string_equal(f.response.body.data, "large");
    assert_true(f.response.sent_bytes < 512 * (uint64_t)MIB);
    assert_true(f.response.sent_bytes == f.source.given);
    stop(&f);
}

static void a_success_before_the_end_is_told_with_the_bytes_that_went(void **state)
{
    (void)state;
    char answer[sizeof no_content];
    struct fixture f;
    memcpy(answer, no_content, sizeof answer);
    start(&f, &patient, answer_early, answer);
    assert_int_equal(put(&f, 4096 * (uint64_t)MIB), 0);
    assert_int_equal(f.response.status, 204);
    assert_true(f.response.sent_bytes < 512 * (uint64_t)MIB);
    stop(&f);
}

static void an_answer_before_a_reset_is_delivered(void **state)
{
    (void)state;
    char answers[3][96] = {
        "HTTP/1.1 413 Too Large\r\nContent-Length: 100\r\n\r\nlarg", /* the rest never comes */
        "HTTP/1.1 500 Failed\r\nContent-Length: 4\r\n\r\noops",
        "HTTP/1.1 204 No Content\r\n\r\n",
    };
    static const int statuses[3] = {413, 500, 204};
    for (size_t i = 0; i < 3; i++) {
        struct fixture f;
        start(&f, &patient, answer_early_and_reset, answers[i]);
        f.source.pause_at = 1000; /* nothing is on its way when the answer comes */
        assert_int_equal(put(&f, 8 * MIB), 0);
        assert_int_equal(f.response.status, statuses[i]);
        assert_int_equal(f.response.sent_bytes, 1000);
        stop(&f);
    }
}

static void a_refusal_does_not_wait_for_a_paused_source(void **state)
{
    (void)state;
    char answer[sizeof too_large];
    struct fixture f;
    memcpy(answer, too_large, sizeof answer);
    start(&f, &patient, answer_early, answer);
    f.source.pause_at = 1000;
    assert_int_equal(put(&f, 8 * MIB), 0);
    assert_int_equal(f.response.status, 413);
    assert_int_equal(f.source.given, 1000);
    assert_int_equal(f.source.pauses, 1);
    stop(&f);
}

static void reset_while_receiving(struct sl_tcp_conn *conn, void *ctx)
{
    (void)ctx;
    char head[2048];
    if (sl_tcp_read_head(conn, head, sizeof head) && sl_tcp_read(conn, NULL, 100000))
        sl_tcp_reset(conn);
}

static void a_reset_without_an_answer_is_a_network_failure(void **state)
{
    (void)state;
    struct fixture f;
    start(&f, &patient, reset_while_receiving, NULL);
    assert_int_equal(put(&f, 64 * MIB), SL_ENET);
    assert_memory_equal(f.err.text, "PUT 127.0.0.1: ", 15);
    stop(&f);
}

/* ---- pause ---- */

static void receive_half_and_tell(struct sl_tcp_conn *conn, void *ctx)
{
    (void)ctx;
    char head[2048];
    if (!sl_tcp_read_head(conn, head, sizeof head) || !sl_tcp_read(conn, NULL, MIB))
        return;
    sl_tcp_signal(conn);
    if (sl_tcp_read(conn, NULL, MIB))
        (void)sl_tcp_send(conn, no_content);
}

struct helper {
    struct fixture *f;
    struct ticker *ticker;
    int64_t ms;
    pthread_t thread;
};

static void help(struct helper *helper, void *(*work)(void *))
{
    assert_int_equal(pthread_create(&helper->thread, NULL, work, helper), 0);
}

static void *pass_time_then_unpause(void *arg)
{
    struct helper *helper = arg;
    sl_tcp_await(helper->f->server, 1);
    ticker_advance(helper->ticker, helper->ms);
    sl_http_unpause(helper->f->http);
    return NULL;
}

static void a_paused_source_goes_on_and_no_stall_is_counted(void **state)
{
    (void)state;
    struct ticker ticker;
    struct fixture f;
    ticker_init(&ticker);
    start(&f, &(struct sl_http_options){.clock = ticker_clock(&ticker), .stall_ms = hour_ms},
          receive_half_and_tell, NULL);
    struct helper helper = {.f = &f, .ticker = &ticker, .ms = 100 * hour_ms};
    f.source.pause_at = MIB;
    help(&helper, pass_time_then_unpause);
    assert_int_equal(put(&f, 2 * MIB), 0);
    assert_int_equal(f.response.status, 204);
    assert_int_equal(f.source.pauses, 1);
    pthread_join(helper.thread, NULL);
    stop(&f);
    ticker_fini(&ticker);
}

/* ---- stalls ---- */

static void hang_behind_the_head(struct sl_tcp_conn *conn, void *ctx)
{
    (void)ctx;
    char head[2048];
    if (sl_tcp_read_head(conn, head, sizeof head)) {
        sl_tcp_signal(conn);
        sl_tcp_hang(conn);
    }
}

static void a_server_that_stops_reading_stalls_the_upload(void **state)
{
    (void)state;
    struct fixture f;
    start(&f, &(struct sl_http_options){.stall_ms = 100}, hang_behind_the_head, NULL);
    assert_int_equal(put(&f, 1024 * (uint64_t)MIB), SL_ESTALLED);
    assert_true(f.source.most_unacked > 0);
    stop(&f);
}

static void a_server_that_stays_silent_stalls_a_request_without_a_body(void **state)
{
    (void)state;
    struct fixture f;
    start(&f, &(struct sl_http_options){.stall_ms = 100}, hang_behind_the_head, NULL);
    assert_int_equal(get(&f), SL_ESTALLED);
    stop(&f);
}

static void a_short_call_ends_at_its_timeout(void **state)
{
    (void)state;
    struct fixture f;
    start(&f, &patient, hang_behind_the_head, NULL);
    const struct sl_http_request request = {.method = "GET", .url = f.url, .timeout_ms = 50};
    assert_int_equal(sl_http_perform(f.http, &request, &f.response, &f.err), SL_ENET);
    assert_int_equal(f.err.detail, 28); /* CURLE_OPERATION_TIMEDOUT */
    stop(&f);
}

/* Takes the whole body, says that it works on it (which acknowledges every byte), and answers when
 * the helper is through. */
struct worker {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int allowed; /* steps that it may do */
};

static void wait_until_allowed(struct worker *worker, int step)
{
    pthread_mutex_lock(&worker->lock);
    while (worker->allowed < step)
        pthread_cond_wait(&worker->changed, &worker->lock);
    pthread_mutex_unlock(&worker->lock);
}

static void allow_a_step(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    worker->allowed++;
    pthread_cond_broadcast(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
}

static void work_long(struct sl_tcp_conn *conn, void *ctx)
{
    struct worker *worker = ctx;
    char head[2048];
    if (!sl_tcp_read_head(conn, head, sizeof head) || !sl_tcp_read(conn, NULL, MIB) ||
        !sl_tcp_send(conn, "HTTP/1.1 102 Processing\r\n\r\n"))
        return;
    sl_tcp_signal(conn);
    wait_until_allowed(worker, 1);
    (void)sl_tcp_send(conn, no_content);
}

struct long_helper {
    struct helper base;
    struct worker *worker;
};

static void *pass_time_then_answer(void *arg)
{
    struct long_helper *helper = arg;
    sl_tcp_await(helper->base.f->server, 1);
    /* The first look may belong to a round that began before the server spoke, the second cannot:
     * from there on nothing moves any more. */
    ticker_show(helper->base.ticker, 0, helper->base.f->http);
    ticker_show(helper->base.ticker, 0, helper->base.f->http);
    ticker_show(helper->base.ticker, helper->base.ms, helper->base.f->http);
    allow_a_step(helper->worker);
    return NULL;
}

static int put_with_wait(int64_t ms, int *status)
{
    struct worker worker = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};
    struct ticker ticker;
    struct fixture f;
    ticker_init(&ticker);
    start(&f,
          &(struct sl_http_options){
              .clock = ticker_clock(&ticker), .stall_ms = hour_ms, .answer_ms = 10 * hour_ms},
          work_long, &worker);
    struct long_helper helper = {{.f = &f, .ticker = &ticker, .ms = ms}, &worker};
    assert_int_equal(pthread_create(&helper.base.thread, NULL, pass_time_then_answer, &helper), 0);
    const int rc = put(&f, MIB);
    *status = f.response.status;
    pthread_join(helper.base.thread, NULL);
    stop(&f);
    ticker_fini(&ticker);
    return rc;
}

static void a_server_may_work_longer_on_a_whole_body_than_a_stall_takes(void **state)
{
    (void)state;
    int status = 0;
    assert_int_equal(put_with_wait(9 * hour_ms, &status), 0);
    assert_int_equal(status, 204);
    assert_int_equal(put_with_wait(11 * hour_ms, &status), SL_ESTALLED);
}

/* Reads the body in two steps: the client's kernel holds it all, and only acknowledgements move. */
static void read_slowly(struct sl_tcp_conn *conn, void *ctx)
{
    struct worker *worker = ctx;
    char head[2048];
    if (!sl_tcp_read_head(conn, head, sizeof head))
        return;
    sl_tcp_signal(conn);
    wait_until_allowed(worker, 1);
    if (!sl_tcp_read(conn, NULL, MIB / 2))
        return;
    sl_tcp_signal(conn);
    wait_until_allowed(worker, 2);
    if (sl_tcp_read(conn, NULL, MIB / 2))
        (void)sl_tcp_send(conn, no_content);
}

/* A round of the client moves a chunk at least while there is room: after so many nothing moves. */
static void settle(const struct helper *helper)
{
    for (int i = 0; i < 3 * MIB / SL_HTTP_CHUNK_BYTES; i++)
        ticker_show(helper->ticker, 0, helper->f->http);
}

static void *pass_time_between_the_steps(void *arg)
{
    struct long_helper *helper = arg;
    struct ticker *ticker = helper->base.ticker;
    struct fixture *f = helper->base.f;
    for (int step = 1; step <= 2; step++) {
        sl_tcp_await(f->server, step);
        settle(&helper->base);
        ticker_show(ticker, helper->base.ms, f->http);
        allow_a_step(helper->worker);
    }
    return NULL;
}

static void acknowledged_bytes_are_progress(void **state)
{
    (void)state;
    struct worker worker = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};
    struct ticker ticker;
    struct fixture f;
    ticker_init(&ticker);
    start(&f, &(struct sl_http_options){.clock = ticker_clock(&ticker), .stall_ms = hour_ms},
          read_slowly, &worker);
    struct long_helper helper = {{.f = &f, .ticker = &ticker, .ms = hour_ms * 2 / 3}, &worker};
    assert_int_equal(
        pthread_create(&helper.base.thread, NULL, pass_time_between_the_steps, &helper), 0);
    assert_int_equal(put(&f, MIB), 0);
    assert_int_equal(f.response.status, 204);
    pthread_join(helper.base.thread, NULL);
    stop(&f);
    ticker_fini(&ticker);
}

/* ---- cancel ---- */

static void *cancel_when_told(void *arg)
{
    struct helper *helper = arg;
    if (helper->ticker != NULL)
        ticker_await_looks(helper->ticker, 2); /* at the start, and before the first wait */
    else
        sl_tcp_await(helper->f->server, 1);
    sl_http_cancel(helper->f->http);
    return NULL;
}

static void cancel_ends_a_request_while_it_sends(void **state)
{
    (void)state;
    struct fixture f;
    start(&f, &patient, hang_behind_the_head, NULL);
    struct helper helper = {.f = &f};
    help(&helper, cancel_when_told);
    assert_int_equal(put(&f, 4096 * (uint64_t)MIB), SL_ECANCELED);
    pthread_join(helper.thread, NULL);
    assert_int_equal(get(&f), SL_ECANCELED); /* and all later ones */
    stop(&f);
}

static void cancel_ends_a_wait_for_the_answer(void **state)
{
    (void)state;
    struct fixture f;
    start(&f, &patient, hang_behind_the_head, NULL);
    struct helper helper = {.f = &f};
    help(&helper, cancel_when_told);
    assert_int_equal(get(&f), SL_ECANCELED);
    pthread_join(helper.thread, NULL);
    stop(&f);
}

static void cancel_ends_a_pause(void **state)
{
    (void)state;
    struct fixture f;
    start(&f, &patient, receive_half_and_tell, NULL);
    struct helper helper = {.f = &f};
    f.source.pause_at = MIB;
    help(&helper, cancel_when_told);
    assert_int_equal(put(&f, 2 * MIB), SL_ECANCELED);
    pthread_join(helper.thread, NULL);
    stop(&f);
}

/* A listener whose queue is full: the kernel drops further attempts, so a connect hangs. */
static void cancel_ends_a_connect(void **state)
{
    (void)state;
    struct sockaddr_in addr = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof addr;
    const int full = socket(AF_INET, SOCK_STREAM, 0);
    int fillers[8];
    assert_int_equal(bind(full, (struct sockaddr *)&addr, sizeof addr), 0);
    assert_int_equal(listen(full, 0), 0);
    assert_int_equal(getsockname(full, (struct sockaddr *)&addr, &len), 0);
    for (size_t i = 0; i < 8; i++) {
        fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(fillers[i], (struct sockaddr *)&addr, sizeof addr);
    }
    struct ticker ticker;
    struct fixture f = {0};
    ticker_init(&ticker);
    const struct sl_http_options options = {.clock = ticker_clock(&ticker),
                                            .connect_timeout_ms = hour_ms};
    assert_int_equal(sl_http_new(&f.http, &options, NULL), 0);
    snprintf(f.url, sizeof f.url, "http://127.0.0.1:%u/", ntohs(addr.sin_port));
    struct helper helper = {.f = &f, .ticker = &ticker};
    help(&helper, cancel_when_told);
    assert_int_equal(get(&f), SL_ECANCELED);
    pthread_join(helper.thread, NULL);
    sl_http_free(f.http);
    sl_http_response_free(&f.response);
    for (size_t i = 0; i < 8; i++)
        close(fillers[i]);
    close(full);
    ticker_fini(&ticker);
}

static void a_client_works_again_after_uncancel(void **state)
{
    (void)state;
    struct received got = {0};
    struct fixture f;
    start(&f, &defaults, receive_all, &got);
    sl_http_cancel(f.http);
    assert_int_equal(put(&f, 8 * MIB), SL_ECANCELED);
    assert_int_equal(f.source.given, 0);
    assert_int_equal(sl_tcp_accepted(f.server), 0);
    sl_http_uncancel(f.http);
    assert_int_equal(put(&f, 8 * MIB), 0);
    assert_int_equal(f.response.status, 204);
    stop(&f);
}

/* ---- kept connections that die ---- */

struct swallowed {
    char last[2048];
    int requests;
};

/* The first connection answers one request and swallows the next; others answer everything. */
static void swallow_the_second(struct sl_tcp_conn *conn, void *ctx)
{
    struct swallowed *seen = ctx;
    char request[2048];
    for (int n = 0; sl_tcp_read_request(conn, request, sizeof request); n++) {
        memcpy(seen->last, request, sizeof request);
        seen->requests++;
        if ((conn->index == 0 && n == 1) ||
            !sl_tcp_send(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
            break;
    }
}

static void only_what_is_harmless_is_sent_a_second_time(void **state)
{
    (void)state;
    static const struct {
        const char *method;
        const char *body;
        sl_http_read_fn read;
        int rc;
        int requests; /* with the first GET */
    } cases[] = {
        {"GET", NULL, NULL, 0, 3},
        {"PUT", "twelve bytes", NULL, 0, 3},
        {"POST", "twelve bytes", NULL, SL_ENET, 2},
        {"PUT", NULL, give, SL_ENET, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct swallowed seen = {0};
        struct fixture f;
        start(&f, &patient, swallow_the_second, &seen);
        assert_int_equal(get(&f), 0);
        const bool body = cases[i].body != NULL || cases[i].read != NULL;
        const struct sl_http_request request = {.method = cases[i].method,
                                                .url = f.url,
                                                .body = cases[i].body,
                                                .read = cases[i].read,
                                                .read_ctx = &f.source,
                                                .body_bytes = body ? 12 : 0};
        const int rc = sl_http_perform(f.http, &request, &f.response, &f.err);
        stop(&f); /* joins the script */
        assert_int_equal(rc, cases[i].rc);
        assert_int_equal(seen.requests, cases[i].requests);
        if (rc == 0 && body)
            assert_non_null(strstr(seen.last, "\r\n\r\ntwelve bytes"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_streamed_body_arrives_whole_in_small_chunks),
        cmocka_unit_test(an_empty_post_says_so),
        cmocka_unit_test(a_source_that_fails_ends_the_request_with_its_error),
        cmocka_unit_test(a_refusal_while_sending_stops_the_body),
        cmocka_unit_test(a_success_before_the_end_is_told_with_the_bytes_that_went),
        cmocka_unit_test(an_answer_before_a_reset_is_delivered),
        cmocka_unit_test(a_refusal_does_not_wait_for_a_paused_source),
        cmocka_unit_test(a_reset_without_an_answer_is_a_network_failure),
        cmocka_unit_test(a_paused_source_goes_on_and_no_stall_is_counted),
        cmocka_unit_test(a_server_that_stops_reading_stalls_the_upload),
        cmocka_unit_test(a_server_that_stays_silent_stalls_a_request_without_a_body),
        cmocka_unit_test(a_short_call_ends_at_its_timeout),
        cmocka_unit_test(a_server_may_work_longer_on_a_whole_body_than_a_stall_takes),
        cmocka_unit_test(acknowledged_bytes_are_progress),
        cmocka_unit_test(cancel_ends_a_request_while_it_sends),
        cmocka_unit_test(cancel_ends_a_wait_for_the_answer),
        cmocka_unit_test(cancel_ends_a_pause),
        cmocka_unit_test(cancel_ends_a_connect),
        cmocka_unit_test(a_client_works_again_after_uncancel),
        cmocka_unit_test(only_what_is_harmless_is_sent_a_second_time),
    };
    if (sl_http_global_init(NULL) < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
