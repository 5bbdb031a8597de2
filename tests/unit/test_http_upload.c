/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <sched.h>
#include <string.h>

#include "sluice/http.h"

#include "support/tcp_server.h"
#include "support/test.h"
#include "upload_cases.h"

static const struct sl_http_options defaults = {0};
static const struct sl_http_options patient = {.connect_timeout_ms = 3600 * 1000,
                                               .stall_ms = 3600 * 1000};
static const char no_content[] = "HTTP/1.1 204 No Content\r\n\r\n";
static const char too_large[] = "HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\n\r\nlarge";

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

/* Nobody else wakes it. */
static void a_source_that_names_a_time_is_asked_again_then(void **state)
{
    (void)state;
    struct received got = {0};
    struct fixture f;
    start(&f, &defaults, receive_all, &got);
    f.source.pause_at = 1000000;
    f.source.pause_ms = 2;
    assert_int_equal(put(&f, 8 * MIB), 0);
    assert_int_equal(f.response.status, 204);
    assert_int_equal(got.sum, f.source.sum);
    assert_int_equal(f.source.pauses, 8);
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

/* As answer_early(), but not before the source has paused. */
static void answer_a_paused_source(struct sl_tcp_conn *conn, void *ctx)
{
    struct fixture *f = ctx;
    char head[2048];
    if (!sl_tcp_read_head(conn, head, sizeof head) || !sl_tcp_read(conn, NULL, 1000))
        return;
    while (atomic_load(&f->source.pauses) == 0)
        sched_yield();
    if (sl_tcp_send(conn, too_large))
        sl_tcp_hang(conn);
}

static void a_refusal_does_not_wait_for_a_paused_source(void **state)
{
    (void)state;
    struct fixture f;
    start(&f, &patient, answer_a_paused_source, &f);
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
        cmocka_unit_test(a_source_that_names_a_time_is_asked_again_then),
        cmocka_unit_test(an_empty_post_says_so),
        cmocka_unit_test(a_source_that_fails_ends_the_request_with_its_error),
        cmocka_unit_test(a_refusal_while_sending_stops_the_body),
        cmocka_unit_test(a_success_before_the_end_is_told_with_the_bytes_that_went),
        cmocka_unit_test(an_answer_before_a_reset_is_delivered),
        cmocka_unit_test(a_refusal_does_not_wait_for_a_paused_source),
        cmocka_unit_test(a_reset_without_an_answer_is_a_network_failure),
        cmocka_unit_test(a_client_works_again_after_uncancel),
        cmocka_unit_test(only_what_is_harmless_is_sent_a_second_time),
    };
    if (sl_http_global_init(NULL) < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
