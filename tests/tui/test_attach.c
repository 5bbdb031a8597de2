/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A second sluice beside one that uploads: it shows the same queue, and leaving it stops nothing.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "support/pty.h"
#include "support/test.h"
#include "support/tmp.h"

static char dir[SL_PATH_BYTES], run[SL_PATH_BYTES], film[SL_PATH_BYTES], song[SL_PATH_BYTES];

static int setup(void **state)
{
    (void)state;
    sl_tmp_make(dir);
    assert_int_equal(sl_path_join(run, sizeof run, dir, "run", NULL), SL_OK);
    sl_tmp_file(film, dir, "film.mkv", 40000000, 1);
    sl_tmp_file(song, dir, "song.flac", 300000, 2);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    sl_tmp_remove(dir);
    return 0;
}

/* `command`: "upload", or NULL for the screen. */
static struct sl_pty *first(const char *command)
{
    const char *const argv[] = {
        SL_BINARY_DIR "/sluice", "--state-dir", run, "--limit", "100k", command, film, NULL};
    const char *const screen[] = {
        SL_BINARY_DIR "/sluice", "--state-dir", run, "--limit", "100k", film, NULL};
    return sl_pty_start(command != NULL ? argv : screen, NULL, 24, 100);
}

static struct sl_pty *second(const char *word, const char *value)
{
    const char *const argv[] = {SL_BINARY_DIR "/sluice", "--state-dir", run, word, value, NULL};
    return sl_pty_start(argv, NULL, 16, 80);
}

static void quit_now(struct sl_pty *pty)
{
    sl_pty_send(pty, "q");
    sl_pty_wait_text(pty, "stop now");
    sl_pty_send(pty, "s");
    assert_int_equal(sl_pty_wait_exit(pty), 7);
    sl_pty_free(pty);
}

static void a_second_screen_shows_the_queue_and_leaves_it_running(void **state)
{
    (void)state;
    struct sl_pty *one = first(NULL);
    sl_pty_wait_text(one, "1 uploading");
    struct sl_pty *two = second(NULL, NULL);
    sl_pty_wait_text(two, "attached to pid");
    sl_pty_wait_text(two, "film.mkv");
    sl_pty_wait_text(two, "1 uploading");
    sl_pty_wait_text(two, "limit 100.0 KB/s");
    sl_pty_send(two, "p"); /* a key in one is seen in both */
    sl_pty_wait_text(one, "1 paused");
    sl_pty_wait_text(two, "1 paused");
    sl_pty_send(one, "p");
    sl_pty_wait_text(two, "1 uploading");
    sl_pty_send(two, "q");
    assert_int_equal(sl_pty_wait_exit(two), 0);
    sl_pty_wait_text(two, "goes on with 1 file");
    assert_true(sl_pty_is_cooked(two));
    sl_pty_free(two);
    sl_pty_wait_text(one, "1 uploading");
    two = second(NULL, NULL); /* and a terminal that is lost */
    sl_pty_wait_text(two, "1 uploading");
    sl_pty_hang_up(two);
    assert_int_equal(sl_pty_wait_exit(two), 0);
    sl_pty_free(two);
    sl_pty_wait_text(one, "1 uploading");
    quit_now(one);
}

static void a_file_is_added_to_an_upload_that_runs(void **state)
{
    (void)state;
    struct sl_pty *one = first("upload");
    sl_pty_wait_text(one, "film.mkv");
    struct sl_pty *two = second(song, NULL);
    sl_pty_wait_text(two, "song.flac");
    sl_pty_wait_text(two, "film.mkv");
    sl_pty_send(two, ":limit off\r");
    sl_pty_wait_text(two, "2 confirmed");
    assert_int_equal(sl_pty_wait_exit(one), 0); /* it waited for both */
    sl_pty_wait_text(two, "has ended");
    sl_pty_wait_text(two, "2 confirmed"); /* and its end leaves the results on the screen */
    sl_pty_send(two, "q");
    assert_int_equal(sl_pty_wait_exit(two), 0);
    sl_pty_free(one);
    sl_pty_free(two);
}

static void a_second_screen_cannot_change_what_was_set_at_the_start(void **state)
{
    (void)state;
    struct sl_pty *one = first(NULL);
    sl_pty_wait_text(one, "1 uploading");
    struct sl_pty *two = second("--limit", "5M");
    assert_int_equal(sl_pty_wait_exit(two), 2);
    sl_pty_wait_text(two, "--limit: the running sluice");
    sl_pty_free(two);
    two = second("--network", "calibration");
    assert_int_equal(sl_pty_wait_exit(two), 2);
    sl_pty_wait_text(two, "uses the network local, not calibration");
    sl_pty_free(two);
    two = second("--theme", "light");
    sl_pty_wait_text(two, "attached to pid");
    sl_pty_send(two, "q");
    assert_int_equal(sl_pty_wait_exit(two), 0);
    sl_pty_free(two);
    quit_now(one);
}

static void an_engine_that_dies_is_told_and_taken_up(void **state)
{
    (void)state;
    struct sl_pty *one = first("upload");
    sl_pty_wait_text(one, "film.mkv");
    struct sl_pty *two = second(NULL, NULL);
    sl_pty_wait_text(two, "1 uploading");
    sl_pty_signal(one, SIGKILL);
    assert_int_equal(sl_pty_wait_exit(one), 128 + SIGKILL);
    assert_int_equal(sl_pty_wait_exit(two), 5);
    sl_pty_wait_text(two, "died; run `sluice` to");
    sl_pty_free(one);
    sl_pty_free(two);
    two = second(NULL, NULL);             /* a socket that nobody listens on any more */
    sl_pty_wait_text(two, "1 confirmed"); /* without the limit of the first */
    assert_false(sl_pty_shows(two, "attached"));
    sl_pty_send(two, "q");
    assert_int_equal(sl_pty_wait_exit(two), 0);
    sl_pty_free(two);
}

static void status_tells_how_far_an_upload_is(void **state)
{
    (void)state;
    struct sl_pty *one = first("upload");
    sl_pty_wait_text(one, "film.mkv");
    for (int tries = 0;; tries++) {
        struct sl_pty *two = second("status", NULL);
        assert_int_equal(sl_pty_wait_exit(two), 0);
        const bool told = sl_pty_shows(two, " %");
        sl_pty_free(two);
        if (told)
            break;
        assert_true(tries < 2000);
        assert_false(sl_pty_shows(one, "confirmed"));
    }
    struct sl_pty *two = second("status", "--json");
    assert_int_equal(sl_pty_wait_exit(two), 0);
    size_t len = 0;
    assert_non_null(strstr(sl_pty_bytes(two, &len), "\"acknowledged\":"));
    sl_pty_free(two);
    sl_pty_signal(one, SIGTERM);
    assert_int_equal(sl_pty_wait_exit(one), 7);
    sl_pty_free(one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        CASE(a_second_screen_shows_the_queue_and_leaves_it_running),
        CASE(a_file_is_added_to_an_upload_that_runs),
        CASE(a_second_screen_cannot_change_what_was_set_at_the_start),
        CASE(an_engine_that_dies_is_told_and_taken_up),
        CASE(status_tells_how_far_an_upload_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
