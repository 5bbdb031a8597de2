/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Who may write an upload session, and for how long: one PUT at a time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "devnet_kit.h"
#include "support/test.h"

/* Above what a refused body may have left to send before the answer goes out early. */
enum { PIECE_BYTES = 1 << 20, HELD_BYTES = 1000 };

static const char hold[] =
    "{\"match\":\"PUT /pdp/piece/upload\",\"times\":1,\"action\":\"stall\",\"after_bytes\":1000}";

/* Declare the piece; the path of its session goes to `path`. */
static void declare(const struct kit *kit, char path[static KIT_PATH_CHARS], const char *cid)
{
    struct sl_answer answer = {0};
    char json[256];
    snprintf(json, sizeof json, "{\"pieceCid\":\"%s\"}", cid);
    sl_peer_ask(kit->url, "POST", "/pdp/piece", NULL, json, strlen(json), &answer);
    assert_int_equal(answer.status, 201);
    snprintf(path, KIT_PATH_CHARS, "%s", sl_answer_header(&answer, "Location"));
    sl_answer_free(&answer);
}

static void expect_put(const struct kit *kit, const char *path, const uint8_t *bytes, size_t len,
                       int status, const char *text)
{
    struct sl_answer answer = {0};
    struct sl_buf have = {0};
    sl_peer_ask(kit->url, "PUT", path, NULL, bytes, len, &answer);
    kit_blank(&have, answer.body.data != NULL ? answer.body.data : "");
    assert_int_equal(answer.status, status);
    assert_string_equal(have.data, text);
    sl_buf_free(&have);
    sl_answer_free(&answer);
}

static int find(const struct kit *kit, const char *cid)
{
    struct sl_answer answer = {0};
    char path[256];
    snprintf(path, sizeof path, "/pdp/piece?pieceCid=%s", cid);
    sl_peer_ask(kit->url, "GET", path, NULL, NULL, 0, &answer);
    const int status = answer.status;
    sl_answer_free(&answer);
    return status;
}

static void expect_finalize(const struct kit *kit, const char *path, const char *cid, int status)
{
    struct sl_answer answer = {0};
    char json[256];
    snprintf(json, sizeof json, "{\"pieceCid\":\"%s\"}", cid);
    sl_peer_ask(kit->url, "POST", path, NULL, json, strlen(json), &answer);
    assert_int_equal(answer.status, status);
    sl_answer_free(&answer);
}

/* A PUT that the provider has begun to store and holds on to. Returns its socket. */
static int begin_put(const struct kit *kit, const char *path, const uint8_t *bytes)
{
    kit_fault(kit, hold);
    const int fd = sl_peer_connect(kit->url);
    assert_true(sl_peer_head(fd, "PUT", path, NULL, PIECE_BYTES));
    assert_true(sl_peer_send(fd, bytes, HELD_BYTES));
    kit_await_held(kit);
    return fd;
}

static void end_put(const struct kit *kit, int fd, const uint8_t *bytes, int status)
{
    struct sl_answer answer = {0};
    kit_clear(kit);
    assert_true(sl_peer_send(fd, bytes + HELD_BYTES, PIECE_BYTES - HELD_BYTES));
    sl_peer_receive(fd, &answer, false);
    assert_int_equal(answer.status, status);
    close(fd);
    sl_answer_free(&answer);
}

static void one_put_at_a_time_writes_a_session(void **state)
{
    const struct kit *kit = *state;
    static const char busy[] = "This piece is already being uploaded [eid: UUID]\n";
    static const char done[] = "Data has already been uploaded [eid: UUID]\n";
    char cid[SL_PIECE_CID_CHARS], path[KIT_PATH_CHARS];
    uint8_t *bytes = kit_bytes(PIECE_BYTES, 41);
    kit_cid(cid, bytes, PIECE_BYTES);
    kit_session(kit, path);
    int fd = begin_put(kit, path, bytes);
    expect_put(kit, path, bytes, PIECE_BYTES, 409, busy);
    expect_finalize(kit, path, cid, 409);
    end_put(kit, fd, bytes, 204);
    expect_put(kit, path, bytes, PIECE_BYTES, 409, done);
    free(bytes);
    bytes = kit_bytes(PIECE_BYTES, 42);
    kit_cid(cid, bytes, PIECE_BYTES);
    declare(kit, path, cid);
    fd = begin_put(kit, path, bytes);
    expect_put(kit, path, bytes, PIECE_BYTES, 409, busy);
    end_put(kit, fd, bytes, 204);
    expect_put(kit, path, bytes, PIECE_BYTES, 409, done);
    free(bytes);
}

