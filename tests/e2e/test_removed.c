/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built sluice: what was removed from its data set is stored again when it is added again. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "served.h"

#define UPLOAD                                                                                     \
    "upload", "--json", "--copies", "1", "--commit-after", "100ms", "--network-epoch", "100ms"

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
    RAN(SL_EXIT_OK, "", "scheduled for removal already", "rm", "1", "0", "--yes");
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
        RAN(SL_EXIT_OK, "", "", "datasets", "terminate", set, "--yes", ways[i], "--network-epoch",
            "100ms");
    }
    RAN(SL_EXIT_OK, "\"confirmed\"", "", UPLOAD, path);
    RAN(SL_EXIT_OK, "kept", "", "pieces", "3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED_TEST(a_removed_piece_is_stored_again),
        SERVED_TEST(another_sluice_that_runs_keeps_nobody_from_noting_it),
        SERVED_TEST(one_that_is_scheduled_already_is_noted_by_rm),
        SERVED_TEST(what_ended_with_its_data_set_is_stored_in_another),
    };
    return cmocka_run_group_tests_name("what was removed", tests, NULL, NULL);
}
