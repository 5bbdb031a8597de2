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

static void open_levels(const char *text)
{
    struct sl_log_levels levels;
    const struct sl_clock clock = sl_fake_clock(&fake);
    assert_int_equal(sl_log_levels_parse(&levels, text, NULL), SL_OK);
    assert_int_equal(sl_log_open(path, &levels, &clock, NULL), SL_OK);
}

static void read_whole(char **text, size_t *len, const char *file)
{
    assert_int_equal(sl_file_read(text, len, file, (size_t)64 << 20, NULL), SL_OK);
}

static void a_line_tells_time_level_component_and_escaped_text(void **state)
{
    (void)state;
    size_t len;
    struct stat st;
    sl_log(SL_LOG_ERROR, SL_LOG_ENGINE, "nobody listens yet");
    open_levels("info");
    errno = EIO;
    sl_log(SL_LOG_INFO, SL_LOG_ENGINE, "job %d: %s", 7, "a\nb\x1b[2J");
    assert_int_equal(errno, EIO);
    sl_log(SL_LOG_DEBUG, SL_LOG_ENGINE, "below the level");
    sl_log_close();
    sl_log(SL_LOG_ERROR, SL_LOG_ENGINE, "closed");
    char *text = NULL;
    read_whole(&text, &len, path);
    assert_string_equal(text, "1970-01-01T23:59:59.999Z info engine: job 7: a\\nb\\x1b[2J\n");
    free(text);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
}

static void a_long_line_is_cut_to_4_kib_at_a_whole_character(void **state)
{
    (void)state;
    static char huge[9001];
    size_t len;
    for (size_t i = 0; i + 3 < sizeof huge; i += 3)
        memcpy(huge + i, "\u65e5", 3);
    open_levels("error");
    sl_log(SL_LOG_ERROR, SL_LOG_NET, "%s", huge);
    sl_log(SL_LOG_ERROR, SL_LOG_NET, "next");
    sl_log_close();
    char *text = NULL;
    read_whole(&text, &len, path);
    char *end = strchr(text, '\n');
    assert_non_null(end);
    assert_in_range(end - text, 4096 - 4, 4095);
    assert_memory_equal(end - 3, "\u65e5", 3);
    assert_non_null(strstr(end, "error net: next\n"));
    free(text);
}

static void a_full_file_is_turned_once(void **state)
{
    (void)state;
    char old[SL_PATH_BYTES];
    size_t len;
    sl_tmp_file(NULL, dir, "log", ((uint64_t)8 << 20) - 10, 1);
    assert_int_equal(sl_path_join(old, sizeof old, dir, "log.1", NULL), SL_OK);
    open_levels("info");
    sl_log(SL_LOG_INFO, SL_LOG_NET, "first");
    assert_int_not_equal(access(old, F_OK), 0);
    sl_log(SL_LOG_INFO, SL_LOG_NET, "second");
    sl_log(SL_LOG_INFO, SL_LOG_NET, "third");
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

static void a_full_file_of_another_process_is_not_renamed(void **state)
{
    (void)state;
    char old[SL_PATH_BYTES];
    struct stat st;
    const struct sl_log_levels levels = sl_log_levels(SL_LOG_INFO);
    const struct sl_clock clock = sl_fake_clock(&fake);
    sl_tmp_file(NULL, dir, "log", ((uint64_t)8 << 20) + 10, 1);
    assert_int_equal(sl_path_join(old, sizeof old, dir, "log.1", NULL), SL_OK);
    assert_int_equal(sl_log_open_beside(path, &levels, &clock, NULL), SL_OK);
    sl_log(SL_LOG_INFO, SL_LOG_NET, "first");
    assert_int_not_equal(access(old, F_OK), 0);
    assert_int_equal(rename(path, old), 0); /* its owner does */
    sl_log(SL_LOG_INFO, SL_LOG_NET, "second");
    sl_log_close();
    assert_int_equal(stat(path, &st), 0);
    assert_in_range(st.st_size, 1, 100);
}

static void what_is_no_regular_file_is_refused(void **state)
{
    (void)state;
    const struct sl_clock clock = sl_fake_clock(&fake);
    const struct sl_log_levels levels = sl_log_levels(SL_LOG_INFO);
    struct sl_err err = {0};
    assert_true(sl_log_open("/dev/null", &levels, &clock, &err) < 0);
    assert_true(sl_log_open(dir, &levels, &clock, &err) < 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_true(sl_log_open(path, &levels, &clock, &err) < 0);
    assert_non_null(strstr(err.text, path));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("elsewhere", path), 0);
    assert_true(sl_log_open(path, &levels, &clock, NULL) < 0);
}

enum { THREADS = 4, LINES = 200 };

static void *write_lines(void *arg)
{
    for (int i = 0; i < LINES; i++)
        sl_log(SL_LOG_INFO, SL_LOG_NET, "%s", (const char *)arg);
    return NULL;
}

static void lines_of_several_threads_stay_whole(void **state)
{
    (void)state;
    static char text[THREADS][101];
    pthread_t threads[THREADS];
    size_t len;
    open_levels("info");
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
        const char *said = strstr(at, "info net: ") + 10;
        assert_int_equal(strspn(said, (const char[]){*said, '\0'}), 100);
        assert_int_equal(said[100], '\n');
    }
    assert_int_equal(lines, THREADS * LINES);
    free(all);
}

