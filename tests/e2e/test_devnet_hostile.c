/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Limits, many at once, and clients that mean no good: the provider answers or closes, and goes on.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "devnet_kit.h"
#include "support/test.h"

static void assert_alive(const struct kit *kit)
{
    struct sl_answer answer = {0};
    sl_peer_ask(kit->url, "GET", "/pdp/ping", NULL, NULL, 0, &answer);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.body.data, "curio-pdp");
    sl_answer_free(&answer);
}

static void too_long_a_length_is_refused_before_its_body(void **state)
{
    struct kit *kit = *state;
    struct sl_answer answer = {0};
    char path[KIT_PATH_CHARS];
    static const char *const headers[] = {NULL, "Expect: 100-continue\r\n"};
    for (size_t i = 0; i < 2; i++) {
        kit_session(kit, path);
        const int fd = sl_peer_connect(kit->url);
        assert_true(sl_peer_head(fd, "PUT", path, headers[i], 1065353217));
        sl_peer_receive(fd, &answer, false);
        assert_int_equal(answer.status, 413);
        assert_non_null(strstr(answer.body.data,
                               "piece data exceeds the maximum allowed size (1065353216 bytes)"));
        close(fd);
    }
    kit_session(kit, path);
    const int fd = sl_peer_connect(kit->url);
    assert_true(sl_peer_head(fd, "PUT", path, "Expect: 100-continue\r\n", 1065353216));
    char line[25];
    assert_int_equal(recv(fd, line, sizeof line, MSG_WAITALL), sizeof line);
    assert_memory_equal(line, "HTTP/1.1 100 Continue\r\n\r\n", sizeof line);
    close(fd);
    sl_answer_free(&answer);
}

static void declare(const struct kit *kit, const uint8_t *bytes, size_t len,
                    char path[static KIT_PATH_CHARS])
{
    struct sl_answer answer = {0};
    char cid[SL_PIECE_CID_CHARS];
    char json[256];
    kit_cid(cid, bytes, len);
    snprintf(json, sizeof json, "{\"pieceCid\":\"%s\"}", cid);
    sl_peer_ask(kit->url, "POST", "/pdp/piece", NULL, json, strlen(json), &answer);
    assert_int_equal(answer.status, 201);
    snprintf(path, KIT_PATH_CHARS, "%s", sl_answer_header(&answer, "Location"));
    sl_answer_free(&answer);
}

static bool send_chunk(int fd, const uint8_t *bytes, size_t len)
{
    char size[32];
    snprintf(size, sizeof size, "%zx\r\n", len);
    return sl_peer_send(fd, size, strlen(size)) && sl_peer_send(fd, bytes, len) &&
           sl_peer_send(fd, "\r\n", 2);
}

static void chunked_bodies_count_as_they_grow(void **state)
{
    struct kit *kit = *state;
    struct sl_answer answer = {0};
    char path[KIT_PATH_CHARS];
    uint8_t *bytes = kit_bytes(3000, 41);
    declare(kit, bytes, 3000, path);
    char head[512];
    snprintf(head, sizeof head,
             "PUT %s HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", path);
    int fd = sl_peer_connect(kit->url);
    assert_true(sl_peer_send(fd, head, strlen(head)));
    assert_true(send_chunk(fd, bytes, 3000));
    assert_true(send_chunk(fd, bytes, 1)); /* one byte too many, and the end never comes */
    sl_peer_receive(fd, &answer, false);
    assert_int_equal(answer.status, 400);
    assert_non_null(strstr(answer.body.data, "exceeds the size declared in pieceCid (3000 bytes)"));
    close(fd);
    fd = sl_peer_connect(kit->url);
    assert_true(sl_peer_send(fd, head, strlen(head)));
    assert_true(send_chunk(fd, bytes, 1234));
    assert_true(send_chunk(fd, bytes + 1234, 3000 - 1234));
    assert_true(sl_peer_send(fd, "0\r\n\r\n", 5));
    sl_peer_receive(fd, &answer, false);
    assert_int_equal(answer.status, 204);
    close(fd);
    sl_answer_free(&answer);
    free(bytes);
}

