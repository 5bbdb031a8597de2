/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdio.h>
#include <string.h>

#include "sluice/sp.h"

#include "support/tcp_server.h"
#include "support/test.h"

#define UUID "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"

enum { BODY_BYTES = 3000 };

/* A provider that gives one answer to everything and keeps the last request. */
struct provider {
    char request[8192];
    char answer[2048];
};

static void serve(struct sl_tcp_conn *conn, void *ctx)
{
    struct provider *provider = ctx;
    while (sl_tcp_read_request(conn, provider->request, sizeof provider->request)) {
        if (!sl_tcp_send(conn, provider->answer))
            break;
    }
}

struct fixture {
    struct provider provider;
    struct sl_tcp_server *server;
    struct sl_sp *sp;
    struct sl_piece_id piece;
    struct sl_piece_id other;
    char cid[SL_PIECE_CID_CHARS];
    char uuid[SL_UUID_CHARS];
    struct sl_err err;
};

static void make_piece(struct sl_piece_id *piece, uint8_t seed)
{
    piece->payload_bytes = BODY_BYTES;
    piece->height = sl_piece_height(BODY_BYTES);
    memset(piece->root, seed, sizeof piece->root);
    piece->root[31] &= 0x3f;
}

static void start(struct fixture *f)
{
    char url[64];
    *f = (struct fixture){0};
    f->server = sl_tcp_start(serve, &f->provider);
    sl_tcp_url(f->server, url, sizeof url, "/base/");
    assert_int_equal(sl_sp_new(&f->sp, url, &(struct sl_http_options){0}, &f->err), 0);
    make_piece(&f->piece, 7);
    make_piece(&f->other, 9);
    sl_piece_cid(f->cid, &f->piece);
}

static void stop(struct fixture *f)
{
    sl_sp_free(f->sp);
    sl_tcp_stop(f->server);
}

/* Set the provider's answer: status, an extra header line or "", a body. */
static void answer(struct fixture *f, int status, const char *header, const char *body)
{
    sl_tcp_sync(f->server); /* the script has read the one before */
    snprintf(f->provider.answer, sizeof f->provider.answer,
             "HTTP/1.1 %d X\r\n%sContent-Length: %zu\r\n\r\n%s", status, header, strlen(body),
             body);
    sl_tcp_sync(f->server);
}

static void answer_piece(struct fixture *f, const struct sl_piece_id *piece)
{
    char cid[SL_PIECE_CID_CHARS];
    char body[SL_PIECE_CID_CHARS + 32];
    sl_piece_cid(cid, piece);
    snprintf(body, sizeof body, "{\"pieceCid\":\"%s\"}\n", cid);
    answer(f, 200, "", body);
}

static void assert_request_line(const struct fixture *f, const char *line)
{
    char start_line[256];
    sl_tcp_sync(f->server);
    snprintf(start_line, sizeof start_line, "%s HTTP/1.1\r\n", line);
    assert_memory_equal(f->provider.request, start_line, strlen(start_line));
}

static int give(void *ctx, void *out, size_t cap, struct sl_err *err)
{
    (void)ctx;
    (void)err;
    memset(out, 'x', cap);
    return (int)cap;
}

static int put(struct fixture *f)
{
    return sl_sp_upload_put(f->sp, UUID, BODY_BYTES, give, NULL, &f->err);
}

static int declared_put(struct fixture *f)
{
    return sl_sp_declared_put(f->sp, UUID, BODY_BYTES, give, NULL, &f->err);
}

static int finalize(struct fixture *f)
{
    return sl_sp_upload_finalize(f->sp, UUID, &f->piece, &f->err);
}

static int declare(struct fixture *f)
{
    return sl_sp_declare(f->sp, &f->piece, f->uuid, &f->err);
}

static int find(struct fixture *f)
{
    return sl_sp_find(f->sp, &f->piece, &f->err);
}

static int ping(struct fixture *f)
{
    return sl_sp_ping(f->sp, &f->err);
}

