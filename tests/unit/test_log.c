/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/log.h"

#include "support/fake_clock.h"
#include "support/test.h"
#include "support/tmp.h"

static char dir[SL_PATH_BYTES];
static char path[SL_PATH_BYTES];
static struct sl_fake_clock fake;

static int make_folder(void **state)
{
    (void)state;
    sl_tmp_make(dir);
    fake = (struct sl_fake_clock){.now_ms = 86399999};
    return sl_path_join(path, sizeof path, dir, "log", NULL);
}

static int remove_folder(void **state)
{
    (void)state;
    sl_log_close();
    sl_tmp_remove(dir);
    return 0;
}

static void open_log(enum sl_log_level level)
{
    const struct sl_clock clock = sl_fake_clock(&fake);
    assert_int_equal(sl_log_open(path, level, &clock, NULL), SL_OK);
}

static void read_whole(char **text, size_t *len, const char *file)
{
    assert_int_equal(sl_file_read(text, len, file, (size_t)64 << 20, NULL), SL_OK);
}

static void a_line_tells_time_level_room_and_escaped_text(void **state)
{
    (void)state;
    size_t len;
    struct stat st;
    sl_log(SL_LOG_ERROR, "engine", "nobody listens yet");
    open_log(SL_LOG_INFO);
    errno = EIO;
    sl_log(SL_LOG_INFO, "engine", "job %d: %s", 7, "a\nb\x1b[2J");
    assert_int_equal(errno, EIO);
    sl_log(SL_LOG_DEBUG, "engine", "below the level");
    sl_log_close();
    sl_log(SL_LOG_ERROR, "engine", "closed");
    char *text = NULL;
    read_whole(&text, &len, path);
    assert_string_equal(text, "1970-01-01T23:59:59.999Z info engine: job 7: a\\nb\\x1b[2J\n");
    free(text);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
}

static void a_long_line_is_cut_to_2_kib_at_a_whole_character(void **state)
{
    (void)state;
    static char huge[9001];
    size_t len;
    for (size_t i = 0; i + 3 < sizeof huge; i += 3)
        memcpy(huge + i, "\u65e5", 3);
    open_log(SL_LOG_ERROR);
    sl_log(SL_LOG_ERROR, "x", "%s", huge);
    sl_log(SL_LOG_ERROR, "x", "next");
    sl_log_close();
    char *text = NULL;
    read_whole(&text, &len, path);
    char *end = strchr(text, '\n');
    assert_non_null(end);
    assert_in_range(end - text, 2048 - 4, 2047);
    assert_memory_equal(end - 3, "\u65e5", 3);
    assert_non_null(strstr(end, "error x: next\n"));
    free(text);
}

static void a_full_file_is_turned_once(void **state)
{
    (void)state;
    char old[SL_PATH_BYTES];
    size_t len;
    sl_tmp_file(NULL, dir, "log", ((uint64_t)8 << 20) - 10, 1);
    assert_int_equal(sl_path_join(old, sizeof old, dir, "log.1", NULL), SL_OK);
    open_log(SL_LOG_INFO);
    sl_log(SL_LOG_INFO, "x", "first");
    assert_int_not_equal(access(old, F_OK), 0);
    sl_log(SL_LOG_INFO, "x", "second");
    sl_log(SL_LOG_INFO, "x", "third");
    sl_log_close();
    char *text = NULL;
    read_whole(&text, &len, path);
    assert_non_null(strstr(text, "second\n"));
    assert_non_null(strstr(text, "third\n"));
    assert_null(strstr(text, "first\n"));
    free(text);
    read_whole(&text, &len, old);
    assert_memory_equal(text + len - 6, "first\n", 6);
    free(text);
}

static void what_is_no_regular_file_is_refused(void **state)
{
    (void)state;
    const struct sl_clock clock = sl_fake_clock(&fake);
    struct sl_err err = {0};
    assert_true(sl_log_open("/dev/null", SL_LOG_INFO, &clock, &err) < 0);
    assert_true(sl_log_open(dir, SL_LOG_INFO, &clock, &err) < 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_true(sl_log_open(path, SL_LOG_INFO, &clock, &err) < 0);
    assert_non_null(strstr(err.text, path));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("elsewhere", path), 0);
    assert_true(sl_log_open(path, SL_LOG_INFO, &clock, NULL) < 0);
}

enum { THREADS = 4, LINES = 200 };

static void *write_lines(void *arg)
{
    for (int i = 0; i < LINES; i++)
        sl_log(SL_LOG_INFO, "x", "%s", (const char *)arg);
    return NULL;
}

static void lines_of_several_threads_stay_whole(void **state)
{
    (void)state;
    static char text[THREADS][101];
    pthread_t threads[THREADS];
    size_t len;
    open_log(SL_LOG_INFO);
    for (int i = 0; i < THREADS; i++) {
        memset(text[i], 'a' + i, sizeof text[i] - 1);
        assert_int_equal(pthread_create(&threads[i], NULL, write_lines, text[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    sl_log_close();
    char *all = NULL;
    read_whole(&all, &len, path);
    int lines = 0;
    for (const char *at = all; *at != '\0'; at = strchr(at, '\n') + 1, lines++) {
        const char *said = strstr(at, "info x: ") + 8;
        assert_int_equal(strspn(said, (const char[]){*said, '\0'}), 100);
        assert_int_equal(said[100], '\n');
    }
    assert_int_equal(lines, THREADS * LINES);
    free(all);
}

#define FOLDER_TEST(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(a_line_tells_time_level_room_and_escaped_text),
        FOLDER_TEST(a_long_line_is_cut_to_2_kib_at_a_whole_character),
        FOLDER_TEST(a_full_file_is_turned_once),
        FOLDER_TEST(what_is_no_regular_file_is_refused),
        FOLDER_TEST(lines_of_several_threads_stay_whole),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