static void a_client_that_sends_on_still_gets_the_early_answer(void **state)
{
    struct kit *kit = *state;
    struct sl_answer answer = {0};
    enum { LONG_BYTES = 16 << 20 };
    uint8_t *bytes = kit_bytes(LONG_BYTES, 42);
    const int fd = sl_peer_connect(kit->url);
    assert_true(sl_peer_head(fd, "PUT", "/pdp/piece/uploads/none", NULL, LONG_BYTES));
    assert_true(sl_peer_send(fd, bytes, LONG_BYTES)); /* all of it, before looking at the answer */
    sl_peer_receive(fd, &answer, false);
    assert_int_equal(answer.status, 400);
    assert_true(answer.whole);
    assert_string_equal(sl_answer_header(&answer, "Connection"), "close");
    assert_true(sl_peer_is_closed(fd));
    close(fd);
    sl_answer_free(&answer);
    free(bytes);
}

static void a_huge_json_body_is_refused(void **state)
{
    struct kit *kit = *state;
    struct sl_answer answer = {0};
    enum { HUGE_BYTES = 3 << 20 };
    char *json = malloc(HUGE_BYTES);
    assert_non_null(json);
    memset(json, ' ', HUGE_BYTES);
    sl_peer_ask(kit->url, "POST", "/pdp/piece", NULL, json, HUGE_BYTES, &answer);
    assert_int_equal(answer.status, 400);
    free(json);
    sl_answer_free(&answer);
}

static void names_of_other_machines_are_refused(void **state)
{
    struct kit *kit = *state;
    struct sl_answer answer = {0};
    static const struct {
        const char *host;
        int status;
    } hosts[] = {
        {"localhost", 200},        {"LOCALHOST:1234", 200},
        {"127.0.0.1:1", 200},      {"[::1]:80", 200},
        {"evil.example", 403},     {"localhost.evil.example", 403},
        {"127.evil.example", 403}, {"127.1.2.3", 200},
        {"10.0.0.1", 403},         {"", 403},
    };
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        char head[256];
        snprintf(head, sizeof head, "GET /pdp/ping HTTP/1.1\r\nHost: %s\r\n\r\n", hosts[i].host);
        const int fd = sl_peer_connect(kit->url);
        assert_true(sl_peer_send(fd, head, strlen(head)));
        sl_peer_receive(fd, &answer, false);
        if (answer.status != hosts[i].status)
            fail_msg("'%s': %d", hosts[i].host, answer.status);
        close(fd);
    }
    sl_answer_free(&answer);
}

/* Sends bytes, ends our side, reads whatever comes until the other side is done. */
static void throw(const struct kit *kit, const void *bytes, size_t len)
{
    char sink[4096];
    const int fd = sl_peer_connect(kit->url);
    (void)sl_peer_send(fd, bytes, len);
    (void)shutdown(fd, SHUT_WR);
    while (recv(fd, sink, sizeof sink, 0) > 0)
        ;
    close(fd);
}

static void garbage_is_survived(void **state)
{
    struct kit *kit = *state;
    static const char *const requests[] = {
        "\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET /pdp/piece?pieceCid=%zz%00%ff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /pdp/piece?pieceCid HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET //pdp//ping HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "PUT /pdp/piece/uploads/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        "PUT /pdp/piece/uploads/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1x\r\n\r\n",
        "PUT /pdp/piece/uploads/x HTTP/1.1\r\nHost: localhost\r\n"
        "Content-Length: 99999999999999999999999\r\n\r\n",
        "PUT /pdp/piece/uploads/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "PUT /pdp/piece/uploads/x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
        "\r\nffffffffffffffffffff\r\n",
        "PUT /pdp/piece/uploads/x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n",
        "POST /pdp/piece HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n[[",
        "POST /pdp/piece HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\nshort",
    };
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++)
        throw(kit, requests[i], strlen(requests[i]));
    assert_alive(kit);

    char *header = malloc(1 << 20);
    assert_non_null(header);
    memset(header, 'a', 1 << 20);
    memcpy(header, "GET /pdp/ping HTTP/1.1\r\nX: ", 27);
    throw(kit, header, 1 << 20);
    memcpy(header, "GET /", 5);
    throw(kit, header, 1 << 20);
    free(header);
    assert_alive(kit);
    assert_int_equal(kit_count(kit, "tmp"), 0);
}