static int begin(struct fixture *f)
{
    return sl_sp_upload_begin(f->sp, f->uuid, &f->err);
}

static void requests_are_what_the_api_describes(void **state)
{
    (void)state;
    struct fixture f;
    char line[256];
    char body[SL_PIECE_CID_CHARS + 32];
    start(&f);
    answer(&f, 200, "", "curio-pdp");
    assert_int_equal(ping(&f), 0);
    assert_request_line(&f, "GET /base/pdp/ping");

    answer(&f, 201, "Location: /pdp/piece/uploads/" UUID "\r\n", "");
    assert_int_equal(begin(&f), 0);
    assert_string_equal(f.uuid, UUID);
    assert_request_line(&f, "POST /base/pdp/piece/uploads");

    answer(&f, 204, "", "");
    assert_int_equal(put(&f), 0);
    assert_request_line(&f, "PUT /base/pdp/piece/uploads/" UUID);
    assert_non_null(strstr(f.provider.request, "Content-Type: application/octet-stream\r\n"));
    assert_non_null(strstr(f.provider.request, "Content-Length: 3000\r\n"));

    answer(&f, 200, "", "");
    assert_int_equal(finalize(&f), 0);
    assert_request_line(&f, "POST /base/pdp/piece/uploads/" UUID);
    snprintf(body, sizeof body, "\r\n\r\n{\"pieceCid\":\"%s\"}", f.cid);
    assert_non_null(strstr(f.provider.request, body));
    assert_non_null(strstr(f.provider.request, "Content-Type: application/json\r\n"));

    answer(&f, 201, "Location: /pdp/piece/upload/" UUID "\r\n", "");
    memset(f.uuid, 0, sizeof f.uuid);
    assert_int_equal(declare(&f), 0);
    assert_string_equal(f.uuid, UUID);
    assert_request_line(&f, "POST /base/pdp/piece");
    assert_non_null(strstr(f.provider.request, body));

    answer(&f, 204, "", "");
    assert_int_equal(declared_put(&f), 0);
    assert_request_line(&f, "PUT /base/pdp/piece/upload/" UUID);

    answer_piece(&f, &f.piece);
    assert_int_equal(find(&f), 1);
    snprintf(line, sizeof line, "GET /base/pdp/piece?pieceCid=%s", f.cid);
    assert_request_line(&f, line);
    assert_int_equal(sl_tcp_accepted(f.server), 1);
    stop(&f);
}

