/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built sluice: which files can be restored with the key alone, and which need this journal.
 * Files reported as restorable are fetched on another machine, whose journal is empty. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lying_node.h"
#include "served.h"

#define UPLOAD "upload", "--copies", "1", "--hold", "100ms", "--network-epoch", "100ms"

enum { SHARD = 1040384 }; /* 127 * 2^13 */

static char other[SL_PATH_BYTES], config[SL_PATH_BYTES];

static void know_other_machine(void)
{
    assert_int_equal(sl_path_join(other, sizeof other, bin_home.dir, "other", NULL), 0);
    assert_int_equal(sl_path_join(config, sizeof config, bin_home.state, "config/config.ini", NULL),
                     0);
}

/* A file made of these shards: 'a' and 'b' are two contents. */
static void film(char path[static SL_PATH_BYTES], const char *name, const char *shards, size_t rest)
{
    const size_t count = strlen(shards);
    uint8_t *bytes = calloc(1, count * SHARD + rest);
    assert_non_null(bytes);
    for (size_t i = 0; i < count * SHARD; i++)
        bytes[i] = (uint8_t)((i % SHARD) * (uint8_t)shards[i / SHARD] >> 5);
    memset(bytes + count * SHARD, name[0], rest);
    bin_file(path, name, 0, 1);
    assert_int_equal(sl_file_write_atomic(path, bytes, count * SHARD + rest, 0600, NULL), SL_OK);
    free(bytes);
}

static void assert_restorable(const char *path, const char *want)
{
    struct sl_ran ran;
    RUN(&ran, UPLOAD, "--json", "--split", "1040384", path);
    assert_int_equal(ran.status, SL_EXIT_OK);
    cJSON *lines = bin_lines(&ran.out);
    const cJSON *line = NULL;
    cJSON_ArrayForEach(line, lines)
    {
        if (strcmp(bin_str(line, "type"), "confirmed") == 0)
            assert_string_equal(bin_str(line, "restorable"), want);
    }
    assert_int_equal(bin_count(lines, "confirmed"), 1);
    assert_int_equal(bin_number(bin_last(lines), "needJournal"), strcmp(want, "journal") == 0);
    cJSON_Delete(lines);
    sl_ran_free(&ran);
}

/* Get it by its name, without the journal. */
static void assert_comes_back(int status, const char *name)
{
    RAN(status, "", "", "get", name, "-o", "back", "--force", "--state-dir", other, "--config",
        config);
    if (status == SL_EXIT_OK) {
        char want[SL_PIECE_CID_CHARS], got[SL_PIECE_CID_CHARS], path[SL_PATH_BYTES];
        assert_int_equal(sl_path_join(path, sizeof path, bin_home.dir, name, NULL), 0);
        bin_cid(want, path);
        bin_cid(got, "back");
        assert_string_equal(want, got);
    }
}

static void a_file_that_the_chain_names_comes_back_from_the_key(void **state)
{
    char path[SL_PATH_BYTES];
    (void)state;
    know_other_machine();
    bin_file(path, "one.mkv", 5000, 1);
    assert_restorable(path, "key");
    assert_comes_back(SL_EXIT_OK, "one.mkv");
    film(path, "parts.mkv", "ab", 5000);
    assert_restorable(path, "key");
    assert_comes_back(SL_EXIT_OK, "parts.mkv");
    cJSON *lines = LINES("status");
    assert_string_equal(bin_str(served_line(lines, 0), "restorable"), "key");
    assert_string_equal(bin_str(served_line(lines, 1), "restorable"), "key");
    cJSON_Delete(lines);
    RAN(SL_EXIT_OK, "content and name from the key alone", "", "status", "2");
}

