/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What is on the disk: after a restart, an abort, a full disk, and the same bytes twice. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "devnet_kit.h"
#include "support/test.h"
#include "support/tmp.h"

static int ask_find(const struct kit *kit, const char *cid)
{
    char path[KIT_PATH_CHARS];
    struct sl_answer answer = {0};
    snprintf(path, sizeof path, "/pdp/piece?pieceCid=%s", cid);
    sl_peer_ask(kit->url, "GET", path, NULL, NULL, 0, &answer);
    const int status = answer.status;
    sl_answer_free(&answer);
    return status;
}

static int finalize(const struct kit *kit, const char *path, const char *cid)
{
    char json[256];
    struct sl_answer answer = {0};
    snprintf(json, sizeof json, "{\"pieceCid\":\"%s\"}", cid);
    sl_peer_ask(kit->url, "POST", path, NULL, json, strlen(json), &answer);
    const int status = answer.status;
    sl_answer_free(&answer);
    return status;
}

static int put(const struct kit *kit, const char *path, const uint8_t *bytes, size_t len)
{
    struct sl_answer answer = {0};
    sl_peer_ask(kit->url, "PUT", path, NULL, bytes, len, &answer);
    const int status = answer.status;
    sl_answer_free(&answer);
    return status;
}

static void a_restart_goes_on_with_what_is_stored(void **state)
{
    struct kit *kit = *state;
    char cid[SL_PIECE_CID_CHARS];
    char other[SL_PIECE_CID_CHARS];
    char path[KIT_PATH_CHARS];
    uint8_t *bytes = kit_bytes(10000, 21);
    kit_store(kit, cid, bytes, 10000);
    kit_session(kit, path);
    assert_int_equal(put(kit, path, bytes, 9000), 204);
    kit_cid(other, bytes, 9000);
    sl_tmp_file(NULL, kit->dir, "tmp/left-behind", 10, 1);
    kit_restart(kit);
    assert_int_equal(kit_count(kit, "tmp"), 0);
    assert_int_equal(ask_find(kit, cid), 200);
    assert_int_equal(finalize(kit, path, other), 200);
    assert_int_equal(ask_find(kit, other), 404);
    atomic_fetch_add(&kit->clock.now_ms, KIT_PARK_MS);
    assert_int_equal(ask_find(kit, other), 200);
    free(bytes);
}

static void a_wall_clock_that_is_set_back_hides_nothing(void **state)
{
    struct kit *kit = *state;
    char cid[SL_PIECE_CID_CHARS];
    uint8_t *bytes = kit_bytes(200, 22);
    kit_store(kit, cid, bytes, 200);
    atomic_fetch_sub(&kit->clock.now_ms, INT64_C(100) * 24 * 3600 * 1000);
    assert_int_equal(ask_find(kit, cid), 200);
    free(bytes);
}

static void the_same_bytes_are_kept_once(void **state)
{
    struct kit *kit = *state;
    char cid[SL_PIECE_CID_CHARS];
    char padded[SL_PIECE_CID_CHARS];
    uint8_t *bytes = kit_bytes(1000, 23);
    memset(bytes + 990, 0, 10);
    kit_store(kit, cid, bytes, 1000);
    kit_store(kit, cid, bytes, 1000);
    /* without its trailing zeros it is another payload with the same root */
    kit_store(kit, padded, bytes, 990);
    assert_string_not_equal(cid, padded);
    assert_int_equal(kit_count(kit, "pieces"), 1);
    assert_int_equal(kit_count(kit, "tmp"), 0);
    assert_int_equal(ask_find(kit, padded), 200);
    free(bytes);
}

static void a_piece_whose_file_vanished_is_not_stored(void **state)
{
    struct kit *kit = *state;
    char cid[SL_PIECE_CID_CHARS];
    char dir[SL_PATH_BYTES];
    uint8_t *bytes = kit_bytes(1000, 24);
    kit_store(kit, cid, bytes, 1000);
    assert_int_equal(sl_path_join(dir, sizeof dir, kit->dir, "pieces", NULL), SL_OK);
    sl_tmp_remove(dir);
    assert_int_equal(mkdir(dir, 0700), 0);
    kit_restart(kit);
    assert_int_equal(ask_find(kit, cid), 404);
    kit_store(kit, cid, bytes, 1000);
    assert_int_equal(ask_find(kit, cid), 200);
    free(bytes);
}

static void an_aborted_upload_leaves_nothing_behind(void **state)
{
    struct kit *kit = *state;
    char path[KIT_PATH_CHARS];
    uint8_t *bytes = kit_bytes(100000, 25);
    kit_session(kit, path);
    const int gone = sl_peer_connect(kit->url);
    assert_true(sl_peer_head(gone, "PUT", path, NULL, 200000));
    assert_true(sl_peer_send(gone, bytes, 100000));
    close(gone);
    const int open = sl_peer_connect(kit->url);
    assert_true(sl_peer_head(open, "PUT", path, NULL, 200000));
    assert_true(sl_peer_send(open, bytes, 100000));
    sl_devnet_stop(kit->net); /* ends the one that is still open */
    kit->net = NULL;
    assert_true(sl_peer_is_closed(open));
    close(open);
    assert_int_equal(kit_count(kit, "tmp"), 0);
    assert_int_equal(kit_count(kit, "pieces"), 0);
    free(bytes);
}

