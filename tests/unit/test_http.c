/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/http.h"

#include "support/tcp_server.h"
#include "support/test.h"

/* What a script saw of the last request, and what it answers. */
struct exchange {
    char request[8192];
    const char *answer;
    bool close; /* behind the answer */
};

/* Answers every request of every connection with ctx->answer. */
static void answer_all(struct sl_tcp_conn *conn, void *ctx)
{
    struct exchange *exchange = ctx;
    while (sl_tcp_read_request(conn, exchange->request, sizeof exchange->request)) {
        if (!sl_tcp_send(conn, exchange->answer) || exchange->close)
            break;
    }
}

struct fixture {
    struct sl_tcp_server *server;
    struct sl_http *http;
    struct sl_http_response response;
    struct sl_err err;
    char url[128];
};

static void start(struct fixture *f, sl_tcp_script_fn script, void *ctx)
{
    *f = (struct fixture){0};
    f->server = sl_tcp_start(script, ctx);
    sl_tcp_url(f->server, f->url, sizeof f->url, "/x");
    assert_int_equal(sl_http_new(&f->http, &(struct sl_http_options){0}, &f->err), 0);
}

static void stop(struct fixture *f)
{
    sl_http_free(f->http);
    sl_tcp_stop(f->server);
    sl_http_response_free(&f->response);
}

static int get(struct fixture *f)
{
    const struct sl_http_request request = {.method = "GET", .url = f->url};
    return sl_http_perform(f->http, &request, &f->response, &f->err);
}

static void an_answer_is_given_with_head_and_body(void **state)
{
    (void)state;
    struct exchange x = {.answer = "HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\n"
                                   "content-range: bytes 0-4/9 \r\nETag:\t\"abc\"\r\n"
                                   "Location: /there\r\nContent-Type: text/plain\r\n"
                                   "Retry-After: 7\r\n\r\nhello"};
    struct fixture f;
    start(&f, answer_all, &x);
    const struct sl_http_request request = {
        .method = "GET", .url = f.url, .range = "0-4", .if_range = "\"abc\""};
    assert_int_equal(sl_http_perform(f.http, &request, &f.response, &f.err), 0);
    assert_int_equal(f.response.status, 206);
    assert_int_equal(f.response.content_length, 5);
    assert_string_equal(f.response.content_range, "bytes 0-4/9");
    assert_string_equal(f.response.etag, "\"abc\"");
    assert_string_equal(f.response.location, "/there");
    assert_string_equal(f.response.content_type, "text/plain");
    assert_int_equal(f.response.retry_after_ms, 7000);
    assert_string_equal(f.response.body.data, "hello");
    assert_non_null(strstr(x.request, "GET /x HTTP/1.1\r\n"));
    assert_non_null(strstr(x.request, "Range: bytes=0-4\r\n"));
    assert_non_null(strstr(x.request, "If-Range: \"abc\"\r\n"));
    assert_non_null(strstr(x.request, "User-Agent: sluice/"));
    assert_null(strstr(x.request, "Accept-Encoding"));
    stop(&f);
}

static void two_requests_use_one_connection(void **state)
{
    (void)state;
    struct exchange x = {.answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"};
    struct fixture f;
    start(&f, answer_all, &x);
    assert_int_equal(get(&f), 0);
    const struct sl_http_request request = {
        .method = "POST", .url = f.url, .content_type = "a/b", .body = "{}", .body_bytes = 2};
    assert_int_equal(sl_http_perform(f.http, &request, &f.response, &f.err), 0);
    assert_int_equal(f.response.sent_bytes, 2);
    assert_non_null(strstr(x.request, "POST /x HTTP/1.1\r\n"));
    assert_non_null(strstr(x.request, "Content-Length: 2\r\n"));
    assert_non_null(strstr(x.request, "Content-Type: a/b\r\n"));
    assert_non_null(strstr(x.request, "\r\n\r\n{}"));
    assert_null(strstr(x.request, "Expect"));
    assert_int_equal(get(&f), 0);
    assert_int_equal(f.response.body.len, 2);
    assert_int_equal(sl_tcp_accepted(f.server), 1);
    stop(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_given_with_head_and_body),
        cmocka_unit_test(two_requests_use_one_connection),
    };
    if (sl_http_global_init(NULL) < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