/* ---- levels ---- */

static int evaluated;

static int count_evaluation(void)
{
    return ++evaluated;
}

static void a_line_that_is_off_does_not_evaluate_its_arguments(void **state)
{
    (void)state;
    evaluated = 0;
    sl_log(SL_LOG_ERROR, SL_LOG_NET, "no file is open: %d", count_evaluation());
    open_levels("warn,net:debug");
    sl_log(SL_LOG_TRACE, SL_LOG_NET, "%d", count_evaluation());
    sl_log(SL_LOG_INFO, SL_LOG_RPC, "%d", count_evaluation());
    assert_int_equal(evaluated, 0);
    sl_log(SL_LOG_DEBUG, SL_LOG_NET, "%d", count_evaluation());
    sl_log(SL_LOG_WARN, SL_LOG_RPC, "%d", count_evaluation());
    assert_int_equal(evaluated, 2);
    sl_log_close();
    sl_log(SL_LOG_ERROR, SL_LOG_NET, "%d", count_evaluation());
    assert_int_equal(evaluated, 2);
}

static void each_component_has_its_level_and_the_last_entry_wins(void **state)
{
    (void)state;
    struct sl_log_levels levels;
    assert_int_equal(sl_log_levels_parse(&levels, "rpc:trace", NULL), SL_OK);
    assert_int_equal(levels.of[SL_LOG_RPC], SL_LOG_TRACE);
    assert_int_equal(levels.of[SL_LOG_NET], SL_LOG_INFO);
    assert_int_equal(sl_log_levels_parse(&levels, "info,net:debug,rpc:trace", NULL), SL_OK);
    assert_int_equal(levels.of[SL_LOG_NET], SL_LOG_DEBUG);
    assert_int_equal(levels.of[SL_LOG_RPC], SL_LOG_TRACE);
    assert_int_equal(levels.of[SL_LOG_ENGINE], SL_LOG_INFO);
    assert_int_equal(sl_log_levels_parse(&levels, "net:debug , error, rpc:warn", NULL), SL_OK);
    assert_int_equal(levels.of[SL_LOG_NET], SL_LOG_ERROR);
    assert_int_equal(levels.of[SL_LOG_RPC], SL_LOG_WARN);
}

static void a_bad_level_is_named_with_what_was_meant(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"ifno", "'ifno' is not a level: did you mean 'info'?"},
        {"loud", "'loud' is not a level; one of: error, warn, info, debug, trace"},
        {"info,nte:debug", "'nte' is not a component: did you mean 'net'?"},
        {"info,everything:debug", "'everything' is not a component; one of: net, rpc, "},
        {"net:debgu", "'debgu' is not a level: did you mean 'debug'?"},
        {"net", "'net' needs a level: net:debug"},
        {"", "a level is missing"},
        {"info,", "a level is missing"},
        {"info,,net:debug", "a level is missing"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct sl_log_levels levels = sl_log_levels(SL_LOG_WARN);
        struct sl_err err = {0};
        assert_int_equal(sl_log_levels_parse(&levels, bad[i][0], &err), SL_EFORMAT);
        if (strstr(err.text, bad[i][1]) == NULL)
            fail_msg("%s: %s", bad[i][0], err.text);
        assert_int_equal(levels.of[SL_LOG_NET], SL_LOG_WARN);
    }
}

static void what_a_thread_is_about_stands_in_its_lines(void **state)
{
    (void)state;
    size_t len;
    open_levels("info");
    sl_log_about("job=%d", 12);
    sl_log(SL_LOG_INFO, SL_LOG_NET, "GET");
    sl_log_about("%s", "");
    sl_log(SL_LOG_INFO, SL_LOG_NET, "POST");
    sl_log_close();
    char *text = NULL;
    read_whole(&text, &len, path);
    assert_non_null(strstr(text, " info net: job=12 GET\n"));
    assert_non_null(strstr(text, " info net: POST\n"));
    free(text);
}

/* ---- secrets ---- */

#define CID "bafkzcibdaeaqlzd3oxmz3cjwpyzlwizxzuz6ms5gtjvzeh2hjrdn7tkrmwmy5ga"