static void a_session_loses_its_bytes_after_an_hour(void **state)
{
    struct kit *kit = *state;
    char path[KIT_PATH_CHARS];
    char other[KIT_PATH_CHARS];
    char cid[SL_PIECE_CID_CHARS];
    uint8_t *bytes = kit_bytes(500, 26);
    kit_cid(cid, bytes, 500);
    kit_session(kit, path);
    assert_int_equal(put(kit, path, bytes, 500), 204);
    assert_int_equal(kit_count(kit, "pieces"), 1);
    atomic_fetch_add(&kit->clock.now_ms, INT64_C(3600) * 1000 + 1);
    kit_session(kit, other);
    assert_int_equal(kit_count(kit, "pieces"), 0);
    assert_int_equal(finalize(kit, path, cid), 409);
    assert_int_equal(put(kit, path, bytes, 500), 204);
    assert_int_equal(finalize(kit, path, cid), 200);
    free(bytes);
}

static void a_full_disk_refuses_before_the_body(void **state)
{
    struct kit *kit = *state;
    char path[KIT_PATH_CHARS];
    struct sl_answer answer = {0};
    kit->options.min_free_bytes = UINT64_MAX / 2;
    kit_restart(kit);
    kit_session(kit, path);
    const int fd = sl_peer_connect(kit->url);
    /* not one byte of the body is sent, and the answer comes */
    assert_true(sl_peer_head(fd, "PUT", path, NULL, 1000000));
    sl_peer_receive(fd, &answer, false);
    assert_int_equal(answer.status, 500);
    assert_non_null(strstr(answer.body.data, "Failed to store piece data [eid: "));
    close(fd);
    uint8_t *bytes = kit_bytes(1000, 27);
    assert_int_equal(put(kit, path, bytes, 1000), 500);
    assert_int_equal(kit_count(kit, "tmp"), 0);
    free(bytes);
    sl_answer_free(&answer);
}

static void one_folder_has_one_provider(void **state)
{
    struct kit *kit = *state;
    struct sl_devnet *second = NULL;
    struct sl_err err = {0};
    assert_int_equal(sl_devnet_start(&second, &kit->options, &err), SL_EHELD);
    assert_non_null(strstr(err.text, kit->dir));
    assert_null(second);
}

static void only_free_loopback_addresses_are_listened_on(void **state)
{
    struct kit *kit = *state;
    struct sl_devnet *second = NULL;
    struct sl_err err = {0};
    char dir[SL_PATH_BYTES];
    assert_int_equal(sl_path_join(dir, sizeof dir, kit->dir, "second", NULL), SL_OK);
    struct sl_devnet_options options = kit->options;
    options.dir = dir;
    static const char *const hosts[] = {"0.0.0.0", "192.168.1.1", "::", "example.org", ""};
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        options.host = hosts[i];
        assert_int_equal(sl_devnet_start(&second, &options, &err), SL_ECONFIG);
    }
    options.host = NULL;
    options.port = (uint16_t)strtoul(strrchr(kit->url, ':') + 1, NULL, 10);
    assert_int_equal(sl_devnet_start(&second, &options, &err), SL_ENET);
    options.host = "127.0.0.2";
    assert_int_equal(sl_devnet_start(&second, &options, &err), SL_OK);
    sl_devnet_stop(second);
}

/* Overwrites `len` bytes of the database at `offset` while nobody has it open. */
static void damage_database(const struct kit *kit, off_t offset, const char *bytes, size_t len)
{
    char path[SL_PATH_BYTES];
    assert_int_equal(sl_path_join(path, sizeof path, kit->dir, "provider.db", NULL), SL_OK);
    const int fd = open(path, O_WRONLY);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, len, offset), (ssize_t)len);
    close(fd);
}

static void a_strange_database_is_left_alone(void **state)
{
    struct kit *kit = *state;
    struct sl_err err = {0};
    sl_devnet_stop(kit->net);
    kit->net = NULL;
    damage_database(kit, 60, "\0\0\1\0", 4); /* user_version of a sluice to come */
    assert_int_equal(sl_devnet_start(&kit->net, &kit->options, &err), SL_EJOURNAL);
    assert_non_null(strstr(err.text, "newer"));
    damage_database(kit, 0, "this is no database", 19);
    assert_int_equal(sl_devnet_start(&kit->net, &kit->options, &err), SL_EJOURNAL);
    assert_null(kit->net);
}

static void the_other_loopback_address_is_served_too(void **state)
{
    struct kit *kit = *state;
    sl_devnet_stop(kit->net);
    kit->net = NULL;
    kit->options.host = "::1";
    const int rc = sl_devnet_start(&kit->net, &kit->options, NULL);
    if (rc == SL_ENET)
        skip(); /* no IPv6 here */
    assert_int_equal(rc, SL_OK);
    assert_int_equal(strncmp(sl_devnet_url(kit->net), "http://[::1]:", 13), 0);
}

int main(void)
{
#define WITH_KIT(test) cmocka_unit_test_setup_teardown(test, kit_setup, kit_teardown)
    const struct CMUnitTest tests[] = {
        WITH_KIT(a_restart_goes_on_with_what_is_stored),
        WITH_KIT(a_wall_clock_that_is_set_back_hides_nothing),
        WITH_KIT(the_same_bytes_are_kept_once),
        WITH_KIT(a_piece_whose_file_vanished_is_not_stored),
        WITH_KIT(an_aborted_upload_leaves_nothing_behind),
        WITH_KIT(a_session_loses_its_bytes_after_an_hour),
        WITH_KIT(a_full_disk_refuses_before_the_body),
        WITH_KIT(one_folder_has_one_provider),
        WITH_KIT(only_free_loopback_addresses_are_listened_on),
        WITH_KIT(the_other_loopback_address_is_served_too),
        WITH_KIT(a_strange_database_is_left_alone),
    };
#undef WITH_KIT
    return cmocka_run_group_tests_name("devnet store", tests, NULL, NULL);
}
