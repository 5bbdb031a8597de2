/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built sluice: a file in parts is cancelled when some of them are on chain. */
#include <signal.h>
#include <string.h>

#include "served.h"

enum { SHARD = 127 << 10 };

#define UPLOAD                                                                                     \
    "upload", "--json", "--split", "131072", "--parallel", "1", "--copies", "1", "--hold",         \
        "100ms", "--network-epoch", "100ms"

/* Of job 1; 0 while there is none. */
static int confirmed_parts(void)
{
    int count = 0;
    struct sl_ran ran;
    RUN(&ran, "status", "1", "--json");
    if (ran.status == SL_EXIT_OK) {
        cJSON *lines = bin_lines(&ran.out);
        const cJSON *piece = NULL;
        cJSON_ArrayForEach(piece, cJSON_GetObjectItem(bin_last(lines), "pieces"))
        {
            count += strcmp(bin_str(piece, "state"), "confirmed") == 0;
        }
        cJSON_Delete(lines);
    }
    sl_ran_free(&ran);
    return count;
}

static void leave_half(const struct chain *chain, const char *path)
{
    struct sl_child child;
    struct sl_ran ran;
    kit_fault(&chain->kit, "{\"match\":\"PUT \",\"skip\":2,\"action\":\"stall\","
                           "\"after_bytes\":10000}");
    sl_child_start(&child, &bin_home, NULL, SL_ARGV(UPLOAD, path));
    while (confirmed_parts() < 2)
        assert_false(sl_child_has_ended(&child));
    assert_int_equal(kill(child.pid, SIGKILL), 0);
    sl_child_end(&child, &ran);
    sl_ran_free(&ran);
    struct sl_answer answer = {0};
    sl_peer_ask(chain->kit.url, "DELETE", "/fault", NULL, NULL, 0, &answer);
    sl_answer_free(&answer);
}

static void what_is_paid_for_of_a_cancelled_file_is_told_and_can_be_removed(void **state)
{
    char path[SL_PATH_BYTES];
    struct sl_ran ran;
    leave_half(*state, bin_file(path, "film.mkv", 4 * SHARD, 1));
    RUN(&ran, "cancel", "1");
    assert_int_equal(ran.status, SL_EXIT_OK);
    bin_assert_says(&ran.err, "1 cancelled");
    bin_assert_says(&ran.out, "film.mkv: 2 of its 4 parts are on chain and paid for\n"
                              "  part 1/4  data set 1, piece 0\n"
                              "  part 2/4  data set 1, piece 1\n"
                              "to remove them:\n"
                              "  sluice rm 1 0 1\n");
    sl_ran_free(&ran);
    RAN(SL_EXIT_OK, "  sluice rm 1 0 1\n", "", "status", "1");
    RAN(SL_EXIT_OK, "piece 1: scheduled for removal", "", "rm", "1", "0", "1", "--yes",
        "--network-epoch", "100ms");
}

static void what_another_file_needs_is_not_offered_for_removal(void **state)
{
    char path[SL_PATH_BYTES], other[SL_PATH_BYTES];
    struct sl_ran ran;
    leave_half(*state, bin_file(path, "film.mkv", 4 * SHARD, 1));
    RAN(SL_EXIT_OK, "\"confirmed\"", "", UPLOAD, bin_file(other, "half.mkv", 2 * SHARD, 1));
    RUN(&ran, "cancel", "1");
    assert_int_equal(ran.status, SL_EXIT_OK);
    bin_assert_says(&ran.out, "  part 2/4  data set 1, piece 1  (another job needs it too)\n");
    assert_null(strstr(ran.out.data, "sluice rm"));
    sl_ran_free(&ran);
}

static void of_a_file_that_was_not_begun_nothing_is_said(void **state)
{
    char path[SL_PATH_BYTES];
    struct sl_ran ran = {0};
    struct sl_child child;
    const struct chain *chain = *state;
    kit_fault(&chain->kit, "{\"match\":\"PUT \",\"action\":\"stall\"}");
    sl_child_start(&child, &bin_home, NULL,
                   SL_ARGV(UPLOAD, bin_file(path, "film.mkv", 4 * SHARD, 1)));
    do {
        sl_ran_free(&ran);
        RUN(&ran, "status", "1");
    } while (ran.status != SL_EXIT_OK);
    sl_ran_free(&ran);
    assert_int_equal(kill(child.pid, SIGKILL), 0);
    sl_child_end(&child, &ran);
    sl_ran_free(&ran);
    RUN(&ran, "cancel", "1");
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_string_equal(ran.out.data, "");
    sl_ran_free(&ran);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED_TEST(what_is_paid_for_of_a_cancelled_file_is_told_and_can_be_removed),
        SERVED_TEST(what_another_file_needs_is_not_offered_for_removal),
        SERVED_TEST(of_a_file_that_was_not_begun_nothing_is_said),
    };
    return cmocka_run_group_tests_name("cancel", tests, NULL, NULL);
}