static void content_that_another_name_stored_needs_the_journal(void **state)
{
    char first[SL_PATH_BYTES], second[SL_PATH_BYTES];
    (void)state;
    know_other_machine();
    bin_file(first, "first.mkv", 5000, 1);
    bin_file(second, "second.mkv", 5000, 1);
    assert_restorable(first, "key");
    assert_restorable(second, "journal");
    assert_comes_back(SL_EXIT_NO_FILE, "second.mkv");
    RAN(SL_EXIT_OK, "", "1 file can only be restored with this journal; `sluice export` saves",
        UPLOAD, second);
    RAN(SL_EXIT_OK, "only with this journal", "", "status", "2");
}

static void a_part_that_is_shared_or_repeated_needs_the_journal(void **state)
{
    char path[SL_PATH_BYTES];
    (void)state;
    know_other_machine();
    film(path, "v1.mov", "ab", 5000);
    assert_restorable(path, "key");
    film(path, "v2.mov", "ab", 6000);
    assert_restorable(path, "journal");
    film(path, "twice.mov", "cc", 5000);
    assert_restorable(path, "journal");
}

static void a_name_that_was_cut_needs_the_journal(void **state)
{
    char path[SL_PATH_BYTES], name[210];
    (void)state;
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    bin_file(path, name, 5000, 1);
    assert_restorable(path, "journal");
    bin_file(path, "new\nline.mkv", 6000, 2);
    assert_restorable(path, "journal");
}

/* Contracts since 1.4 have no getter for the labels of pieces: the receipt has them. */
static void where_the_contract_keeps_no_names_the_receipt_tells_them(void **state)
{
    char path[SL_PATH_BYTES];
    (void)state;
    bin_file(path, "one.mkv", 5000, 1);
    assert_restorable(path, "key");
    film(path, "parts.mkv", "ab", 5000);
    assert_restorable(path, "key");
}

static void without_receipts_all_needs_the_journal(void **state)
{
    struct lying_node node = {.from = "eth_getTransactionReceipt",
                              .to = "eth_getTransactionReceipx",
                              .in_requests = true};
    char path[SL_PATH_BYTES];
    lying_node_start(&node, *state);
    bin_file(path, "one.mkv", 5000, 1);
    RAN(SL_EXIT_OK, "\"restorable\":\"journal\"", "", UPLOAD, "--json", "--rpc-url", node.url,
        path);
    assert_true(atomic_load(&node.lies) > 0);
    lying_node_stop(&node);
}

/* A node that has the names of another data set, of the right length, tells none. */
static void a_receipt_of_other_pieces_names_nothing(void **state)
{
    struct lying_node node = {
        .from = "e919e037e2ba38e953115496aafcfc43555ef39f79c2f5f996608a78628eabd7\",\"0x"
                "0000000000000000000000000000000000000000000000000000000000000001",
        .to = "e919e037e2ba38e953115496aafcfc43555ef39f79c2f5f996608a78628eabd7\",\"0x"
              "0000000000000000000000000000000000000000000000000000000000000002"};
    char path[SL_PATH_BYTES];
    lying_node_start(&node, *state);
    bin_file(path, "one.mkv", 5000, 1);
    RAN(SL_EXIT_OK, "\"restorable\":\"journal\"", "", UPLOAD, "--json", "--rpc-url", node.url,
        path);
    assert_true(atomic_load(&node.lies) > 0);
    lying_node_stop(&node);
}

#define NAMELESS_TEST(f) cmocka_unit_test_setup_teardown(f, served_nameless_setup, served_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED_1_3_TEST(a_file_that_the_chain_names_comes_back_from_the_key),
        SERVED_1_3_TEST(content_that_another_name_stored_needs_the_journal),
        SERVED_1_3_TEST(a_part_that_is_shared_or_repeated_needs_the_journal),
        SERVED_1_3_TEST(a_name_that_was_cut_needs_the_journal),
        SERVED_TEST(where_the_contract_keeps_no_names_the_receipt_tells_them),
        SERVED_TEST(without_receipts_all_needs_the_journal),
        SERVED_TEST(a_receipt_of_other_pieces_names_nothing),
    };
    return cmocka_run_group_tests_name("what comes back without the journal", tests, NULL, NULL);
}
