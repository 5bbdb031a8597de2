/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the log tells about requests, and what it must not tell. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/http.h"
#include "sluice/log.h"

#include "support/tcp_server.h"
#include "support/test.h"
#include "support/tmp.h"

#define SECRET "s3cr3t-path-0f-m1ne"

enum { CHUNKS = 5 };

struct fixture {
    struct sl_tcp_server *server;
    struct sl_http *http;
    struct sl_http_response response;
    char dir[SL_PATH_BYTES];
    char path[SL_PATH_BYTES];
    char url[256];
    char *log;
};

static void answer_all(struct sl_tcp_conn *conn, void *ctx)
{
    static char request[8192];
    while (sl_tcp_read_request(conn, request, sizeof request)) {
        if (!sl_tcp_send(conn, ctx))
            break;
    }
}

static void take_upload(struct sl_tcp_conn *conn, void *ctx)
{
    static char head[4096];
    (void)ctx;
    if (sl_tcp_read_head(conn, head, sizeof head) &&
        sl_tcp_read(conn, NULL, (uint64_t)CHUNKS * SL_HTTP_CHUNK_BYTES))
        (void)sl_tcp_send(conn, "HTTP/1.1 204 No Content\r\n\r\n");
}

static void start(struct fixture *f, sl_tcp_script_fn script, const char *answer,
                  const char *levels_text)
{
    struct sl_log_levels levels;
    const struct sl_clock clock = sl_clock_system();
    *f = (struct fixture){0};
    sl_tmp_make(f->dir);
    assert_int_equal(sl_path_join(f->path, sizeof f->path, f->dir, "log", NULL), SL_OK);
    assert_int_equal(sl_log_levels_parse(&levels, levels_text, NULL), SL_OK);
    assert_int_equal(sl_log_open(f->path, &levels, &clock, NULL), SL_OK);
    f->server = sl_tcp_start(script, (void *)answer);
    sl_tcp_url(f->server, f->url, sizeof f->url, "/" SECRET "/pdp/ping");
    assert_int_equal(sl_http_new(&f->http, &(struct sl_http_options){0}, NULL), 0);
}

static void read_log(struct fixture *f)
{
    size_t len;
    free(f->log);
    assert_int_equal(sl_file_read(&f->log, &len, f->path, (size_t)1 << 20, NULL), SL_OK);
}

static void stop(struct fixture *f)
{
    sl_log_close();
    sl_http_free(f->http);
    sl_tcp_stop(f->server);
    sl_http_response_free(&f->response);
    free(f->log);
    sl_tmp_remove(f->dir);
}

static int perform(struct fixture *f, const struct sl_http_request *request)
{
    return sl_http_perform(f->http, request, &f->response, NULL);
}

static void has(const struct fixture *f, const char *text)
{
    if (strstr(f->log, text) == NULL)
        fail_msg("'%s' is missing in:\n%s", text, f->log);
}

static void has_not(const struct fixture *f, const char *text)
{
    if (strstr(f->log, text) != NULL)
        fail_msg("'%s' is in:\n%s", text, f->log);
}

