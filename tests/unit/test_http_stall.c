/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sluice/http.h"

#include "support/tcp_server.h"
#include "support/test.h"
#include "upload_cases.h"

static const struct sl_http_options patient = {.connect_timeout_ms = 3600 * 1000,
                                               .stall_ms = 3600 * 1000};
static const char no_content[] = "HTTP/1.1 204 No Content\r\n\r\n";

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
    start(&f, &(struct sl_http_options){.clock = ticker_clock(&ticker), .stall_ms = HOUR_MS},
          receive_half_and_tell, NULL);
    struct helper helper = {.f = &f, .ticker = &ticker, .ms = 100 * HOUR_MS};
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
              .clock = ticker_clock(&ticker), .stall_ms = HOUR_MS, .answer_ms = 10 * HOUR_MS},
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
    assert_int_equal(put_with_wait(9 * HOUR_MS, &status), 0);
    assert_int_equal(status, 204);
    assert_int_equal(put_with_wait(11 * HOUR_MS, &status), SL_ESTALLED);
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
    start(&f, &(struct sl_http_options){.clock = ticker_clock(&ticker), .stall_ms = HOUR_MS},
          read_slowly, &worker);
    struct long_helper helper = {{.f = &f, .ticker = &ticker, .ms = HOUR_MS * 2 / 3}, &worker};
    assert_int_equal(
        pthread_create(&helper.base.thread, NULL, pass_time_between_the_steps, &helper), 0);
    assert_int_equal(put(&f, MIB), 0);
    assert_int_equal(f.response.status, 204);
    pthread_join(helper.base.thread, NULL);
    stop(&f);
    ticker_fini(&ticker);
}

/* ---- servers that drip ---- */

/* Moves the clock forward until the request has ended. */
struct hurry {
    struct fixture *f;
    struct ticker *ticker;
    int64_t ms;
    atomic_bool ended;
    pthread_t thread;
};

static void *let_time_pass(void *arg)
{
    struct hurry *hurry = arg;
    sl_tcp_await(hurry->f->server, 1);
    while (!atomic_load(&hurry->ended)) {
        ticker_advance(hurry->ticker, hurry->ms);
        sl_http_unpause(hurry->f->http);
    }
    return NULL;
}

static void send_and_hang(struct sl_tcp_conn *conn, void *ctx)
{
    const char *answer = ctx;
    char head[2048];
    if (!sl_tcp_read_head(conn, head, sizeof head) || !sl_tcp_send(conn, answer))
        return;
    sl_tcp_signal(conn);
    sl_tcp_hang(conn);
}

/* A request to a server that sends `answer` and nothing more, with a stall rule of hours. */
static int ask_a_slow_one(const char *answer, struct sl_http_request request, struct sl_err *err)
{
    struct ticker ticker;
    struct fixture f;
    ticker_init(&ticker);
    start(&f, &(struct sl_http_options){.clock = ticker_clock(&ticker), .stall_ms = 1000 * HOUR_MS},
          send_and_hang, (void *)answer);
    struct hurry hurry = {.f = &f, .ticker = &ticker, .ms = 100};
    assert_int_equal(pthread_create(&hurry.thread, NULL, let_time_pass, &hurry), 0);
    request.method = "GET";
    request.url = f.url;
    const int rc = sl_http_perform(f.http, &request, &f.response, err);
    atomic_store(&hurry.ended, true);
    pthread_join(hurry.thread, NULL);
    stop(&f);
    ticker_fini(&ticker);
    return rc;
}

static int take_any(void *ctx, const void *data, size_t len, struct sl_err *err)
{
    (void)ctx;
    (void)data;
    (void)len;
    (void)err;
    return 0;
}

static const char half[] = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it";

static void a_request_without_a_body_has_a_minute(void **state)
{
    (void)state;
    struct sl_err err = {0};
    assert_int_equal(
        ask_a_slow_one("HTTP/1.1 200 OK\r\nX-So: on\r\n", (struct sl_http_request){0}, &err),
        SL_ENET);
    assert_int_equal(err.detail, 28); /* CURLE_OPERATION_TIMEDOUT */
}