static void urls_lose_user_info_queries_and_what_precedes_the_protocol(void **state)
{
    (void)state;
    static const char *const urls[][2] = {
        {"GET https://sp.example/pdp/ping -> 200", "GET https://sp.example/pdp/ping -> 200"},
        {"http://127.0.0.1:57/s3cr3t/pdp/piece?pieceCid=" CID,
         "http://127.0.0.1:57/.../pdp/piece?pieceCid=" CID},
        {"https://node.example/v2/s3cr3t", "https://node.example/..."},
        {"https://node.example/", "https://node.example/"},
        {"https://node.example", "https://node.example"},
        {"https://node.example?key=s3cr3t", "https://node.example?..."},
        {"https://h/pdp/piece?pieceCid=" CID "&key=s3cr3t", "https://h/pdp/piece?..."},
        {"wss://me:s3cr3t@node.example/rpc", "wss://...@node.example/..."},
        {"https://me:s3/cr3t@node.example/pdp/ping", "https://...@node.example/pdp/ping"},
        {"{\"sourceUrl\":\"http://h/s3cr3t/piece/" CID "\"}",
         "{\"sourceUrl\":\"http://h/.../piece/" CID "\"}"},
        {"https://cdn.example/" CID, "https://cdn.example/" CID},
        {"a https://h/s3cr3t b http://i/s3cr3t/pdp/x", "a https://h/... b http://i/.../pdp/x"},
        {"https://h/pdp/s3cr3t/pdp/ping", "https://h/.../pdp/ping"},
        {"://", "://"},
        {"no URL at all: a/b", "no URL at all: a/b"},
    };
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        char out[400];
        const size_t n = sl_log_redact(out, sizeof out, urls[i][0], strlen(urls[i][0]));
        assert_string_equal(out, urls[i][1]);
        assert_int_equal(n, strlen(out));
    }
}

static void redacted_text_is_cut_where_it_does_not_fit(void **state)
{
    (void)state;
    static const char url[] = "see https://me:pw@node.example/v2/s3cr3t?key=1#x for more";
    for (size_t cap = 1; cap < sizeof url + 8; cap++) {
        for (size_t len = 0; len < sizeof url; len++) {
            char *out = malloc(cap);
            assert_non_null(out);
            const size_t n = sl_log_redact(out, cap, url, len);
            assert_true(n < cap);
            assert_int_equal(out[n], '\0');
            free(out);
        }
    }
}

static void hidden_strings_stand_in_no_line(void **state)
{
    (void)state;
    static char long_line[5000];
    size_t len;
    open_levels("info");
    sl_log_hide_url(
        "https://user7777:passw0rd7@node.example/v2/k3y-0f-mine/rpc?token=t0k3n-0f-mine");
    sl_log_hide_url("http://127.0.0.1:57/l0cal-s3cret/pdp/data-sets/1234567890123");
    sl_log(SL_LOG_INFO, SL_LOG_RPC, "project k3y-0f-mine of t0k3n-0f-mine, passw0rd7, user7777");
    sl_log(SL_LOG_INFO, SL_LOG_RPC, "l0cal-s3cret, data set 1234567890123");
    for (size_t at = 4000; at < 4120; at++) { /* wherever the line is cut */
        memset(long_line, 'x', at);
        strcpy(long_line + at, "k3y-0f-mine");
        sl_log(SL_LOG_INFO, SL_LOG_RPC, "%s", long_line);
    }
    sl_log_close();
    char *text = NULL;
    read_whole(&text, &len, path);
    assert_non_null(strstr(text, "project *********** of *************, *********, ********\n"));
    assert_non_null(strstr(text, "************, data set 1234567890123\n"));
    assert_null(strstr(text, "k3y"));
    free(text);
}

#define FOLDER_TEST(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(a_line_tells_time_level_component_and_escaped_text),
        FOLDER_TEST(a_long_line_is_cut_to_4_kib_at_a_whole_character),
        FOLDER_TEST(a_full_file_is_turned_once),
        FOLDER_TEST(a_full_file_of_another_process_is_not_renamed),
        FOLDER_TEST(what_is_no_regular_file_is_refused),
        FOLDER_TEST(lines_of_several_threads_stay_whole),
        FOLDER_TEST(a_line_that_is_off_does_not_evaluate_its_arguments),
        FOLDER_TEST(each_component_has_its_level_and_the_last_entry_wins),
        FOLDER_TEST(a_bad_level_is_named_with_what_was_meant),
        FOLDER_TEST(what_a_thread_is_about_stands_in_its_lines),
        FOLDER_TEST(urls_lose_user_info_queries_and_what_precedes_the_protocol),
        FOLDER_TEST(redacted_text_is_cut_where_it_does_not_fit),
        FOLDER_TEST(hidden_strings_stand_in_no_line),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
