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

static int perform(struct fixture *f, const struct sl_http_request *request)
{
    sl_tcp_sync(f->server);
    const int rc = sl_http_perform(f->http, request, &f->response, &f->err);
    sl_tcp_sync(f->server);
    return rc;
}

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
    return perform(f, &request);
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
    assert_int_equal(perform(&f, &request), 0);
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
    assert_int_equal(perform(&f, &request), 0);
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

static int get_answer(const char *answer, struct fixture *f)
{
    static struct exchange x;
    x = (struct exchange){.answer = answer, .close = true};
    start(f, answer_all, &x);
    return get(f);
}

static void what_is_not_http_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "hello\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 99 Low\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 600 High\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 999 High\r\nContent-Length: 0\r\n\r\n",
        "HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct fixture f;
        const int rc = get_answer(bad[i], &f);
        if (rc != SL_EPROTO)
            fail_msg("case %zu gave %s: %s", i, sl_err_name(rc), f.err.text);
        stop(&f);
    }
}

static void an_answer_cut_short_is_an_error(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nonly5",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct fixture f;
        const int rc = get_answer(bad[i], &f);
        if (rc != SL_ENET && rc != SL_EPROTO)
            fail_msg("case %zu gave %s: %s", i, sl_err_name(rc), f.err.text);
        assert_int_not_equal(f.err.text[0], 0);
        stop(&f);
    }
}

static void a_redirect_is_an_answer_and_not_followed(void **state)
{
    (void)state;
    struct fixture f;
    assert_int_equal(get_answer("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n"
                                "Content-Length: 0\r\n\r\n",
                                &f),
                     0);
    assert_int_equal(f.response.status, 302);
    assert_string_equal(f.response.location, "/elsewhere");
    assert_int_equal(sl_tcp_accepted(f.server), 1);
    assert_int_equal(sl_http_status_err(&f.response, "x", &f.err), SL_EREFUSED);
    stop(&f);
}

static void interim_answers_and_trailers_do_not_count(void **state)
{
    (void)state;
    struct fixture f;
    assert_int_equal(get_answer("HTTP/1.1 103 Early Hints\r\nLocation: /hint\r\n\r\n"
                                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                "2\r\nab\r\n0\r\nLocation: /trailer\r\n\r\n",
                                &f),
                     0);
    assert_int_equal(f.response.status, 200);
    assert_string_equal(f.response.location, "");
    assert_string_equal(f.response.body.data, "ab");
    stop(&f);
}

static void values_that_do_not_fit_count_as_not_given(void **state)
{
    (void)state;
    char answer[4096];
    char loc[2000];
    struct fixture f;
    memset(loc, 'a', sizeof loc - 1);
    loc[sizeof loc - 1] = '\0';
    snprintf(answer, sizeof answer,
             "HTTP/1.1 200 OK\r\nLocation: /%s\r\nETag: \"a\x01z\"\r\nContent-Length: 0\r\n\r\n",
             loc);
    assert_int_equal(get_answer(answer, &f), 0);
    assert_string_equal(f.response.location, "");
    assert_string_equal(f.response.etag, "");
    stop(&f);
}

static void flood_of_headers(struct sl_tcp_conn *conn, void *ctx)
{
    (void)ctx;
    char head[4096];
    if (!sl_tcp_read_head(conn, head, sizeof head) || !sl_tcp_send(conn, "HTTP/1.1 200 OK\r\n"))
        return;
    while (sl_tcp_send(conn, "X-Flood: 0123456789012345678901234567890123456789\r\n")) {
    }
}

static void flood_of_interim_answers(struct sl_tcp_conn *conn, void *ctx)
{
    (void)ctx;
    char head[4096];
    if (!sl_tcp_read_head(conn, head, sizeof head))
        return;
    while (sl_tcp_send(conn, "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")) {
    }
}

static void endless_heads_are_refused(void **state)
{
    (void)state;
    static const sl_tcp_script_fn floods[] = {flood_of_headers, flood_of_interim_answers};
    for (size_t i = 0; i < 2; i++) {
        struct fixture f;
        start(&f, floods[i], NULL);
        assert_int_equal(get(&f), SL_EPROTO);
        stop(&f);
    }
}

