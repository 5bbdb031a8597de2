/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built sluice: which files lose bytes by a removal, and that adding them again stores them
 * again. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "served.h"

#define UPLOAD "upload", "--json", "--copies", "1", "--hold", "100ms", "--network-epoch", "100ms"

/* In the data set there is piece 0, which goes, and piece 1 with the same bytes, which stays. */
static void assert_stored_again(void)
{
    cJSON *lines = LINES("pieces", "1");
    assert_int_equal(cJSON_GetArraySize(lines), 2);
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(served_line(lines, 0), "scheduledForRemoval")));
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(served_line(lines, 1), "scheduledForRemoval")));
    assert_string_equal(bin_str(served_line(lines, 0), "pieceCid"),
                        bin_str(served_line(lines, 1), "pieceCid"));
    cJSON_Delete(lines);
}

static void a_removed_piece_is_stored_again(void **state)
{
    char path[SL_PATH_BYTES];
    (void)state;
    bin_file(path, "film.mkv", 5000, 1);
    RAN(SL_EXIT_OK, "\"confirmed\"", "", UPLOAD, path);
    RAN(SL_EXIT_OK, "\"alreadyStored\":1", "", UPLOAD, path);
    RAN(SL_EXIT_OK, "would be removed", "", "rm", "1", "0", "--dry-run");
    RAN(SL_EXIT_OK, "\"alreadyStored\":1", "", UPLOAD, path);
    RAN(SL_EXIT_OK, "scheduled", "", "rm", "1", "0", "--yes", "--network-epoch", "100ms");
    RAN(SL_EXIT_OK, "\"confirmed\"", "", UPLOAD, path);
    assert_stored_again();
    RAN(SL_EXIT_OK, "\"alreadyStored\":1", "", UPLOAD, path);
}

static void another_sluice_that_runs_keeps_nobody_from_noting_it(void **state)
{
    const struct chain *chain = *state;
    char path[SL_PATH_BYTES], other[SL_PATH_BYTES];
    struct sl_child child;
    struct sl_ran ran;
    bin_file(path, "film.mkv", 5000, 1);
    RAN(SL_EXIT_OK, "\"confirmed\"", "", UPLOAD, path);
    kit_fault(&chain->kit, "{\"match\":\"PUT \",\"action\":\"stall\"}");
    sl_child_start(&child, &bin_home, NULL, SL_ARGV(UPLOAD, bin_file(other, "other", 6000, 2)));
    do { /* until it has the journal */
        RUN(&ran, "status", "2");
        sl_ran_free(&ran);
    } while (ran.status != SL_EXIT_OK);
    RAN(SL_EXIT_OK, "scheduled", "", "rm", "1", "0", "--yes", "--network-epoch", "100ms");
    assert_int_equal(kill(child.pid, SIGKILL), 0);
    sl_child_end(&child, &ran);
    sl_ran_free(&ran);
    struct sl_answer answer = {0};
    sl_peer_ask(chain->kit.url, "DELETE", "/fault", NULL, NULL, 0, &answer);
    sl_answer_free(&answer);
    RAN(SL_EXIT_OK, "\"confirmed\"", "", UPLOAD, path);
    assert_stored_again();
}

/* Another state folder stands for another machine. */
static void one_that_is_scheduled_already_is_noted_by_rm(void **state)
{
    char path[SL_PATH_BYTES], config[SL_PATH_BYTES], other[SL_PATH_BYTES];
    (void)state;
    bin_file(path, "film.mkv", 5000, 1);
    assert_int_equal(sl_path_join(config, sizeof config, bin_home.state, "config/config.ini", NULL),
                     0);
    assert_int_equal(sl_path_join(other, sizeof other, bin_home.dir, "other", NULL), 0);
    RAN(SL_EXIT_OK, "\"confirmed\"", "", UPLOAD, path);
    RAN(SL_EXIT_OK, "scheduled", "", "rm", "1", "0", "--yes", "--network-epoch", "100ms",
        "--state-dir", other, "--config", config);
    RAN(SL_EXIT_OK, "", "is already scheduled for removal", "rm", "1", "0", "--yes");
    RAN(SL_EXIT_OK, "\"confirmed\"", "", UPLOAD, path);
    assert_stored_again();
}