static void an_answer_to_memory_is_complete_soon_after_its_head(void **state)
{
    (void)state;
    struct sl_err err = {0};
    assert_int_equal(
        ask_a_slow_one(half, (struct sl_http_request){.timeout_ms = 1000 * HOUR_MS}, &err),
        SL_ESTALLED);
    assert_int_not_equal(err.detail, SL_HTTP_TOO_SLOW);
}

static void who_asks_for_a_speed_leaves_a_slow_download(void **state)
{
    (void)state;
    struct sl_err err = {0};
    const struct sl_http_request request = {
        .write = take_any, .slow_ms = 30000, .slow_bytes = 4096};
    assert_int_equal(ask_a_slow_one(half, request, &err), SL_ESTALLED);
    assert_int_equal(err.detail, SL_HTTP_TOO_SLOW);
}

/* One interim answer after another, each within the time of the stall rule. */
static void interim_twice(struct sl_tcp_conn *conn, void *ctx)
{
    struct worker *worker = ctx;
    char head[2048];
    if (!sl_tcp_read_head(conn, head, sizeof head))
        return;
    for (int step = 1; step <= 2; step++) {
        if (!sl_tcp_send(conn, "HTTP/1.1 102 Processing\r\n\r\n"))
            return;
        sl_tcp_signal(conn);
        wait_until_allowed(worker, step);
    }
    sl_tcp_hang(conn);
}

/* If the second answer counted as progress, half of the time would be left: then the request is
 * cancelled. */
static void *pass_half_of_a_stall_twice(void *arg)
{
    struct long_helper *helper = arg;
    struct ticker *ticker = helper->base.ticker;
    struct fixture *f = helper->base.f;
    for (int step = 1; step <= 2; step++) {
        sl_tcp_await(f->server, step);
        ticker_show(ticker, 0, f->http);
        ticker_show(ticker, 0, f->http);
        ticker_show(ticker, HOUR_MS / 2, f->http);
        allow_a_step(helper->worker);
    }
    sl_http_cancel(f->http);
    return NULL;
}

static void interim_answers_are_no_progress(void **state)
{
    (void)state;
    struct worker worker = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};
    struct ticker ticker;
    struct fixture f;
    ticker_init(&ticker);
    start(&f, &(struct sl_http_options){.clock = ticker_clock(&ticker), .stall_ms = HOUR_MS},
          interim_twice, &worker);
    struct long_helper helper = {{.f = &f, .ticker = &ticker}, &worker};
    assert_int_equal(pthread_create(&helper.base.thread, NULL, pass_half_of_a_stall_twice, &helper),
                     0);
    const struct sl_http_request request = {.method = "GET", .url = f.url, .write = take_any};
    assert_int_equal(sl_http_perform(f.http, &request, &f.response, &f.err), SL_ESTALLED);
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
                                            .connect_timeout_ms = HOUR_MS};
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_paused_source_goes_on_and_no_stall_is_counted),
        cmocka_unit_test(a_server_that_stops_reading_stalls_the_upload),
        cmocka_unit_test(a_server_that_stays_silent_stalls_a_request_without_a_body),
        cmocka_unit_test(a_request_without_a_body_has_a_minute),
        cmocka_unit_test(an_answer_to_memory_is_complete_soon_after_its_head),
        cmocka_unit_test(who_asks_for_a_speed_leaves_a_slow_download),
        cmocka_unit_test(interim_answers_are_no_progress),
        cmocka_unit_test(a_short_call_ends_at_its_timeout),
        cmocka_unit_test(a_server_may_work_longer_on_a_whole_body_than_a_stall_takes),
        cmocka_unit_test(acknowledged_bytes_are_progress),
        cmocka_unit_test(cancel_ends_a_request_while_it_sends),
        cmocka_unit_test(cancel_ends_a_wait_for_the_answer),
        cmocka_unit_test(cancel_ends_a_pause),
        cmocka_unit_test(cancel_ends_a_connect),
    };
    if (sl_http_global_init(NULL) < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
