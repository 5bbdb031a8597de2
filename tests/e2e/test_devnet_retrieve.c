/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devnet_kit.h"
#include "support/test.h"

enum { PIECE_BYTES = 300000 };

/* A stored piece. */
struct piece {
    uint8_t *bytes;
    char cid[SL_PIECE_CID_CHARS];
    char path[KIT_PATH_CHARS];
};

static struct piece stored(struct kit *kit)
{
    struct piece piece = {.bytes = kit_bytes(PIECE_BYTES, 11)};
    kit_store(kit, piece.cid, piece.bytes, PIECE_BYTES);
    snprintf(piece.path, sizeof piece.path, "/piece/%s", piece.cid);
    return piece;
}

static void whole_pieces_come_back_with_their_headers(void **state)
{
    struct kit *kit = *state;
    struct piece piece = stored(kit);
    struct sl_answer answer = {0};
    char etag[128];
    char v1[SL_PIECE_V1_CHARS];
    snprintf(etag, sizeof etag, "\"%s\"", piece.cid);
    sl_peer_ask(kit->url, "GET", piece.path, NULL, NULL, 0, &answer);
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer.body.len, PIECE_BYTES);
    assert_memory_equal(answer.body.data, piece.bytes, PIECE_BYTES);
    assert_string_equal(sl_answer_header(&answer, "ETag"), etag);
    assert_string_equal(sl_answer_header(&answer, "Accept-Ranges"), "bytes");
    assert_string_equal(sl_answer_header(&answer, "Content-Length"), "300000");
    assert_string_equal(sl_answer_header(&answer, "Cache-Control"),
                        "public, max-age=29030400, immutable");
    assert_string_equal(sl_answer_header(&answer, "Last-Modified"),
                        "Thu, 01 Jan 1970 00:00:00 GMT");
    assert_string_equal(sl_answer_header(&answer, "Content-Type"), "application/octet-stream");

    sl_peer_ask(kit->url, "HEAD", piece.path, NULL, NULL, 0, &answer);
    assert_int_equal(answer.status, 200);
    assert_string_equal(sl_answer_header(&answer, "Content-Length"), "300000");

    kit_cid_v1(v1, piece.bytes, PIECE_BYTES);
    snprintf(piece.path, sizeof piece.path, "/piece/%s", v1);
    sl_peer_ask(kit->url, "GET", piece.path, NULL, NULL, 0, &answer);
    assert_int_equal(answer.status, 200);
    assert_memory_equal(answer.body.data, piece.bytes, PIECE_BYTES);
    sl_answer_free(&answer);
    free(piece.bytes);
}

static void known_media_is_offered_under_a_name(void **state)
{
    struct kit *kit = *state;
    struct sl_answer answer = {0};
    char cid[SL_PIECE_CID_CHARS];
    char path[KIT_PATH_CHARS];
    uint8_t *bytes = kit_bytes(1000, 12);
    memcpy(bytes, "\x89PNG\r\n\x1a\n", 8);
    kit_store(kit, cid, bytes, 1000);
    snprintf(path, sizeof path, "/piece/%s", cid);
    sl_peer_ask(kit->url, "GET", path, NULL, NULL, 0, &answer);
    assert_string_equal(sl_answer_header(&answer, "Content-Type"), "image/png");
    assert_non_null(strstr(sl_answer_header(&answer, "Content-Disposition"), ".png"));
    sl_answer_free(&answer);
    free(bytes);
}