/* Every refusal of the API, and its meaning for each call. */
static void every_answer_has_its_meaning(void **state)
{
    (void)state;
    static const char eid[] = " [eid: 11111111-2222-3333-4444-555555555555]\n";
    static const struct {
        int (*call)(struct fixture *f);
        int status;
        const char *body;
        int rc;
    } cases[] = {
        {ping, 503, "Service Unavailable", SL_EBUSY},
        {ping, 404, "Requested resource not found", SL_ENOTFOUND},
        {ping, 302, "", SL_EREFUSED},
        {begin, 500, "Failed to create upload request", SL_ESERVER},
        {begin, 200, "", SL_EPROTO},
        {begin, 201, "", SL_EPROTO},
        {put, 404, "404 page not found", SL_ENOTFOUND},
        {put, 413, "piece data exceeds the maximum allowed size (1065353216 bytes)", SL_ETOOBIG},
        {put, 400, "piece data is below the minimum allowed size (127 bytes)", SL_ETOOSMALL},
        {put, 400, "Invalid upload UUID", SL_EREFUSED},
        {put, 500, "Failed to store piece data", SL_ESERVER},
        {put, 500, "Failed to claim streaming upload", SL_ESERVER},
        {put, 409, "Data has already been uploaded", 0},
        {put, 409, "This piece is already being uploaded or conflicts with an existing piece",
         SL_EBUSY},
        {put, 409, "something else", SL_EREFUSED},
        {put, 401, "anonymous piece uploads are disabled; provide a registered service JWT",
         SL_EREFUSED},
        {put, 200, "", SL_EPROTO},
        {put, 429, "too many requests", SL_EBUSY},
        {finalize, 404, "404 page not found", SL_ENOTFOUND},
        {finalize, 400, "Invalid request body: pieceCid size does not match uploaded piece size",
         SL_EMISMATCH},
        {finalize, 400,
         "Invalid request body: pieceCid does not match the calculated pieceCid for the uploaded "
         "piece",
         SL_EMISMATCH},
        {finalize, 400, "Invalid request body: invalid pieceCid: x", SL_EREFUSED},
        {finalize, 500, "Database error", SL_ESERVER},
        {finalize, 409, "Streaming upload is not complete", SL_ESERVER},
        {finalize, 500, "Failed to complete streaming upload", SL_ESERVER},
        {finalize, 204, "", SL_EPROTO},
        {declare, 400, "piece data is below the minimum allowed size (127 bytes)", SL_ETOOSMALL},
        {declare, 413, "piece data exceeds the maximum allowed size", SL_ETOOBIG},
        {declare, 500, "Failed to process request: x", SL_ESERVER},
        {declare, 201, "", SL_EPROTO},
        {declare, 200, "", SL_EPROTO},
        {declare, 200, "{\"pieceCid\":\"\"}", SL_EPROTO},
        {declare, 200, "{\"pieceCid\":7}", SL_EPROTO},
        {declare, 200, "<html>", SL_EPROTO},
        {declared_put, 409, "Data has already been uploaded", 0},
        {declared_put, 409, "This piece is already being uploaded", SL_EBUSY},
        {declared_put, 409, "<html>Conflict</html>", SL_EREFUSED},
        {declared_put, 409, "", SL_EREFUSED},
        {declared_put, 400, "Computed padded piece size does not match expected piece size",
         SL_EMISMATCH},
        {declared_put, 500, "Failed to claim piece upload", SL_ESERVER},
        {declared_put, 500, "Failed to verify uploaded piece size", SL_ESERVER},
        {declared_put, 400, "Computed hash does not match expected hash", SL_EMISMATCH},
        {declared_put, 400, "Computed piece CID does not match expected piece CID", SL_EMISMATCH},
        {declared_put, 400, "Piece size does not match the expected size", SL_EMISMATCH},
        {declared_put, 400, "piece data exceeds the size declared in pieceCid (3000 bytes)",
         SL_EMISMATCH},
        {declared_put, 404, "Upload UUID not found", SL_ENOTFOUND},
        {declared_put, 500, "Failed to store piece data", SL_ESERVER},
        {find, 404, "404 page not found", 0},
        {find, 400, "Failed to parse CID: x", SL_EREFUSED},
        {find, 500, "Database error", SL_ESERVER},
        {find, 204, "", SL_EPROTO},
        {find, 200, "curio-pdp", SL_EPROTO},
    };
    struct fixture f;
    start(&f);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char body[512];
        snprintf(body, sizeof body, "%s%s", cases[i].body, cases[i].status == 400 ? eid : "");
        answer(&f, cases[i].status, "", cases[i].status == 204 ? "" : body);
        f.err = (struct sl_err){0};
        const int rc = cases[i].call(&f);
        if (rc != cases[i].rc || (rc < 0 && f.err.code != rc))
            fail_msg("case %zu gave %s: %s", i, sl_err_name(rc), f.err.text);
        assert_int_equal(sl_sp_is_claimed(&f.err), cases[i].status == 409 && rc == SL_EBUSY);
    }
    stop(&f);
}

static void a_throttle_says_how_long_to_wait(void **state)
{
    (void)state;
    struct fixture f;
    start(&f);
    answer(&f, 429, "Retry-After: 300\r\n", "too many requests for unavailable data sets\n");
    assert_int_equal(ping(&f), SL_EBUSY);
    assert_int_equal(f.err.wait_ms, 300000);
    assert_string_equal(f.err.text, "ping: HTTP 429: too many requests for unavailable data sets");
    stop(&f);
}

