/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Every fault does what its name says, and ends when the rules are cleared. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "devnet_kit.h"
#include "support/test.h"

enum { BODY_BYTES = 1 << 20 };

static const char put_match[] = "{\"match\":\"PUT /pdp/piece/uploads\",";

static void fault_on_put(const struct kit *kit, const char *rest)
{
    char rule[512];
    snprintf(rule, sizeof rule, "%s%s}", put_match, rest);
    kit_fault(kit, rule);
}

static void clear(const struct kit *kit)
{
    struct sl_answer answer = {0};
    sl_peer_ask(kit->url, "DELETE", "/fault", NULL, NULL, 0, &answer);
    assert_int_equal(answer.status, 204);
    sl_answer_free(&answer);
}

/* Returns once a request was hit by the only rule. */
static void await_hit(const struct kit *kit)
{
    struct sl_answer answer = {0};
    do {
        sl_peer_ask(kit->url, "GET", "/fault", NULL, NULL, 0, &answer);
        assert_int_equal(answer.status, 200);
    } while (strstr(answer.body.data, "\"hits\":0") != NULL);
    assert_non_null(strstr(answer.body.data, "\"hits\":1"));
    sl_answer_free(&answer);
}

static void put(const struct kit *kit, const char *path, const uint8_t *bytes,
                struct sl_answer *answer)
{
    sl_peer_ask(kit->url, "PUT", path, NULL, bytes, BODY_BYTES, answer);
}

static int finalize(const struct kit *kit, const char *path, const uint8_t *bytes)
{
    char cid[SL_PIECE_CID_CHARS];
    char json[256];
    struct sl_answer answer = {0};
    kit_cid(cid, bytes, BODY_BYTES);
    snprintf(json, sizeof json, "{\"pieceCid\":\"%s\"}", cid);
    sl_peer_ask(kit->url, "POST", path, NULL, json, strlen(json), &answer);
    const int status = answer.status;
    sl_answer_free(&answer);
    return status;
}

static void a_status_comes_in_the_middle_of_a_body(void **state)
{
    struct kit *kit = *state;
    struct sl_answer answer = {0};
    char path[KIT_PATH_CHARS];
    uint8_t *bytes = kit_bytes(BODY_BYTES, 31);
    kit_session(kit, path);
    fault_on_put(kit, "\"action\":\"status\",\"after_bytes\":262144,\"times\":1");
    put(kit, path, bytes, &answer);
    assert_int_equal(answer.status, 500);
    assert_true(answer.whole);
    assert_non_null(strstr(answer.body.data, "Failed to store piece data [eid: "));
    put(kit, path, bytes, &answer);
    assert_int_equal(answer.status, 204);
    clear(kit);
    fault_on_put(kit, "\"action\":\"status\",\"status\":429,\"retry_after_s\":2,"
                      "\"body\":\"too many requests\"");
    put(kit, path, bytes, &answer);
    assert_int_equal(answer.status, 429);
    assert_string_equal(answer.body.data, "too many requests\n");
    assert_string_equal(sl_answer_header(&answer, "Retry-After"), "2");
    clear(kit);
    fault_on_put(kit, "\"action\":\"status\",\"status\":503");
    put(kit, path, bytes, &answer);
    assert_int_equal(answer.status, 503);
    assert_non_null(strstr(answer.body.data, "Service Unavailable [eid: "));
    sl_answer_free(&answer);
    free(bytes);
}

static void a_reset_upload_can_be_sent_again(void **state)
{
    struct kit *kit = *state;
    struct sl_answer answer = {0};
    char path[KIT_PATH_CHARS];
    uint8_t *bytes = kit_bytes(BODY_BYTES, 32);
    kit_session(kit, path);
    fault_on_put(kit, "\"action\":\"reset\",\"after_bytes\":1000000,\"times\":1");
    const int fd = sl_peer_connect(kit->url);
    assert_true(sl_peer_head(fd, "PUT", path, NULL, BODY_BYTES));
    assert_true(sl_peer_send(fd, bytes, 1000000));
    sl_peer_receive(fd, &answer, false);
    assert_int_equal(answer.status, 0);
    assert_true(answer.reset);
    close(fd);
    put(kit, path, bytes, &answer);
    assert_int_equal(answer.status, 204);
    assert_int_equal(finalize(kit, path, bytes), 200);
    assert_int_equal(kit_count(kit, "tmp"), 0);
    sl_answer_free(&answer);
    free(bytes);
}

static void a_dropped_answer_has_done_its_work(void **state)
{
    struct kit *kit = *state;
    struct sl_answer answer = {0};
    char path[KIT_PATH_CHARS];
    uint8_t *bytes = kit_bytes(BODY_BYTES, 33);
    kit_session(kit, path);
    fault_on_put(kit, "\"action\":\"drop\"");
    put(kit, path, bytes, &answer);
    assert_int_equal(answer.status, 0);
    assert_int_equal(finalize(kit, path, bytes), 200);
    sl_answer_free(&answer);
    free(bytes);
}