static int lines_of(const struct fixture *f)
{
    int lines = 0;
    for (const char *at = f->log; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    return lines;
}

static void info_has_one_line_for_each_request(void **state)
{
    (void)state;
    struct fixture f;
    start(&f, answer_all, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "info");
    const struct sl_http_request request = {
        .method = "POST", .url = f.url, .body = "{\"a\":1}", .body_bytes = 7};
    assert_int_equal(perform(&f, &request), SL_OK);
    assert_int_equal(perform(&f, &request), SL_OK);
    read_log(&f);
    assert_int_equal(lines_of(&f), 2);
    has(&f, " info net: POST http://127.0.0.1:");
    has(&f, "/.../pdp/ping -> 200, sent 7, received 5 bytes, ");
    has_not(&f, "s3cr3t");
    has_not(&f, "hello");
    stop(&f);
}

static int give_zeros(void *ctx, void *out, size_t cap, struct sl_err *err)
{
    (void)err;
    memset(out, 0, cap);
    ++*(int *)ctx;
    return (int)cap;
}

static void an_upload_in_chunks_has_one_line_too(void **state)
{
    (void)state;
    struct fixture f;
    int reads = 0;
    start(&f, take_upload, NULL, "info");
    const struct sl_http_request request = {.method = "PUT",
                                            .url = f.url,
                                            .read = give_zeros,
                                            .read_ctx = &reads,
                                            .body_bytes = (uint64_t)CHUNKS * SL_HTTP_CHUNK_BYTES};
    assert_int_equal(perform(&f, &request), SL_OK);
    assert_true(reads >= CHUNKS);
    read_log(&f);
    assert_int_equal(lines_of(&f), 1);
    has(&f, "-> 204, sent 327680, received 0 bytes");
    stop(&f);
}

static void a_request_that_fails_says_why(void **state)
{
    (void)state;
    struct fixture f;
    start(&f, answer_all, "nothing of HTTP\r\n\r\n", "info");
    const struct sl_http_request request = {.method = "GET", .url = f.url};
    assert_true(perform(&f, &request) < 0);
    const struct sl_http_request named = {.method = "GET",
                                          .url = "https://me:passw0rd@node.example/x"};
    assert_int_equal(perform(&f, &named), SL_EFORMAT);
    read_log(&f);
    has(&f, "/.../pdp/ping failed, sent 0, received 0 bytes, ");
    has(&f, "GET https://...@node.example/... failed");
    has_not(&f, "passw0rd");
    stop(&f);
}

static void debug_has_heads_and_bodies_without_secrets(void **state)
{
    (void)state;
    static const char body[] = "{\"from\":\"http://h/" SECRET "/piece/x\"}";
    struct fixture f;
    start(&f, answer_all,
          "HTTP/1.1 201 Created\r\nLocation: /" SECRET "/pdp/x\r\nSet-Cookie: id=c00kie\r\n"
          "X-Api-Key: k3y\r\nWWW-Authenticate: Basic realm=c00kie\r\nX-Note: \x1b[2J\r\n"
          "Content-Length: 40\r\n\r\n{\"path\":\"" SECRET "\",\"a\":\"\xe2\x82\xac\"}",
          "info,net:debug");
    const struct sl_http_request request = {.method = "POST",
                                            .url = f.url,
                                            .content_type = "application/json",
                                            .body = body,
                                            .body_bytes = sizeof body - 1};
    assert_int_equal(perform(&f, &request), SL_OK);
    read_log(&f);
    has(&f, " debug net: request head: POST http://127.0.0.1:");
    has(&f, " | Content-Type: application/json | Content-Length: ");
    has(&f, " debug net: request body: {\"from\":\"http://h/.../piece/x\"}\n");
    has(&f, " debug net: answer head: HTTP/1.1 201 Created | Location: /**");
    has(&f, " | Set-Cookie: ... | X-Api-Key: ... | WWW-Authenticate: ... | X-Note: \\x1b[2J | ");
    has(&f, " debug net: answer body: {\"path\":\"**");
    has_not(&f, "s3cr3t");
    has_not(&f, "c00kie");
    has_not(&f, "k3y");
    stop(&f);
}

static void long_and_binary_bodies_are_not_shown_whole(void **state)
{
    (void)state;
    static char body[6000];
    struct fixture f;
    start(&f, answer_all, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\x01\x02\x03\x04",
          "net:debug");
    memset(body, 'b', sizeof body);
    const struct sl_http_request request = {
        .method = "POST", .url = f.url, .body = body, .body_bytes = sizeof body};
    assert_int_equal(perform(&f, &request), SL_OK);
    read_log(&f);
    const char *shown = strstr(f.log, "request body: 6000 bytes: ");
    assert_non_null(shown);
    assert_int_equal(strspn(shown + strlen("request body: 6000 bytes: "), "b"), 2048);
    has(&f, "answer body: 4 bytes, not text\n");
    stop(&f);
}

static void trace_tells_the_phases(void **state)
{
    (void)state;
    struct fixture f;
    start(&f, answer_all, "HTTP/1.1 204 No Content\r\n\r\n", "net:trace");
    const struct sl_http_request request = {.method = "GET", .url = f.url};
    assert_int_equal(perform(&f, &request), SL_OK);
    assert_int_equal(perform(&f, &request), SL_OK);
    read_log(&f);
    has(&f, " trace net: phases, ms since the start: dns ");
    has(&f, "; new connection to 127.0.0.1\n");
    has(&f, "; kept connection to 127.0.0.1\n");
    stop(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(info_has_one_line_for_each_request),
        cmocka_unit_test(an_upload_in_chunks_has_one_line_too),
        cmocka_unit_test(a_request_that_fails_says_why),
        cmocka_unit_test(debug_has_heads_and_bodies_without_secrets),
        cmocka_unit_test(long_and_binary_bodies_are_not_shown_whole),
        cmocka_unit_test(trace_tells_the_phases),
    };
    return cmocka_run_group_tests_name("http_trace", tests, NULL, NULL);
}