static void what_ended_with_its_data_set_is_stored_in_another(void **state)
{
    static const char *const ways[] = {"--yes", "--on-chain"};
    char path[SL_PATH_BYTES], set[8];
    (void)state;
    bin_file(path, "film.mkv", 5000, 1);
    for (unsigned i = 0; i < 2; i++) {
        snprintf(set, sizeof set, "%u", i + 1);
        RAN(SL_EXIT_OK, "\"confirmed\"", "", UPLOAD, path);
        RAN(SL_EXIT_SOME_FAILED, "", "film.mkv", "datasets", "terminate", set, "--yes", ways[i]);
        RAN(SL_EXIT_SOME_FAILED, "", "use --breaks 1", "datasets", "terminate", set, "--yes",
            "--breaks", "2", ways[i]);
        RAN(SL_EXIT_OK, "", "", "datasets", "terminate", set, "--yes", ways[i], "--breaks", "1",
            "--network-epoch", "100ms");
        RAN(SL_EXIT_OK, "\"state\":\"deleted\"", "", "status", "--json");
    }
    RAN(SL_EXIT_OK, "\"confirmed\"", "", UPLOAD, path);
    RAN(SL_EXIT_OK, "kept", "", "pieces", "3");
}

/* ---- owners of a piece ---- */

enum { SHARD = 1040384 }; /* 127 * 2^13 */

/* Two films that begin with the same part: pieces 0 to 2 of data set 1. */
static void shared_films(char first[static SL_PATH_BYTES], char second[static SL_PATH_BYTES])
{
    uint8_t *bytes = calloc(1, 2 * SHARD);
    assert_non_null(bytes);
    for (size_t i = 0; i < 2 * SHARD; i++)
        bytes[i] = (uint8_t)(i * i >> 7);
    bin_file(first, "v1.mov", 0, 1);
    bin_file(second, "v2.mov", 0, 1);
    assert_int_equal(sl_file_write_atomic(first, bytes, SHARD + 5000, 0600, NULL), SL_OK);
    bytes[SHARD] ^= 1;
    assert_int_equal(sl_file_write_atomic(second, bytes, SHARD + 6000, 0600, NULL), SL_OK);
    free(bytes);
    RAN(SL_EXIT_OK, "\"confirmed\"", "", UPLOAD, "--split", "1040384", first);
    RAN(SL_EXIT_OK, "\"confirmed\"", "", UPLOAD, "--split", "1040384", second);
}

/* The id, as text, of the piece that is part `label` of a file of this name. */
static const char *part_of(char number[static 16], const char *name, const char *label)
{
    cJSON *lines = LINES("pieces", "1");
    number[0] = '\0';
    for (int i = 0; i < cJSON_GetArraySize(lines); i++) {
        const cJSON *line = cJSON_GetArrayItem(lines, i);
        const cJSON *metadata = cJSON_GetObjectItem(line, "metadata");
        if (strcmp(bin_str(metadata, "filename"), name) == 0 &&
            strcmp(bin_str(metadata, "part"), label) == 0)
            snprintf(number, 16, "%d", bin_number(line, "id"));
    }
    cJSON_Delete(lines);
    assert_string_not_equal(number, "");
    return number;
}

static void assert_state(const char *id, const char *want)
{
    cJSON *lines = LINES("status", id);
    assert_string_equal(bin_str(served_line(lines, 0), "state"), want);
    cJSON_Delete(lines);
}

static void a_part_of_two_files_is_not_removed_unasked(void **state)
{
    char first[SL_PATH_BYTES], second[SL_PATH_BYTES], shared[16];
    (void)state;
    shared_films(first, second);
    part_of(shared, "v1.mov", "1/2");
    RAN(SL_EXIT_SOME_FAILED, "", "v1.mov (1 of its 2 parts)", "rm", "1", shared, "--yes");
    RAN(SL_EXIT_SOME_FAILED, "", "v2.mov (1 of its 2 parts)", "rm", "1", shared, "--dry-run");
    RAN(SL_EXIT_SOME_FAILED, "", "2 files would lose bytes for good; nothing was sent", "rm", "1",
        shared, "--yes", "--breaks", "1");
    REFUSED(SL_EXIT_USAGE, "is not a number of files", "rm", "1", shared, "--yes", "--breaks",
            "all");
    RAN(SL_EXIT_OK, "kept", "", "pieces", "1");
    assert_state("1", "confirmed");
    RAN(SL_EXIT_OK, "\"losesBytes\":true", "", "rm", "1", shared, "--yes", "--breaks", "2",
        "--json", "--network-epoch", "100ms");
    assert_state("1", "deleted");
    assert_state("2", "deleted");
    RAN(SL_EXIT_OK, "are on chain and paid for", "", "status", "1");
}

