/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built sluice with the usual `hold`: files share a transaction, and none waits for nothing.
 * And the older name of that setting. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sluice/journal_commit.h"

#include "served.h"

#define QUICK "--network-epoch", "100ms", "--copies", "1"

enum { PATIENCE_MS = 60000 };

static int count_landed(void *ctx, const struct sl_journal_commit *commit, const void *payload,
                        size_t len)
{
    size_t *count = ctx;
    (void)payload;
    (void)len;
    *count += commit->state == SL_JOURNAL_COMMIT_LANDED;
    return 0;
}

static size_t transactions(void)
{
    char dir[SL_PATH_BYTES];
    struct sl_journal *journal = NULL;
    const struct sl_clock clock = sl_clock_system();
    size_t count = 0;
    assert_int_equal(sl_path_join(dir, sizeof dir, bin_home.state, "state", NULL), SL_OK);
    assert_int_equal(sl_journal_open(&journal, dir, SL_JOURNAL_READ, &clock, NULL), SL_OK);
    assert_int_equal(sl_journal_each_commit(journal, false, count_landed, &count, NULL), 0);
    sl_journal_close(journal);
    return count;
}

static void two_files(char folder[static SL_PATH_BYTES])
{
    char path[SL_PATH_BYTES];
    bin_folder(folder, "in");
    bin_file(path, "in/a.mkv", 3000, 1);
    bin_file(path, "in/b.mkv", 4000, 2);
}

static void files_of_one_run_share_a_transaction_which_leaves_at_once(void **state)
{
    char folder[SL_PATH_BYTES];
    (void)state;
    two_files(folder);
    RAN(SL_EXIT_OK, "", "2 confirmed", "upload", QUICK, "--parallel", "1", folder);
    assert_int_equal(transactions(), 1);
}

static void a_file_that_is_tried_again_soon_shares_it_too(void **state)
{
    struct chain *chain = *state;
    char folder[SL_PATH_BYTES];
    two_files(folder);
    kit_fault(&chain->kit, "{\"match\":\"PUT \",\"skip\":1,\"times\":1,\"action\":\"reset\"}");
    RAN(SL_EXIT_OK, "", "2 confirmed", "upload", QUICK, "--parallel", "1", folder);
    assert_int_equal(transactions(), 1);
}

/* Nothing is on its way while it waits, but more may come at any time. */
static void a_watched_folder_waits_for_files_to_come_until_it_is_stopped(void **state)
{
    char folder[SL_PATH_BYTES], path[SL_PATH_BYTES];
    struct sl_child child;
    struct sl_ran ran;
    struct sl_buf out = {0};
    (void)state;
    bin_folder(folder, "in");
    bin_file(path, "in/a.mkv", 3000, 1);
    sl_child_start(
        &child, &bin_home, NULL,
        SL_ARGV("watch", QUICK, "--json", "--on-hangup", "stop", "--settle", "20ms", folder));
    for (int i = 0; i < 2; i++) {
        const char *name = i == 0 ? "a.mkv" : "b.mkv"; /* it is parked then */
        while (out.data == NULL || strstr(out.data, name) == NULL) {
            char bytes[4096];
            struct pollfd ready = {.fd = child.out, .events = POLLIN};
            assert_int_equal(poll(&ready, 1, PATIENCE_MS), 1);
            const ssize_t n = read(child.out, bytes, sizeof bytes);
            assert_true(n > 0);
            sl_buf_add(&out, bytes, (size_t)n);
        }
        if (i == 0)
            bin_file(path, "in/b.mkv", 4000, 2);
    }
    assert_int_equal(kill(child.pid, SIGHUP), 0); /* what is parked is committed first */
    sl_child_end(&child, &ran);
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_int_equal(transactions(), 1);
    sl_ran_free(&ran);
    sl_buf_free(&out);
}

/* ---- its older name ---- */

static void add_setting(const char *line)
{
    char path[SL_PATH_BYTES];
    assert_int_equal(sl_path_join(path, sizeof path, bin_home.state, "config/config.ini", NULL), 0);
    FILE *file = fopen(path, "a");
    assert_non_null(file);
    assert_true(fprintf(file, "%s\n", line) > 0);
    assert_int_equal(fclose(file), 0);
}

static void the_older_name_works_and_doctor_tells_the_new_one(void **state)
{
    char folder[SL_PATH_BYTES];
    (void)state;
    two_files(folder);
    add_setting("commit_after = 90s");
    RAN(SL_EXIT_OK, "\nhold = 90s\n", "", "config");
    RAN(SL_EXIT_OK, "config.ini:8: commit_after is now hold\n", "", "doctor");
    RAN(SL_EXIT_OK, "--commit-after is now --hold\n", "", "doctor", "--commit-after", "1s");
    struct sl_ran ran;
    RUN(&ran, "upload", QUICK, folder);
    bin_assert_status(&ran, SL_EXIT_OK);
    assert_null(strstr(ran.err.data, "hold")); /* no terminal: a script */
    sl_ran_free(&ran);
}

static void both_names_at_once_are_refused_with_both_lines(void **state)
{
    (void)state;
    REFUSED(SL_EXIT_USAGE, "--commit-after and --hold", "upload", "--commit-after", "1s", "--hold",
            "2s", "x");
    add_setting("hold = 10m");
    add_setting("commit_after = 90s");
    REFUSED(SL_EXIT_USAGE, "config.ini:9: commit_after is set twice: first on line 8, as hold",
            "upload", "x");
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        SERVED_TEST(files_of_one_run_share_a_transaction_which_leaves_at_once),
        SERVED_TEST(a_file_that_is_tried_again_soon_shares_it_too),
        SERVED_TEST(a_watched_folder_waits_for_files_to_come_until_it_is_stopped),
        SERVED_TEST(the_older_name_works_and_doctor_tells_the_new_one),
        SERVED_TEST(both_names_at_once_are_refused_with_both_lines),
    };
    return cmocka_run_group_tests_name("hold", tests, NULL, NULL);
}