static void two_puts_of_before_both_count(void **state)
{
    const struct kit *kit = *state;
    char path[KIT_PATH_CHARS];
    uint8_t *bytes = kit_bytes(PIECE_BYTES, 43);
    kit_session(kit, path);
    const int fd = begin_put(kit, path, bytes);
    expect_put(kit, path, bytes, PIECE_BYTES, 204, "");
    end_put(kit, fd, bytes, 204);
    expect_put(kit, path, bytes, PIECE_BYTES, 204, "");
    free(bytes);
}

/* The client of each of these PUTs has its answer, or its reset, and sends again at once. */
static void a_put_that_failed_frees_its_session_at_once(void **state)
{
    const struct kit *kit = *state;
    struct sl_answer answer = {0};
    char cid[SL_PIECE_CID_CHARS], path[KIT_PATH_CHARS];
    uint8_t *bytes = kit_bytes(PIECE_BYTES, 44);
    kit_cid(cid, bytes, PIECE_BYTES);
    declare(kit, path, cid);
    for (int i = 0; i < 2; i++) {
        static const char *const actions[] = {"status", "reset"};
        char rule[128];
        snprintf(rule, sizeof rule,
                 "{\"match\":\"PUT \",\"times\":1,\"action\":\"%s\",\"after_bytes\":1000}",
                 actions[i]);
        kit_fault(kit, rule);
        const int fd = sl_peer_connect(kit->url);
        assert_true(sl_peer_head(fd, "PUT", path, NULL, PIECE_BYTES));
        assert_true(sl_peer_send(fd, bytes, HELD_BYTES));
        sl_peer_receive(fd, &answer, false);
        assert_int_equal(answer.status, i == 0 ? 500 : 0);
        expect_put(kit, path, bytes, 2000, 400,
                   "Piece size does not match the expected size [eid: UUID]\n");
        close(fd);
    }
    expect_put(kit, path, bytes, PIECE_BYTES, 204, "");
    kit_session(kit, path);
    kit_fault(kit, "{\"match\":\"PUT \",\"times\":1,\"action\":\"status\",\"after_bytes\":1000}");
    sl_peer_ask(kit->url, "PUT", path, NULL, bytes, PIECE_BYTES, &answer);
    assert_int_equal(answer.status, 500);
    expect_put(kit, path, bytes, PIECE_BYTES, 204, "");
    sl_answer_free(&answer);
    free(bytes);
}

static void what_another_client_stored_is_not_sent_again(void **state)
{
    struct kit *kit = *state;
    struct sl_answer answer = {0};
    char cid[SL_PIECE_CID_CHARS], first[KIT_PATH_CHARS], second[KIT_PATH_CHARS];
    uint8_t *bytes = kit_bytes(PIECE_BYTES, 45);
    kit_cid(cid, bytes, PIECE_BYTES);
    declare(kit, first, cid);
    declare(kit, second, cid);
    int fd = begin_put(kit, first, bytes);
    expect_put(kit, second, bytes, PIECE_BYTES, 409,
               "This piece is already being uploaded [eid: UUID]\n");
    end_put(kit, fd, bytes, 204);
    fd = sl_peer_connect(kit->url);
    assert_true(sl_peer_head(fd, "PUT", second, NULL, PIECE_BYTES));
    sl_peer_receive(fd, &answer, false); /* not a byte of it was sent */
    assert_int_equal(answer.status, 204);
    close(fd);
    atomic_fetch_add(&kit->clock.now_ms, KIT_PARK_MS);
    assert_int_equal(find(kit, cid), 200);
    assert_int_equal(kit_count(kit, "pieces"), 1);
    assert_int_equal(kit_count(kit, "tmp"), 0);
    sl_answer_free(&answer);
    free(bytes);
}

static void a_stream_that_ends_as_another_s_piece_is_refused(void **state)
{
    const struct kit *kit = *state;
    static const char text[] =
        "This piece is already being uploaded or conflicts with an existing piece [eid: UUID]\n";
    char cid[SL_PIECE_CID_CHARS], declared[KIT_PATH_CHARS], path[KIT_PATH_CHARS];
    uint8_t *bytes = kit_bytes(PIECE_BYTES, 46);
    bytes[PIECE_BYTES - 1] = 0; /* so that one byte less has the same root */
    kit_cid(cid, bytes, PIECE_BYTES);
    declare(kit, declared, cid);
    kit_session(kit, path);
    const int fd = begin_put(kit, declared, bytes);
    expect_put(kit, path, bytes, PIECE_BYTES, 409, text);
    end_put(kit, fd, bytes, 204);
    kit_fault(kit, "{\"match\":\"PUT \",\"action\":\"alike\"}");
    expect_put(kit, path, bytes, PIECE_BYTES - 1, 409, text);
    expect_put(kit, path, bytes, PIECE_BYTES, 204, "");
    expect_finalize(kit, path, cid, 200);
    free(bytes);
}