/* The status line in ctx, then a body without an end. */
static void flood_of_body(struct sl_tcp_conn *conn, void *ctx)
{
    char head[4096];
    if (!sl_tcp_read_head(conn, head, sizeof head) || !sl_tcp_send(conn, ctx) ||
        !sl_tcp_send(conn, "\r\n\r\n"))
        return;
    while (sl_tcp_send(conn, "0123456789abcdef0123456789abcdef")) {
    }
}

static void a_body_over_the_cap_is_refused_or_cut(void **state)
{
    (void)state;
    struct fixture f;
    char ok[] = "HTTP/1.1 200 OK";
    start(&f, flood_of_body, ok);
    struct sl_http_request request = {.method = "GET", .url = f.url, .response_cap = 100};
    assert_int_equal(perform(&f, &request), SL_EPROTO);
    assert_true(f.response.body.len <= 100);
    stop(&f);

    char failed[] = "HTTP/1.1 500 Oh no";
    start(&f, flood_of_body, failed);
    request.url = f.url;
    assert_int_equal(perform(&f, &request), 0);
    assert_int_equal(f.response.status, 500);
    assert_int_equal(f.response.body.len, 100);
    stop(&f);
}

struct sink {
    char got[64];
    size_t len;
    int status; /* as seen at the first call */
    int refuse;
    const struct sl_http_response *response;
};

static int take(void *ctx, const void *data, size_t len, struct sl_err *err)
{
    struct sink *sink = ctx;
    if (sink->len == 0)
        sink->status = sink->response->status;
    if (sink->refuse != 0)
        return sl_err_set(err, sink->refuse, "the disk is full");
    if (len > sizeof sink->got - sink->len)
        return sl_err_set(err, SL_EOVERFLOW, "too much");
    memcpy(sink->got + sink->len, data, len);
    sink->len += len;
    return 0;
}

static void a_sink_gets_the_body_of_a_success_only(void **state)
{
    (void)state;
    struct exchange x = {.answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"};
    struct fixture f;
    start(&f, answer_all, &x);
    struct sink sink = {.response = &f.response};
    const struct sl_http_request request = {
        .method = "GET", .url = f.url, .write = take, .write_ctx = &sink};
    assert_int_equal(perform(&f, &request), 0);
    assert_int_equal(sink.len, 5);
    assert_int_equal(sink.status, 200);
    assert_int_equal(f.response.body.len, 0);

    sink = (struct sink){.response = &f.response, .refuse = SL_ENOSPC};
    assert_int_equal(perform(&f, &request), SL_ENOSPC);
    assert_string_equal(f.err.text, "the disk is full");

    sink = (struct sink){.response = &f.response};
    x.answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnope";
    assert_int_equal(perform(&f, &request), 0);
    assert_int_equal(sink.len, 0);
    assert_string_equal(f.response.body.data, "nope");
    stop(&f);
}

static void head_has_a_length_and_no_body(void **state)
{
    (void)state;
    struct exchange x = {.answer = "HTTP/1.1 200 OK\r\nContent-Length: 123456789012\r\n\r\n"};
    struct fixture f;
    start(&f, answer_all, &x);
    const struct sl_http_request request = {.method = "HEAD", .url = f.url};
    assert_int_equal(perform(&f, &request), 0);
    assert_true(f.response.content_length == UINT64_C(123456789012));
    assert_memory_equal(x.request, "HEAD /x ", 8);
    x.answer = "HTTP/1.1 204 No Content\r\n\r\n";
    assert_int_equal(get(&f), 0);
    assert_int_equal(f.response.status, 204);
    assert_int_equal(sl_tcp_accepted(f.server), 1);
    stop(&f);
}

static void plain_http_and_odd_urls_are_refused_before_anything_is_sent(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        int code;
    } cases[] = {
        {"http://192.0.2.1/", SL_ECONFIG},
        {"http://localhost.example/", SL_ECONFIG},
        {"http://127.0.0.1.example/", SL_ECONFIG},
        {"http://128.0.0.1/", SL_ECONFIG},
        {"http://[::2]/", SL_ECONFIG},
        {"HTTP://example.com/", SL_ECONFIG},
        {"ftp://127.0.0.1/", SL_EFORMAT},
        {"file:///etc/passwd", SL_EFORMAT},
        {"https://user:pw@127.0.0.1/", SL_EFORMAT},
        {"https://127.0.0.1/a\nb", SL_EFORMAT},
        {"//127.0.0.1/", SL_EFORMAT},
        {"", SL_EFORMAT},
    };
    struct sl_http *http = NULL;
    struct sl_http_response response = {0};
    assert_int_equal(sl_http_new(&http, &(struct sl_http_options){0}, NULL), 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sl_err err = {0};
        const struct sl_http_request request = {.method = "GET", .url = cases[i].url};
        const int rc = sl_http_perform(http, &request, &response, &err);
        if (rc != cases[i].code)
            fail_msg("%s gave %s: %s", cases[i].url, sl_err_name(rc), err.text);
    }
    sl_http_response_free(&response);
    sl_http_free(http);
}