static void ranges_come_as_asked(void **state)
{
    struct kit *kit = *state;
    struct piece piece = stored(kit);
    struct sl_answer answer = {0};
    static const struct {
        const char *header;
        int status;
        size_t from;
        size_t len;
        const char *content_range;
    } cases[] = {
        {"Range: bytes=10-19\r\n", 206, 10, 10, "bytes 10-19/300000"},
        {"Range: bytes=299999-\r\n", 206, 299999, 1, "bytes 299999-299999/300000"},
        {"Range: bytes=-5\r\n", 206, 299995, 5, "bytes 299995-299999/300000"},
        {"Range: bytes=0-\r\nIf-Range: \"another\"\r\n", 200, 0, PIECE_BYTES, ""},
        {"Range: bytes=1-5\r\nIf-Range: Thu, 01 Jan 1970 00:00:00 GMT\r\n", 200, 0, PIECE_BYTES,
         ""},
        {"Range: bytes=0-299999,0-299999\r\n", 200, 0, PIECE_BYTES, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sl_peer_ask(kit->url, "GET", piece.path, cases[i].header, NULL, 0, &answer);
        assert_int_equal(answer.status, cases[i].status);
        assert_int_equal(answer.body.len, cases[i].len);
        assert_memory_equal(answer.body.data, piece.bytes + cases[i].from, cases[i].len);
        assert_string_equal(sl_answer_header(&answer, "Content-Range"), cases[i].content_range);
    }
    char header[256];
    snprintf(header, sizeof header, "Range: bytes=7-8\r\nIf-Range: \"%s\"\r\n", piece.cid);
    sl_peer_ask(kit->url, "GET", piece.path, header, NULL, 0, &answer);
    assert_int_equal(answer.status, 206);
    assert_memory_equal(answer.body.data, piece.bytes + 7, 2);
    sl_answer_free(&answer);
    free(piece.bytes);
}

static void several_ranges_come_in_parts(void **state)
{
    struct kit *kit = *state;
    struct piece piece = stored(kit);
    struct sl_answer answer = {0};
    struct sl_buf want = {0};
    sl_peer_ask(kit->url, "GET", piece.path, "Range: bytes=0-3,100-102\r\n", NULL, 0, &answer);
    assert_int_equal(answer.status, 206);
    assert_true(answer.whole);
    const char *boundary = strstr(sl_answer_header(&answer, "Content-Type"), "boundary=");
    assert_non_null(boundary);
    boundary += strlen("boundary=");
    sl_buf_printf(&want, "--%s\r\nContent-Range: bytes 0-3/300000\r\n", boundary);
    sl_buf_str(&want, "Content-Type: application/octet-stream\r\n\r\n");
    sl_buf_add(&want, piece.bytes, 4);
    sl_buf_printf(&want, "\r\n--%s\r\nContent-Range: bytes 100-102/300000\r\n", boundary);
    sl_buf_str(&want, "Content-Type: application/octet-stream\r\n\r\n");
    sl_buf_add(&want, piece.bytes + 100, 3);
    sl_buf_printf(&want, "\r\n--%s--\r\n", boundary);
    assert_int_equal(answer.body.len, want.len);
    assert_memory_equal(answer.body.data, want.data, want.len);
    sl_buf_free(&want);
    sl_answer_free(&answer);
    free(piece.bytes);
}

static void impossible_ranges_are_refused_as_observed(void **state)
{
    struct kit *kit = *state;
    struct piece piece = stored(kit);
    struct sl_answer answer = {0};
    sl_peer_ask(kit->url, "GET", piece.path, "Range: bytes=300000-\r\n", NULL, 0, &answer);
    assert_int_equal(answer.status, 416);
    assert_string_equal(answer.body.data, "invalid range: failed to overlap\n");
    assert_string_equal(sl_answer_header(&answer, "Content-Range"), "bytes */300000");
    sl_peer_ask(kit->url, "GET", piece.path, "Range: bytes=x\r\n", NULL, 0, &answer);
    assert_int_equal(answer.status, 416);
    assert_string_equal(answer.body.data, "invalid range\n");
    sl_answer_free(&answer);
    free(piece.bytes);
}

static void a_known_tag_is_not_sent_again(void **state)
{
    struct kit *kit = *state;
    struct piece piece = stored(kit);
    struct sl_answer answer = {0};
    static const struct {
        const char *form;
        int status;
    } cases[] = {
        {"If-None-Match: \"%s\"\r\n", 304},  {"If-None-Match: W/\"%s\"\r\n", 304},
        {"If-None-Match: *\r\n", 304},       {"If-None-Match: \"x\", \"%s\"\r\n", 304},
        {"If-None-Match: \"x%s\"\r\n", 200}, {"If-None-Match: \"other\"\r\n", 200},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sl_buf header = {0};
        const char *hole = strstr(cases[i].form, "%s");
        sl_buf_add(&header, cases[i].form,
                   hole != NULL ? (size_t)(hole - cases[i].form) : strlen(cases[i].form));
        if (hole != NULL) {
            sl_buf_str(&header, piece.cid);
            sl_buf_str(&header, hole + 2);
        }
        sl_peer_ask(kit->url, "GET", piece.path, header.data, NULL, 0, &answer);
        if (answer.status != cases[i].status)
            fail_msg("%s: %d", header.data, answer.status);
        sl_buf_free(&header);
    }
    sl_answer_free(&answer);
    free(piece.bytes);
}

static void unknown_and_malformed_pieces_get_an_empty_answer(void **state)
{
    struct kit *kit = *state;
    struct sl_answer answer = {0};
    static const char unknown[] =
        "/piece/bafkzcibccec5myaovshlopeof24rkegal5i2snibojgramovucdwvtzufehleei";
    sl_peer_ask(kit->url, "GET", unknown, NULL, NULL, 0, &answer);
    assert_int_equal(answer.status, 404);
    assert_int_equal(answer.body.len, 0);
    sl_peer_ask(kit->url, "HEAD", unknown, NULL, NULL, 0, &answer);
    assert_int_equal(answer.status, 404);
    sl_peer_ask(kit->url, "GET", "/piece/..%2f..%2fprovider.db", NULL, NULL, 0, &answer);
    assert_int_equal(answer.status, 404);
    sl_peer_ask(kit->url, "GET", "/piece/..", NULL, NULL, 0, &answer);
    assert_int_equal(answer.status, 400);
    assert_int_equal(answer.body.len, 0);
    sl_answer_free(&answer);
}

int main(void)
{
#define WITH_KIT(test) cmocka_unit_test_setup_teardown(test, kit_setup, kit_teardown)
    const struct CMUnitTest tests[] = {
        WITH_KIT(whole_pieces_come_back_with_their_headers),
        WITH_KIT(known_media_is_offered_under_a_name),
        WITH_KIT(ranges_come_as_asked),
        WITH_KIT(several_ranges_come_in_parts),
        WITH_KIT(impossible_ranges_are_refused_as_observed),
        WITH_KIT(a_known_tag_is_not_sent_again),
        WITH_KIT(unknown_and_malformed_pieces_get_an_empty_answer),
    };
#undef WITH_KIT
    return cmocka_run_group_tests_name("devnet retrieve", tests, NULL, NULL);
}