/* Sends a whole PUT under a fault that holds it, clears the faults, and gets the answer. */
static void held_until_cleared(struct kit *kit, const char *fault)
{
    struct sl_answer answer = {0};
    char path[KIT_PATH_CHARS];
    uint8_t *bytes = kit_bytes(2000, 34);
    kit_session(kit, path);
    fault_on_put(kit, fault);
    const int fd = sl_peer_connect(kit->url);
    assert_true(sl_peer_head(fd, "PUT", path, NULL, 2000));
    assert_true(sl_peer_send(fd, bytes, 1000));
    await_hit(kit);
    clear(kit);
    assert_true(sl_peer_send(fd, bytes + 1000, 1000));
    sl_peer_receive(fd, &answer, false);
    assert_int_equal(answer.status, 204);
    close(fd);
    sl_answer_free(&answer);
    free(bytes);
}

static void waiting_faults_end_when_they_are_cleared(void **state)
{
    struct kit *kit = *state;
    held_until_cleared(kit, "\"action\":\"stall\",\"after_bytes\":500");
    held_until_cleared(kit, "\"action\":\"stall\"");
    held_until_cleared(kit, "\"action\":\"slow\",\"bytes_per_s\":1");
    held_until_cleared(kit, "\"action\":\"delay\",\"ms\":100000000");
}

static void waiting_faults_end_with_the_server(void **state)
{
    struct kit *kit = *state;
    static const char *const faults[] = {"\"action\":\"stall\",\"after_bytes\":500",
                                         "\"action\":\"slow\",\"bytes_per_s\":1",
                                         "\"action\":\"delay\",\"ms\":100000000"};
    char path[KIT_PATH_CHARS];
    uint8_t *bytes = kit_bytes(1000, 35);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        kit_session(kit, path);
        fault_on_put(kit, faults[i]);
        const int fd = sl_peer_connect(kit->url);
        assert_true(sl_peer_head(fd, "PUT", path, NULL, 2000));
        assert_true(sl_peer_send(fd, bytes, 1000));
        await_hit(kit);
        kit_restart(kit);
        assert_true(sl_peer_is_closed(fd));
        close(fd);
        assert_int_equal(kit_count(kit, "tmp"), 0);
    }
    free(bytes);
}

static void an_upload_that_takes_longer_than_the_limit_is_cut(void **state)
{
    struct kit *kit = *state;
    struct sl_answer answer = {0};
    char path[KIT_PATH_CHARS];
    uint8_t *bytes = kit_bytes(BODY_BYTES, 39);
    kit->options.request_limit_ms = 60000;
    kit_restart(kit);
    kit_session(kit, path);
    const int fd = sl_peer_connect(kit->url);
    assert_true(sl_peer_head(fd, "PUT", path, "Expect: 100-continue\r\n", BODY_BYTES));
    char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    assert_int_equal(recv(fd, go_on, sizeof go_on - 1, MSG_WAITALL), sizeof go_on - 1);
    atomic_fetch_add(&kit->clock.now_ms, 60001); /* it has begun */
    assert_true(sl_peer_send(fd, bytes, 1000));
    sl_peer_receive(fd, &answer, false);
    assert_int_equal(answer.status, 500);
    assert_non_null(strstr(answer.body.data, "Failed to store piece data [eid: "));
    close(fd);
    put(kit, path, bytes, &answer); /* the clock stands: in time */
    assert_int_equal(answer.status, 204);
    assert_int_equal(finalize(kit, path, bytes), 200);
    sl_answer_free(&answer);
    free(bytes);
}

static void a_slow_transfer_arrives(void **state)
{
    struct kit *kit = *state;
    struct sl_answer answer = {0};
    char path[KIT_PATH_CHARS];
    uint8_t *bytes = kit_bytes(BODY_BYTES, 36);
    kit_session(kit, path);
    fault_on_put(kit, "\"action\":\"slow\",\"bytes_per_s\":40000000");
    put(kit, path, bytes, &answer);
    assert_int_equal(answer.status, 204);
    assert_int_equal(finalize(kit, path, bytes), 200);
    sl_answer_free(&answer);
    free(bytes);
}