static void a_piece_is_found_at_once_unless_a_delay_is_set(void **state)
{
    struct kit *kit = *state;
    struct sl_answer answer = {0};
    char cid[SL_PIECE_CID_CHARS], json[256], path[KIT_PATH_CHARS];
    uint8_t *bytes = kit_bytes(5000, 47);
    kit_cid(cid, bytes, 5000);
    const bool old = kit->options.chain != NULL;
    kit->options.park_delay_ms = -1;
    kit_restart(kit);
    kit_session(kit, path);
    expect_put(kit, path, bytes, 5000, 204, "");
    assert_int_equal(find(kit, cid), 404);
    expect_finalize(kit, path, cid, 200);
    assert_int_equal(find(kit, cid), old ? 404 : 200);
    atomic_fetch_add(&kit->clock.now_ms, 250);
    assert_int_equal(find(kit, cid), 200);
    snprintf(json, sizeof json, "{\"pieceCid\":\"%s\"}", cid);
    sl_peer_ask(kit->url, "POST", "/pdp/piece", NULL, json, strlen(json), &answer);
    assert_int_equal(answer.status, 200);
    free(bytes);
    bytes = kit_bytes(5000, 48);
    kit_cid(cid, bytes, 5000);
    declare(kit, path, cid);
    expect_put(kit, path, bytes, 5000, 204, "");
    assert_int_equal(find(kit, cid), old ? 404 : 200);
    free(bytes);
    sl_answer_free(&answer);
}

static void a_provider_may_want_a_registered_service(void **state)
{
    const struct kit *kit = *state;
    struct sl_answer answer = {0};
    struct sl_buf have = {0};
    kit_fault(kit, "{\"match\":\"POST /pdp/piece\",\"action\":\"auth\"}");
    sl_peer_ask(kit->url, "POST", "/pdp/piece/uploads", NULL, NULL, 0, &answer);
    kit_blank(&have, answer.body.data);
    assert_int_equal(answer.status, 401);
    assert_string_equal(have.data, "anonymous piece uploads are disabled; provide a registered "
                                   "service JWT [eid: UUID]\n");
    kit_clear(kit);
    sl_peer_ask(kit->url, "POST", "/pdp/piece/uploads", NULL, NULL, 0, &answer);
    assert_int_equal(answer.status, 201);
    sl_buf_free(&have);
    sl_answer_free(&answer);
}

static void a_status_may_have_other_fields(void **state)
{
    struct kit *kit = *state;
    struct sl_answer answer = {0};
    char cid[SL_PIECE_CID_CHARS], path[256];
    uint8_t *bytes = kit_bytes(5000, 49);
    kit_store(kit, cid, bytes, 5000);
    kit_fault(kit, "{\"match\":\"GET /pdp/piece/\",\"action\":\"advertised\"}");
    snprintf(path, sizeof path, "/pdp/piece/%s/status", cid);
    sl_peer_ask(kit->url, "GET", path, NULL, NULL, 0, &answer);
    assert_int_equal(answer.status, 200);
    assert_non_null(strstr(answer.body.data, "\"status\":\"announced\",\"indexed\":true"));
    assert_non_null(strstr(answer.body.data, "\"adCid\":\"bagu"));
    assert_null(strstr(answer.body.data, "retrieved"));
    sl_answer_free(&answer);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name)     cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)
#define T_1_3(name) cmocka_unit_test_setup_teardown(name, kit_setup_1_3, kit_teardown)
        T(one_put_at_a_time_writes_a_session),
        T_1_3(two_puts_of_before_both_count),
        T(a_put_that_failed_frees_its_session_at_once),
        T(what_another_client_stored_is_not_sent_again),
        T(a_stream_that_ends_as_another_s_piece_is_refused),
        T(a_piece_is_found_at_once_unless_a_delay_is_set),
        T_1_3(a_piece_is_found_at_once_unless_a_delay_is_set),
        T(a_provider_may_want_a_registered_service),
        T(a_status_may_have_other_fields),
#undef T_1_3
#undef T
    };
    return cmocka_run_group_tests_name("devnet claims", tests, NULL, NULL);
}
