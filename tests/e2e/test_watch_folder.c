/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built sluice that watches a folder, and limits told to it while it has no screen. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "binary_kit.h"

enum { PATIENCE_MS = 60000 };

/* Reads until the stream has said the words; what it said so far is in `text`. */
static void wait_words(int fd, struct sl_buf *text, const char *words)
{
    while (text->data == NULL || strstr(text->data, words) == NULL) {
        char bytes[4096];
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        if (poll(&ready, 1, PATIENCE_MS) != 1)
            fail_msg("'%s' was not said: %s", words, text->data != NULL ? text->data : "");
        const ssize_t n = read(fd, bytes, sizeof bytes);
        if (n <= 0)
            fail_msg("it ended without '%s': %s", words, text->data != NULL ? text->data : "");
        sl_buf_add(text, bytes, (size_t)n);
    }
}

static void start_watch(struct sl_child *child, const char *const *argv)
{
    struct sl_buf said = {0};
    sl_child_start(child, &bin_home, NULL, argv);
    wait_words(child->err, &said, "watching");
    sl_buf_free(&said);
}

static int end_watch(struct sl_child *child, int number)
{
    struct sl_ran ran;
    assert_int_equal(kill(child->pid, number), 0);
    sl_child_end(child, &ran);
    const int status = ran.status;
    bin_assert_printable(&ran.err);
    sl_ran_free(&ran);
    return status;
}

static void what_comes_into_a_folder_is_uploaded_once(void **state)
{
    (void)state;
    char in[SL_PATH_BYTES], path[SL_PATH_BYTES], cid[SL_PIECE_CID_CHARS];
    struct sl_child child;
    struct sl_buf out = {0};
    bin_folder(in, "in");
    const char *const *argv = SL_ARGV("watch", "--settle", "20ms", in);
    start_watch(&child, argv);
    bin_file(path, "in/a.mkv", 3000, 1);
    bin_cid(cid, path);
    wait_words(child.out, &out, cid);
    wait_words(child.out, &out, "a.mkv");
    assert_int_equal(end_watch(&child, SIGTERM), SL_EXIT_OK);

    sl_buf_clear(&out);
    start_watch(&child, argv); /* the journal knows a.mkv */
    bin_file(path, "in/b.mkv", 3000, 2);
    bin_cid(cid, path);
    wait_words(child.out, &out, cid);
    assert_null(strstr(out.data, "a.mkv"));
    assert_int_equal(end_watch(&child, SIGINT), SL_EXIT_OK);
    sl_buf_free(&out);
}

static void work_that_is_left_is_told_and_gone_on_with(void **state)
{
    (void)state;
    char in[SL_PATH_BYTES], path[SL_PATH_BYTES];
    struct sl_child child;
    struct sl_buf out = {0};
    bin_folder(in, "in");
    bin_file(path, "in/a.mkv", 3000000, 1);
    start_watch(&child, SL_ARGV("watch", "--json", "--limit", "20k", "--settle", "0ms", in));
    wait_words(child.out, &out, "\"progress\"");
    assert_int_equal(end_watch(&child, SIGTERM), SL_EXIT_WORK_LEFT);
    sl_buf_clear(&out);
    start_watch(&child, SL_ARGV("watch", in, "--settle", "1h")); /* under way: not seen as new */
    wait_words(child.out, &out, "a.mkv");
    assert_int_equal(end_watch(&child, SIGTERM), SL_EXIT_OK);
    sl_buf_free(&out);
}

static void folders_of_the_settings_are_watched(void **state)
{
    (void)state;
    char in[SL_PATH_BYTES], other[SL_PATH_BYTES], both[2 * SL_PATH_BYTES], path[SL_PATH_BYTES];
    struct sl_child child;
    struct sl_buf out = {0};
    bin_folder(in, "in");
    bin_folder(other, "other");
    snprintf(both, sizeof both, "%s:%s/", in, other);
    start_watch(&child, SL_ARGV("watch", "--watch", both, "--settle", "10ms"));
    bin_file(path, "in/a.mkv", 3000, 1);
    wait_words(child.out, &out, "a.mkv");
    bin_file(path, "other/b.mkv", 3000, 1);
    wait_words(child.out, &out, "b.mkv");
    assert_int_equal(end_watch(&child, SIGTERM), SL_EXIT_OK);
    sl_buf_free(&out);
    REFUSED(SL_EXIT_USAGE, "watch needs a folder", "watch");
}

static void an_upload_is_slowed_by_a_signal(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_child child;
    struct sl_buf err = {0};
    bin_file(path, "a.mkv", 2000000, 1);
    sl_child_start(&child, &bin_home, NULL,
                   SL_ARGV("upload", path, "--limit", "30k", "--slow-limit", "2M"));
    wait_words(child.err, &err, "limit 30.0 KB/s\n");
    assert_int_equal(kill(child.pid, SIGUSR2), 0);
    wait_words(child.err, &err, "limit 2.0 MB/s (slow mode)\n");
    sl_buf_free(&err);
    struct sl_ran ran;
    sl_child_end(&child, &ran);
    assert_int_equal(ran.status, SL_EXIT_OK);
    bin_assert_says(&ran.out, "a.mkv");
    sl_ran_free(&ran);
}

static void bad_limits_are_refused_before_anything_is_done(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    bin_file(path, "a.mkv", 2000, 1);
    REFUSED(SL_EXIT_USAGE, "limit: 'fast' is no rate", "upload", path, "--limit", "fast");
    REFUSED(SL_EXIT_USAGE, "limit: '25:00,2M'", "upload", path, "--limit", "08:00,1M 25:00,2M");
    REFUSED(SL_EXIT_USAGE, "--slow-limit: '1' is no rate", "upload", path, "--slow-limit", "1");
    REFUSED(SL_EXIT_USAGE, "--slow-limit: slow mode needs", "upload", path, "--slow-limit", "off");
    REFUSED(SL_EXIT_USAGE, "--stop-at: 'noon' is not a time of day", "upload", path, "--stop-at",
            "noon");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BIN_TEST(what_comes_into_a_folder_is_uploaded_once),
        BIN_TEST(work_that_is_left_is_told_and_gone_on_with),
        BIN_TEST(folders_of_the_settings_are_watched),
        BIN_TEST(an_upload_is_slowed_by_a_signal),
        BIN_TEST(bad_limits_are_refused_before_anything_is_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