static void downloads_break_as_asked(void **state)
{
    struct kit *kit = *state;
    struct sl_answer answer = {0};
    char cid[SL_PIECE_CID_CHARS];
    char path[KIT_PATH_CHARS];
    uint8_t *bytes = kit_bytes(BODY_BYTES, 37);
    kit_store(kit, cid, bytes, BODY_BYTES);
    snprintf(path, sizeof path, "/piece/%s", cid);

    kit_fault(kit, "{\"match\":\"GET /piece\",\"action\":\"truncate\",\"after_bytes\":2000,"
                   "\"times\":1}");
    sl_peer_ask(kit->url, "GET", path, NULL, NULL, 0, &answer);
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer.body.len, 2000);
    assert_false(answer.whole);
    assert_false(answer.reset);

    kit_fault(kit, "{\"match\":\"GET /piece\",\"action\":\"reset\",\"after_bytes\":700000,"
                   "\"times\":1}");
    sl_peer_ask(kit->url, "GET", path, NULL, NULL, 0, &answer);
    assert_false(answer.whole);
    assert_true(answer.reset);
    assert_true(answer.body.len <= 700000);

    kit_fault(kit, "{\"match\":\"GET /piece\",\"action\":\"corrupt\",\"after_bytes\":800000,"
                   "\"times\":1}");
    sl_peer_ask(kit->url, "GET", path, NULL, NULL, 0, &answer);
    assert_true(answer.whole);
    assert_int_equal((uint8_t)answer.body.data[800000], bytes[800000] ^ 1);
    answer.body.data[800000] ^= 1;
    assert_memory_equal(answer.body.data, bytes, BODY_BYTES);

    kit_fault(kit, "{\"match\":\"GET /piece\",\"action\":\"slow\",\"bytes_per_s\":40000000,"
                   "\"times\":1}");
    sl_peer_ask(kit->url, "GET", path, NULL, NULL, 0, &answer);
    assert_true(answer.whole);
    assert_memory_equal(answer.body.data, bytes, BODY_BYTES);
    sl_answer_free(&answer);
    free(bytes);
}

static void a_stalled_download_goes_on_when_it_is_cleared(void **state)
{
    struct kit *kit = *state;
    struct sl_answer answer = {0};
    char cid[SL_PIECE_CID_CHARS];
    char path[KIT_PATH_CHARS];
    uint8_t *bytes = kit_bytes(100000, 38);
    kit_store(kit, cid, bytes, 100000);
    snprintf(path, sizeof path, "/piece/%s", cid);
    kit_fault(kit, "{\"match\":\"GET /piece\",\"action\":\"stall\",\"after_bytes\":10}");
    const int fd = sl_peer_connect(kit->url);
    assert_true(sl_peer_head(fd, "GET", path, NULL, 0));
    await_hit(kit);
    clear(kit);
    sl_peer_receive(fd, &answer, false);
    assert_true(answer.whole);
    assert_memory_equal(answer.body.data, bytes, 100000);
    close(fd);
    sl_answer_free(&answer);
    free(bytes);
}

static void skip_and_times_choose_the_requests(void **state)
{
    struct kit *kit = *state;
    struct sl_answer answer = {0};
    static const int want[] = {200, 200, 503, 503, 200};
    kit_fault(kit, "{\"match\":\"GET /pdp/ping\",\"action\":\"status\",\"status\":503,\"skip\":2,"
                   "\"times\":2}");
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        sl_peer_ask(kit->url, "GET", "/pdp/ping", NULL, NULL, 0, &answer);
        assert_int_equal(answer.status, want[i]);
    }
    sl_peer_ask(kit->url, "GET", "/fault", NULL, NULL, 0, &answer);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.body.data,
                        "[{\"match\":\"GET /pdp/ping\",\"action\":\"status\",\"skip\":2,"
                        "\"times\":2,\"seen\":5,\"hits\":2,\"held\":0}]\n");
    sl_answer_free(&answer);
}

static void what_is_no_fault_is_refused(void **state)
{
    struct kit *kit = *state;
    struct sl_answer answer = {0};
    static const char *const rules[] = {
        "",
        "[]",
        "{}",
        "{\"match\":\"GET\"}",
        "{\"action\":\"none\"}",
        "{\"action\":\"explode\"}",
        "{\"action\":\"slow\"}",
        "{\"action\":\"status\",\"status\":99}",
        "{\"action\":\"status\",\"status\":\"500\"}",
        "{\"action\":\"drop\",\"timse\":1}",
        "{\"action\":\"drop\",\"times\":-1}",
        "{\"action\":\"drop\"",
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        sl_peer_ask(kit->url, "POST", "/fault", NULL, rules[i], strlen(rules[i]), &answer);
        if (answer.status != 400)
            fail_msg("%s: %d", rules[i], answer.status);
    }
    kit->options.faults = false;
    kit_restart(kit);
    sl_peer_ask(kit->url, "GET", "/fault", NULL, NULL, 0, &answer);
    assert_int_equal(answer.status, 404);
    sl_answer_free(&answer);
}

int main(void)
{
#define WITH_KIT(test) cmocka_unit_test_setup_teardown(test, kit_setup, kit_teardown)
    const struct CMUnitTest tests[] = {
        WITH_KIT(a_status_comes_in_the_middle_of_a_body),
        WITH_KIT(a_reset_upload_can_be_sent_again),
        WITH_KIT(a_dropped_answer_has_done_its_work),
        WITH_KIT(waiting_faults_end_when_they_are_cleared),
        WITH_KIT(waiting_faults_end_with_the_server),
        WITH_KIT(an_upload_that_takes_longer_than_the_limit_is_cut),
        WITH_KIT(a_slow_transfer_arrives),
        WITH_KIT(downloads_break_as_asked),
        WITH_KIT(a_stalled_download_goes_on_when_it_is_cleared),
        WITH_KIT(skip_and_times_choose_the_requests),
        WITH_KIT(what_is_no_fault_is_refused),
    };
#undef WITH_KIT
    return cmocka_run_group_tests_name("devnet faults", tests, NULL, NULL);
}