static void only_a_true_session_is_taken_from_a_location(void **state)
{
    (void)state;
    static const struct {
        const char *location;
        bool good;
    } cases[] = {
        {"/pdp/piece/uploads/" UUID, true},
        {"/base/pdp/piece/uploads/" UUID, true},
        {"https://elsewhere.example/pdp/piece/uploads/" UUID, true}, /* the uuid alone is used */
        {"/pdp/piece/uploads/0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9", true},
        {"/pdp/piece/upload/" UUID, false},
        {"/pdp/piece/uploads/" UUID "/", false},
        {"/pdp/piece/uploads/" UUID "?x=1", false},
        {"/pdp/piece/uploads/" UUID "0", false},
        {"/pdp/piece/uploads/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f", false},
        {"/pdp/piece/uploads/0a1b2c3d_4e5f-6071-8293-a4b5c6d7e8f9", false},
        {"/pdp/piece/uploads/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8g9", false},
        {"/pdp/piece/uploads/../../../../../../../../../../../../", false},
        {"pdp/piece/uploads/" UUID, false},
        {"x/pdp/piece/uploads/" UUID, false},
        {UUID, false},
        {"/", false},
    };
    struct fixture f;
    start(&f);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char header[256];
        snprintf(header, sizeof header, "Location: %s\r\n", cases[i].location);
        answer(&f, 201, header, "");
        const int rc = begin(&f);
        if (rc != (cases[i].good ? 0 : SL_EPROTO))
            fail_msg("%s gave %s", cases[i].location, sl_err_name(rc));
    }
    answer(&f, 201, "Location: /pdp/piece/uploads/" UUID "\r\n", "");
    assert_int_equal(declare(&f), SL_EPROTO); /* of the other form */
    stop(&f);
}

static void an_answer_about_another_piece_is_refused(void **state)
{
    (void)state;
    struct fixture f;
    start(&f);
    answer_piece(&f, &f.piece);
    assert_int_equal(declare(&f), 1);
    assert_int_equal(find(&f), 1);
    struct sl_piece_id longer = f.piece; /* the same root of another raw size is a match */
    longer.payload_bytes++;
    answer_piece(&f, &longer);
    assert_int_equal(declare(&f), 1);
    assert_int_equal(find(&f), 1);
    answer_piece(&f, &f.other);
    assert_int_equal(declare(&f), SL_EPROTO);
    assert_int_equal(find(&f), SL_EPROTO);
    stop(&f);
}

/* Send one chunk and no more: only the answer ends the request. */
static int give_once(void *ctx, void *out, size_t cap, struct sl_err *err)
{
    int *chunks = ctx;
    return (*chunks)++ == 0 ? give(NULL, out, cap, err) : SL_HTTP_PAUSE;
}

/* Answers *ctx when the head is there; every other connection is closed at once, with bytes of the
 * body unread: a reset. */
static void answer_without_reading(struct sl_tcp_conn *conn, void *ctx)
{
    char head[2048];
    if (sl_tcp_read_head(conn, head, sizeof head) && sl_tcp_send(conn, ctx) && conn->index % 2 == 0)
        (void)sl_tcp_wait_closed(conn);
}

static void early_puts(const char *says, int streaming, int declared)
{
    char url[64];
    char script[128];
    struct sl_sp *sp = NULL;
    const uint64_t size = UINT64_C(1) << 40;
    snprintf(script, sizeof script, "%s", says);
    struct sl_tcp_server *server = sl_tcp_start(answer_without_reading, script);
    sl_tcp_url(server, url, sizeof url, "");
    assert_int_equal(sl_sp_new(&sp, url, &(struct sl_http_options){0}, NULL), 0);
    for (int i = 0; i < 2; i++) { /* kept open; reset after the answer */
        int chunks = 0;
        assert_int_equal(sl_sp_declared_put(sp, UUID, size, give_once, &chunks, NULL), declared);
    }
    for (int i = 0; i < 2; i++) {
        int chunks = 0;
        assert_int_equal(sl_sp_upload_put(sp, UUID, size, give_once, &chunks, NULL), streaming);
    }
    assert_int_equal(sl_tcp_accepted(server), 4); /* sending stopped: none can be used again */
    sl_sp_free(sp);
    sl_tcp_stop(server);
}

