/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built sluice going on with what earlier runs left: resume, retry, cancel, forget. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "binary_kit.h"

/* A journal with one file that was on its way when its run was killed. */
static void leave_unfinished(char path[static SL_PATH_BYTES])
{
    struct sl_child child;
    struct sl_ran ran;
    bin_file(path, "film.mkv", 200000, 3);
    sl_child_start(&child, &bin_home, NULL,
                   SL_ARGV("upload", "--json", path, "--network", "none", "--provider-url",
                           "http://127.0.0.1:1"));
    for (;;) { /* until the journal has it */
        RUN(&ran, "status", "--json");
        const bool there = ran.status == SL_EXIT_OK && strstr(ran.out.data, "film.mkv") != NULL;
        sl_ran_free(&ran);
        if (there)
            break;
    }
    assert_int_equal(kill(child.pid, SIGKILL), 0);
    sl_child_end(&child, &ran);
    sl_ran_free(&ran);
}

static void read_state(char out[static 32])
{
    struct sl_ran ran;
    RUN(&ran, "status", "--json");
    cJSON *lines = bin_lines(&ran.out);
    snprintf(out, 32, "%s", bin_str(bin_last(lines), "state"));
    cJSON_Delete(lines);
    sl_ran_free(&ran);
}

static void expect_state(const char *state)
{
    char now[32];
    read_state(now);
    assert_string_equal(now, state);
}

static void what_was_left_is_finished(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_ran ran;
    leave_unfinished(path);
    RUN(&ran, "resume", "--json");
    if (ran.status != SL_EXIT_OK)
        fail_msg("status %d: %s", ran.status, ran.err.data);
    cJSON *lines = bin_lines(&ran.out);
    assert_int_equal(bin_count(lines, "confirmed"), 1);
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    expect_state("confirmed");
    RUN(&ran, "resume");
    assert_int_equal(ran.status, SL_EXIT_OK);
    bin_assert_says(&ran.err, "nothing is unfinished");
    sl_ran_free(&ran);
}

static void what_was_cancelled_can_be_tried_again(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_ran ran;
    leave_unfinished(path);
    RUN(&ran, "cancel", "1", "1");
    assert_int_equal(ran.status, SL_EXIT_OK);
    sl_ran_free(&ran);
    expect_state("cancelled");
    RUN(&ran, "retry", "1");
    if (ran.status != SL_EXIT_OK)
        fail_msg("status %d: %s", ran.status, ran.err.data);
    bin_assert_says(&ran.out, path);
    sl_ran_free(&ran);
    expect_state("confirmed");
}

static void what_is_forgotten_is_no_longer_listed(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_ran ran;
    leave_unfinished(path);
    RUN(&ran, "forget", "1");
    assert_int_equal(ran.status, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "status");
    assert_string_equal(ran.out.data, "");
    sl_ran_free(&ran);
}

static void wrong_numbers_are_refused(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    char before[32];
    leave_unfinished(path);
    read_state(before);
    REFUSED(SL_EXIT_USAGE, "'x' is not a job number", "resume", "x");
    REFUSED(SL_EXIT_USAGE, "cancel: give job numbers", "cancel");
    REFUSED(SL_EXIT_NO_FILE, "there is no job 7", "cancel", "1", "7");
    REFUSED(SL_EXIT_SOME_FAILED, "so this command does not apply to it", "retry", "1");
    expect_state(before); /* nothing of it was done */
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        BIN_TEST(what_was_left_is_finished),
        BIN_TEST(what_was_cancelled_can_be_tried_again),
        BIN_TEST(what_is_forgotten_is_no_longer_listed),
        BIN_TEST(wrong_numbers_are_refused),
    };
    return cmocka_run_group_tests_name("resume", tests, NULL, NULL);
}