/* "localhost" is a name: what counts is the address when the connection is made. */
static void urls_of_others_lead_to_the_public_internet_only(void **state)
{
    (void)state;
    static const char *const hosts[] = {"http://127.0.0.1",  "https://127.0.0.1",
                                        "https://127.1",     "https://0x7f.1",
                                        "https://[::1]",     "https://[::ffff:127.0.0.1]",
                                        "https://localhost", "https://169.254.169.254"};
    struct exchange x = {.answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"};
    struct fixture f;
    start(&f, answer_all, &x);
    const uint16_t port = sl_tcp_port(f.server);
    sl_http_set_public_only(f.http, true);
    for (int proxy = 0; proxy < 2; proxy++) {
        if (proxy == 1)
            assert_int_equal(setenv("https_proxy", "http://127.0.0.1:1", 1), 0);
        for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
            snprintf(f.url, sizeof f.url, "%s:%u/x", hosts[i], port);
            if (get(&f) != SL_ECONFIG)
                fail_msg("%s: %d %s", f.url, f.err.code, f.err.text);
        }
    }
    assert_int_equal(unsetenv("https_proxy"), 0);
    assert_int_equal(sl_tcp_accepted(f.server), 0);
    sl_http_set_public_only(f.http, false);
    sl_tcp_url(f.server, f.url, sizeof f.url, "/x");
    assert_int_equal(get(&f), 0);
    stop(&f);
}