/* The provider may get the bytes of a declared piece from another client. */
static void an_early_success_counts_where_the_piece_is_known(void **state)
{
    (void)state;
    early_puts("HTTP/1.1 204 No Content\r\n\r\n", SL_EPROTO, 0);
}

static void the_answer_that_it_has_all_counts_at_any_time(void **state)
{
    (void)state;
    early_puts("HTTP/1.1 409 Conflict\r\nContent-Length: 30\r\n\r\nData has already been uploaded",
               0, 0);
}

static void a_session_id_that_is_none_never_reaches_a_url(void **state)
{
    (void)state;
    struct fixture f;
    start(&f);
    assert_int_equal(sl_sp_upload_put(f.sp, "../x", 1, give, NULL, &f.err), SL_EINVAL);
    assert_int_equal(sl_sp_declared_put(f.sp, "", 1, give, NULL, &f.err), SL_EINVAL);
    assert_int_equal(sl_sp_upload_finalize(f.sp, UUID "/", &f.piece, &f.err), SL_EINVAL);
    assert_int_equal(sl_tcp_accepted(f.server), 0);
    stop(&f);
}

static void a_provider_is_cancelled_and_set_free(void **state)
{
    (void)state;
    struct fixture f;
    start(&f);
    answer(&f, 200, "", "curio-pdp");
    sl_sp_cancel(f.sp);
    assert_int_equal(ping(&f), SL_ECANCELED);
    sl_sp_uncancel(f.sp);
    assert_int_equal(ping(&f), 0);
    assert_int_equal(sl_sp_unacked_bytes(f.sp), 0);
    stop(&f);
}

static void addresses_are_checked_and_pieces_get_theirs(void **state)
{
    (void)state;
    struct fixture f;
    char url[256];
    char want[256];
    struct sl_sp *sp = NULL;
    start(&f);
    assert_int_equal(sl_sp_new(&sp, "ftp://h/", &(struct sl_http_options){0}, &f.err), SL_EFORMAT);
    assert_null(sp);
    assert_int_equal(sl_sp_new(&sp, "http://h.example/", &(struct sl_http_options){0}, NULL), 0);
    assert_int_equal(sl_sp_ping(sp, NULL), SL_ECONFIG);
    sl_sp_free(sp);
    assert_int_equal(sl_sp_retrieval_url(url, sizeof url, "https://h/a/", &f.piece, NULL), 0);
    snprintf(want, sizeof want, "https://h/a/piece/%s", f.cid);
    assert_string_equal(url, want);
    assert_int_equal(sl_sp_retrieval_url(url, 40, "https://h/a/", &f.piece, NULL), SL_EOVERFLOW);
    stop(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_what_the_api_describes),
        cmocka_unit_test(every_answer_has_its_meaning),
        cmocka_unit_test(a_throttle_says_how_long_to_wait),
        cmocka_unit_test(only_a_true_session_is_taken_from_a_location),
        cmocka_unit_test(an_answer_about_another_piece_is_refused),
        cmocka_unit_test(an_early_success_counts_where_the_piece_is_known),
        cmocka_unit_test(the_answer_that_it_has_all_counts_at_any_time),
        cmocka_unit_test(a_session_id_that_is_none_never_reaches_a_url),
        cmocka_unit_test(a_provider_is_cancelled_and_set_free),
        cmocka_unit_test(addresses_are_checked_and_pieces_get_theirs),
    };
    if (sl_http_global_init(NULL) < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