static void random_damage_to_requests_is_survived(void **state)
{
    struct kit *kit = *state;
    static const char good[] =
        "POST /pdp/piece/uploads HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
        "PUT /pdp/piece/uploads/00000000-0000-4000-8000-000000000000 HTTP/1.1\r\nHost: localhost"
        "\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n4\r\nabcd\r\n0\r\n\r\n"
        "GET /piece/bafkzcibccec5myaovshlopeof24rkegal5i2snibojgramovucdwvtzufehleei HTTP/1.1\r\n"
        "Host: localhost\r\nRange: bytes=0-5,7-\r\nIf-None-Match: \"x\", *\r\n\r\n";
    for (uint64_t round = 1; round <= 200; round++) {
        char bytes[sizeof good];
        memcpy(bytes, good, sizeof good);
        uint8_t *dice = kit_bytes(16, round);
        for (size_t i = 0; i < 16; i += 4)
            bytes[(dice[i] * 256U + dice[i + 1]) % (sizeof good - 1)] = (char)dice[i + 2];
        throw(kit, bytes, sizeof good - 1 - dice[15] % 64);
        free(dice);
    }
    assert_alive(kit);
    assert_int_equal(kit_count(kit, "pieces"), 0);
}

enum { PARALLEL = 64, PARALLEL_BYTES = 100000 };

struct uploader {
    struct kit *kit;
    pthread_t thread;
    uint64_t seed;
    bool fine;
};

static void *upload_one(void *ctx)
{
    struct uploader *uploader = ctx;
    struct sl_answer answer = {0};
    char cid[SL_PIECE_CID_CHARS];
    char path[KIT_PATH_CHARS];
    /* half of them upload the same bytes */
    uint8_t *bytes = kit_bytes(PARALLEL_BYTES, uploader->seed % 2 == 0 ? 1000 : uploader->seed);
    kit_store(uploader->kit, cid, bytes, PARALLEL_BYTES);
    snprintf(path, sizeof path, "/piece/%s", cid);
    sl_peer_ask(uploader->kit->url, "GET", path, NULL, NULL, 0, &answer);
    uploader->fine = answer.whole && answer.body.len == PARALLEL_BYTES &&
                     memcmp(answer.body.data, bytes, PARALLEL_BYTES) == 0;
    sl_answer_free(&answer);
    free(bytes);
    return NULL;
}

static void sixty_four_upload_at_once_beside_idle_connections(void **state)
{
    struct kit *kit = *state;
    struct uploader uploaders[PARALLEL];
    struct sl_answer answer = {0};
    int idle[PARALLEL];
    for (int i = 0; i < PARALLEL; i++) {
        idle[i] = sl_peer_connect(kit->url);
        assert_true(sl_peer_head(idle[i], "GET", "/pdp/ping", NULL, 0));
        sl_peer_receive(idle[i], &answer, false);
        assert_int_equal(answer.status, 200);
    }
    for (int i = 0; i < PARALLEL; i++) {
        uploaders[i] = (struct uploader){.kit = kit, .seed = (uint64_t)i};
        assert_int_equal(pthread_create(&uploaders[i].thread, NULL, upload_one, &uploaders[i]), 0);
    }
    for (int i = 0; i < PARALLEL; i++) {
        assert_int_equal(pthread_join(uploaders[i].thread, NULL), 0);
        assert_true(uploaders[i].fine);
    }
    for (int i = 0; i < PARALLEL; i++) {
        assert_true(sl_peer_head(idle[i], "GET", "/pdp/ping", NULL, 0));
        sl_peer_receive(idle[i], &answer, false);
        assert_int_equal(answer.status, 200);
        close(idle[i]);
    }
    assert_int_equal(kit_count(kit, "pieces"), PARALLEL / 2 + 1);
    assert_int_equal(kit_count(kit, "tmp"), 0);
    sl_answer_free(&answer);
}

int main(void)
{
#define WITH_KIT(test) cmocka_unit_test_setup_teardown(test, kit_setup, kit_teardown)
    const struct CMUnitTest tests[] = {
        WITH_KIT(too_long_a_length_is_refused_before_its_body),
        WITH_KIT(chunked_bodies_count_as_they_grow),
        WITH_KIT(a_client_that_sends_on_still_gets_the_early_answer),
        WITH_KIT(a_huge_json_body_is_refused),
        WITH_KIT(names_of_other_machines_are_refused),
        WITH_KIT(garbage_is_survived),
        WITH_KIT(random_damage_to_requests_is_survived),
        WITH_KIT(sixty_four_upload_at_once_beside_idle_connections),
    };
#undef WITH_KIT
    return cmocka_run_group_tests_name("devnet hostile", tests, NULL, NULL);
}