static void a_url_of_the_user_is_asked_wherever_it_leads(void **state)
{
    (void)state;
    struct exchange x = {.answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"};
    struct fixture f;
    char own[128];
    start(&f, answer_all, &x);
    sl_http_free(f.http);
    sl_tcp_url(f.server, own, sizeof own, "");
    const struct sl_http_options options = {.public_only = true, .own_url = own};
    assert_int_equal(sl_http_new(&f.http, &options, NULL), 0);
    assert_int_equal(get(&f), 0);
    snprintf(f.url, sizeof f.url, "http://127.0.0.2:%u/x", sl_tcp_port(f.server));
    assert_int_equal(get(&f), SL_ECONFIG);
    stop(&f);
}

static void headers_cannot_be_smuggled_in(void **state)
{
    (void)state;
    struct exchange x = {.answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"};
    struct fixture f;
    start(&f, answer_all, &x);
    const struct sl_http_request bad[] = {
        {.method = "GET", .url = f.url, .if_range = "\"a\"\r\nX-Evil: 1"},
        {.method = "GET", .url = f.url, .range = "0-1\r\nX-Evil: 1"},
        {.method = "GET", .url = f.url, .content_type = "a/b\nX-Evil: 1"},
    };
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(perform(&f, &bad[i]), SL_EINVAL);
    assert_int_equal(sl_tcp_accepted(f.server), 0);
    stop(&f);
}

static void loopback_goes_past_the_proxy_of_the_environment(void **state)
{
    (void)state;
    struct exchange x = {.answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"};
    struct fixture f;
    assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
    start(&f, answer_all, &x);
    assert_int_equal(get(&f), 0);
    assert_memory_equal(x.request, "GET /x HTTP/1.1\r\n", 17);
    stop(&f);
    assert_int_equal(unsetenv("http_proxy"), 0);
}

static void nobody_at_the_port_is_a_network_failure(void **state)
{
    (void)state;
    struct exchange x = {0};
    struct fixture f;
    start(&f, answer_all, &x);
    sl_tcp_stop(f.server);
    const struct sl_http_request request = {.method = "GET", .url = f.url};
    assert_int_equal(sl_http_perform(f.http, &request, &f.response, &f.err), SL_ENET);
    assert_int_equal(f.err.detail, 7); /* CURLE_COULDNT_CONNECT */
    assert_memory_equal(f.err.text, "GET 127.0.0.1: ", 15);
    sl_http_free(f.http);
    sl_http_response_free(&f.response);
}

/* A label of more than 63 bytes is no name: nobody is asked for it. */
static void a_name_without_an_address_does_not_spoil_the_next_request(void **state)
{
    (void)state;
    struct fixture f;
    struct exchange exchange = {.answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"};
    start(&f, answer_all, &exchange);
    const struct sl_http_request nowhere = {
        .method = "GET",
        .url =
            "https://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.test/"};
    assert_int_equal(perform(&f, &nowhere), SL_ENET);
    if (get(&f) != 0)
        fail_msg("%s", f.err.text);
    assert_int_equal(f.response.status, 200);
    stop(&f);
}

static void an_error_status_becomes_an_error_with_printable_text(void **state)
{
    (void)state;
    static const struct {
        int status;
        int code;
    } cases[] = {{200, SL_EPROTO},    {301, SL_EREFUSED}, {400, SL_EREFUSED},
                 {404, SL_ENOTFOUND}, {408, SL_EBUSY},    {429, SL_EBUSY},
                 {500, SL_ESERVER},   {502, SL_ESERVER},  {503, SL_EBUSY}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sl_http_response response = {.status = cases[i].status, .retry_after_ms = 2000};
        struct sl_err err = {0};
        sl_buf_str(&response.body, "bad \x1b[31mred\x07\xff\nsecond line");
        assert_int_equal(sl_http_status_err(&response, "what", &err), cases[i].code);
        assert_int_equal(err.detail, cases[i].status);
        assert_int_equal(err.wait_ms, cases[i].code == SL_EBUSY ? 2000 : 0);
        assert_memory_equal(err.text, "what: HTTP ", 11);
        assert_non_null(strstr(err.text, "bad \\x1b[31mred"));
        assert_null(strstr(err.text, "second"));
        for (const char *c = err.text; *c != '\0'; c++)
            assert_true(*c >= ' ' && *c < 0x7f);
        sl_http_response_free(&response);
    }
    const struct sl_http_response bare = {.status = 500, .retry_after_ms = -1};
    struct sl_err err = {0};
    assert_int_equal(sl_http_status_err(&bare, "what", &err), SL_ESERVER);
    assert_string_equal(err.text, "what: HTTP 500");
    assert_int_equal(sl_http_status_err(&bare, "what", NULL), SL_ESERVER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_given_with_head_and_body),
        cmocka_unit_test(two_requests_use_one_connection),
        cmocka_unit_test(what_is_not_http_is_refused),
        cmocka_unit_test(an_answer_cut_short_is_an_error),
        cmocka_unit_test(a_redirect_is_an_answer_and_not_followed),
        cmocka_unit_test(interim_answers_and_trailers_do_not_count),
        cmocka_unit_test(values_that_do_not_fit_count_as_not_given),
        cmocka_unit_test(endless_heads_are_refused),
        cmocka_unit_test(a_body_over_the_cap_is_refused_or_cut),
        cmocka_unit_test(a_sink_gets_the_body_of_a_success_only),
        cmocka_unit_test(head_has_a_length_and_no_body),
        cmocka_unit_test(plain_http_and_odd_urls_are_refused_before_anything_is_sent),
        cmocka_unit_test(urls_of_others_lead_to_the_public_internet_only),
        cmocka_unit_test(a_url_of_the_user_is_asked_wherever_it_leads),
        cmocka_unit_test(headers_cannot_be_smuggled_in),
        cmocka_unit_test(loopback_goes_past_the_proxy_of_the_environment),
        cmocka_unit_test(nobody_at_the_port_is_a_network_failure),
        cmocka_unit_test(a_name_without_an_address_does_not_spoil_the_next_request),
        cmocka_unit_test(an_error_status_becomes_an_error_with_printable_text),
    };
    if (sl_http_global_init(NULL) < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