static void all_pieces_of_one_file_go_at_its_word_but_a_shared_one(void **state)
{
    char first[SL_PATH_BYTES], second[SL_PATH_BYTES], shared[16], own[16];
    (void)state;
    shared_films(first, second);
    part_of(shared, "v1.mov", "1/2");
    part_of(own, "v1.mov", "2/2");
    RAN(SL_EXIT_SOME_FAILED, "", "v2.mov", "rm", "1", shared, own, "--yes");
    RAN(SL_EXIT_SOME_FAILED, "", "1 file would lose bytes", "rm", "1", own, "--yes");
    RAN(SL_EXIT_OK, "", "v1.mov (1 of its 2 parts)", "rm", "1", own, "--yes", "--breaks", "1",
        "--network-epoch", "100ms");
    assert_state("1", "deleted");
    assert_state("2", "confirmed");
    part_of(own, "v2.mov", "2/2");
    RAN(SL_EXIT_OK, "", "v2.mov (2 of its 2 parts)", "rm", "1", shared, own, "--yes",
        "--network-epoch", "100ms");
    assert_state("2", "deleted");
}

static void one_of_two_copies_less_is_told_and_can_be_made_again(void **state)
{
    char path[SL_PATH_BYTES];
    (void)state;
    bin_file(path, "film.mkv", 5000, 1);
    RAN(SL_EXIT_OK, "\"confirmed\"", "", "upload", "--json", "--copies", "2", "--hold", "100ms",
        "--network-epoch", "100ms", path);
    RAN(SL_EXIT_OK, "", "keeps 1 of 2 copies: ", "rm", "1", "0", "--yes", "--network-epoch",
        "100ms");
    assert_state("1", "confirmed");
    RAN(SL_EXIT_OK, "copies    1 of 2 on chain", "", "status", "1");
    RAN(SL_EXIT_OK, "1 of 2 copies", "", "status");
    RAN(SL_EXIT_OK, "\"confirmed\"", "", "retry", "--json", "--copies", "2", "--hold", "100ms",
        "--network-epoch", "100ms");
    RAN(SL_EXIT_OK, "copies    2 of 2 on chain", "", "status", "1");
}

/* Another state folder stands for another machine. */
static void what_only_the_chain_names_is_told_by_that_name(void **state)
{
    char first[SL_PATH_BYTES], second[SL_PATH_BYTES], config[SL_PATH_BYTES], other[SL_PATH_BYTES];
    char own[16];
    (void)state;
    shared_films(first, second);
    assert_int_equal(sl_path_join(config, sizeof config, bin_home.state, "config/config.ini", NULL),
                     0);
    assert_int_equal(sl_path_join(other, sizeof other, bin_home.dir, "other", NULL), 0);
    RAN(SL_EXIT_SOME_FAILED, "", "v2.mov (named only on the chain", "rm", "1",
        part_of(own, "v2.mov", "2/2"), "--yes", "--state-dir", other, "--config", config);
    RAN(SL_EXIT_SOME_FAILED, "", "2 files would lose bytes", "datasets", "terminate", "1", "--yes",
        "--state-dir", other, "--config", config);
    RAN(SL_EXIT_OK, "", "", "datasets", "terminate", "1", "--yes", "--breaks", "2", "--state-dir",
        other, "--config", config, "--network-epoch", "100ms");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED_TEST(a_removed_piece_is_stored_again),
        SERVED_TEST(another_sluice_that_runs_keeps_nobody_from_noting_it),
        SERVED_TEST(one_that_is_scheduled_already_is_noted_by_rm),
        SERVED_TEST(what_ended_with_its_data_set_is_stored_in_another),
        SERVED_1_3_TEST(a_part_of_two_files_is_not_removed_unasked),
        SERVED_1_3_TEST(all_pieces_of_one_file_go_at_its_word_but_a_shared_one),
        SERVED_TEST(one_of_two_copies_less_is_told_and_can_be_made_again),
        SERVED_1_3_TEST(what_only_the_chain_names_is_told_by_that_name),
    };
    return cmocka_run_group_tests_name("what was removed", tests, NULL, NULL);
}
