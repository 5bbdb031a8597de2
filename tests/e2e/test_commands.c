/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built sluice: settings, cid, status, help. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "binary_kit.h"

/* ---- settings ---- */

static void write_config(const char *text)
{
    char dir[SL_PATH_BYTES], path[SL_PATH_BYTES];
    assert_int_equal(sl_path_join(dir, sizeof dir, bin_home.state, "config", NULL), 0);
    assert_int_equal(sl_path_make(dir, 0700, NULL), 0);
    assert_int_equal(sl_path_join(path, sizeof path, dir, "config.ini", NULL), 0);
    assert_int_equal(sl_file_write_atomic(path, text, strlen(text), 0600, NULL), 0);
}

static void a_bad_setting_ends_with_2_and_says_where(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    bin_file(path, "a.bin", 500, 1);
    REFUSED(SL_EXIT_USAGE, "--parallel: '99'", "upload", path, "--parallel=99");
    REFUSED(SL_EXIT_USAGE, "did you mean --json?", "upload", "--jsn", path);
    REFUSED(SL_EXIT_USAGE, "/none.ini", "upload", path, "--config", "/none.ini");
    REFUSED(SL_EXIT_KEY, "uploading to calibration needs a key", "upload", path, "--network",
            "calibration");
    REFUSED(SL_EXIT_USAGE, "upload: give a path", "upload");
    REFUSED(SL_EXIT_USAGE, "--provider-url: ", "upload", path, "--provider-url", "ftp://x");
    REFUSED(SL_EXIT_USAGE, "use --state-dir DIR to keep it elsewhere", "upload", path,
            "--state-dir", "/proc/x");
    write_config("[sluice]\nparallel = 2\nparalell = 3\n");
    REFUSED(SL_EXIT_USAGE, "config.ini:3: unknown option 'paralell': did you mean 'parallel'?",
            "upload", path);
}

static void flag_wins_over_environment_over_file_over_default(void **state)
{
    (void)state;
    struct sl_child child;
    struct sl_ran ran;
    write_config("[sluice]\nparallel = 2\nfps = 20\nmax_attempts = 9\n[keys]\nq = quit\n");
    sl_child_start(&child, &bin_home, "SLUICE_FPS=30", SL_ARGV("config", "--parallel", "4"));
    sl_child_end(&child, &ran);
    assert_int_equal(ran.status, SL_EXIT_OK);
    bin_assert_says(&ran.out, "\nparallel = 4\n");
    bin_assert_says(&ran.out, "\nfps = 30\n");
    bin_assert_says(&ran.out, "\nmax_attempts = 9\n");
    bin_assert_says(&ran.out, "\nstall_timeout = 1m\n");
    bin_assert_says(&ran.out, "\n[keys]\nq = quit\n");
    sl_ran_free(&ran);
    RUN(&ran, "config", "--path");
    assert_int_equal(ran.status, SL_EXIT_OK);
    bin_assert_says(&ran.out, "/config/config.ini\n");
    sl_ran_free(&ran);
}

static void folders_and_files_are_for_the_owner_alone(void **state)
{
    (void)state;
    static const char *const names[] = {"state", "data", "state/journal.db", "state/sluice.log"};
    char path[SL_PATH_BYTES];
    struct sl_ran ran;
    RUN(&ran, "upload", bin_file(path, "a.bin", 500, 1));
    assert_int_equal(ran.status, SL_EXIT_OK);
    sl_ran_free(&ran);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct stat st;
        assert_int_equal(sl_path_join(path, sizeof path, bin_home.state, names[i], NULL), 0);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 077, 0);
    }
}

/* ---- cid, status, help ---- */

static void cid_prints_a_line_for_each_file_like_sha256sum(void **state)
{
    (void)state;
    char one[SL_PATH_BYTES], two[SL_PATH_BYTES], cid[2][SL_PIECE_CID_CHARS];
    char want[4 * SL_PATH_BYTES];
    struct sl_ran ran;
    bin_file(one, "one", 100000, 1);
    bin_file(two, "tw\no", 5, 2);
    bin_cid(cid[0], one);
    bin_cid(cid[1], two);
    snprintf(want, sizeof want, "%s  %s\n\\%s  %s/tw\\no\n", cid[0], one, cid[1], bin_home.dir);
    RUN(&ran, "cid", one, "/no/such", two, bin_home.dir);
    assert_int_equal(ran.status, SL_EXIT_SOME_FAILED);
    assert_string_equal(ran.out.data, want);
    bin_assert_says(&ran.err, "/no/such: cannot open: No such file");
    bin_assert_says(&ran.err, "5 bytes is too small: providers take no piece under 127");
    bin_assert_says(&ran.err, "a folder has no PieceCID");
    sl_ran_free(&ran);
    REFUSED(SL_EXIT_NO_FILE, "/no/such", "cid", "/no/such");
    RUN(&ran, "cid", "--v1", one);
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_int_equal(strncmp(ran.out.data, "baga6ea4seaq", 12), 0);
    sl_ran_free(&ran);
}

static void cid_hashes_standard_input(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES], cid[SL_PIECE_CID_CHARS], want[SL_PATH_BYTES];
    char *data = NULL;
    size_t len = 0;
    struct sl_ran ran;
    bin_file(path, "a", 700001, 9);
    bin_cid(cid, path);
    assert_int_equal(sl_file_read(&data, &len, path, 1 << 20, NULL), 0);
    sl_run(&ran, &bin_home, data, len, SL_ARGV("cid", "-"));
    snprintf(want, sizeof want, "%s  -\n", cid);
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_string_equal(ran.out.data, want);
    assert_string_equal(ran.err.data, "");
    sl_ran_free(&ran);
    sl_run(&ran, &bin_home, data, len, SL_ARGV("cid", "--json", "-"));
    cJSON *lines = bin_lines(&ran.out);
    assert_string_equal(bin_str(bin_last(lines), "pieceCid"), cid);
    assert_int_equal(bin_number(bin_last(lines), "size"), 700001);
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    free(data);
}

static void status_tells_what_there_is(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES], cid[SL_PIECE_CID_CHARS];
    struct sl_ran ran;
    struct stat st;
    RUN(&ran, "status");
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_string_equal(ran.out.data, "");
    bin_assert_says(&ran.err, "nothing is queued yet");
    sl_ran_free(&ran);
    assert_int_not_equal(stat(bin_home.state, &st), 0); /* looking makes nothing */

    bin_file(path, "a\x1b[2Jb.bin", 5000, 3);
    bin_cid(cid, path);
    RUN(&ran, "upload", path);
    assert_int_equal(ran.status, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "status");
    bin_assert_says(&ran.out, "confirmed");
    bin_assert_says(&ran.out, "a\\x1b[2Jb.bin");
    bin_assert_says(&ran.out, cid);
    sl_ran_free(&ran);
    RUN(&ran, "status", "--json");
    cJSON *lines = bin_lines(&ran.out);
    assert_string_equal(bin_str(bin_last(lines), "path"), path);
    assert_string_equal(bin_str(bin_last(lines), "pieceCid"), cid);
    const int id = bin_number(bin_last(lines), "id");
    cJSON_Delete(lines);
    sl_ran_free(&ran);

    char word[16];
    snprintf(word, sizeof word, "%d", id);
    RUN(&ran, "status", word);
    assert_int_equal(ran.status, SL_EXIT_OK);
    bin_assert_says(&ran.out, "history\n");
    bin_assert_says(&ran.out, "accepted, parking\n");
    sl_ran_free(&ran);
    RUN(&ran, "status", "--json", word);
    lines = bin_lines(&ran.out);
    assert_true(cJSON_GetArraySize(cJSON_GetObjectItem(bin_last(lines), "history")) >= 3);
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    RUN(&ran, "status", "--json", "999999", word, word); /* what there is is told all the same */
    assert_int_equal(ran.status, SL_EXIT_NO_FILE);
    bin_assert_says(&ran.err, "no job 999999");
    lines = bin_lines(&ran.out);
    assert_int_equal(bin_count(lines, "job"), 1);
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    REFUSED(SL_EXIT_NO_FILE, "no job 999999", "status", "999999");
    REFUSED(SL_EXIT_USAGE, "'a.bin' is not a job number", "status", "a.bin");
}

static void several_jobs_are_told_one_after_the_other(void **state)
{
    (void)state;
    char one[SL_PATH_BYTES], two[SL_PATH_BYTES];
    struct sl_ran ran;
    bin_file(one, "one.mov", 500, 1);
    bin_file(two, "two.mov", 500, 2);
    RUN(&ran, "upload", one, two);
    assert_int_equal(ran.status, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "status", "1", "2");
    assert_int_equal(ran.status, SL_EXIT_OK);
    bin_assert_says(&ran.out, "one.mov\nsize");
    bin_assert_says(&ran.out, "\n\nid        2\n");
    bin_assert_says(&ran.out, "two.mov\nsize");
    sl_ran_free(&ran);
}

static void write_theme(const char *text)
{
    char dir[SL_PATH_BYTES], path[SL_PATH_BYTES];
    assert_int_equal(sl_path_join(dir, sizeof dir, bin_home.state, "config/themes", NULL), 0);
    assert_int_equal(sl_path_make(dir, 0700, NULL), 0);
    assert_int_equal(sl_path_join(path, sizeof path, dir, "mine.ini", NULL), 0);
    assert_int_equal(sl_file_write_atomic(path, text, strlen(text), 0600, NULL), 0);
}

/* The screen is where they count, but not where one looks for what is wrong. */
static void faults_of_keys_and_themes_are_told_with_file_and_line(void **state)
{
    (void)state;
    struct sl_ran ran;
    write_config("[sluice]\nfps = 5\n\n[keys]\nq = quit\nZ = fly\n");
    REFUSED(SL_EXIT_USAGE, "config.ini:6: 'Z = fly': no such action: `sluice help keys`", "config");
    RUN(&ran, "doctor", "--no-ping");
    assert_int_equal(ran.status, SL_EXIT_USAGE);
    bin_assert_says(&ran.out, "fail  screen ");
    bin_assert_says(&ran.out, "config.ini:6: ");
    bin_assert_says(&ran.out, "ok    contracts "); /* the rest is looked at all the same */
    sl_ran_free(&ran);
    RUN(&ran, "config", "--path");
    assert_int_equal(ran.status, SL_EXIT_OK);
    sl_ran_free(&ran);
    write_config("[keys]\n; mine\nq = quit\n\nZ = redraw\n");
    RUN(&ran, "config");
    assert_int_equal(ran.status, SL_EXIT_OK);
    bin_assert_says(&ran.out, "\n[keys]\nq = quit\nZ = redraw\n");
    sl_ran_free(&ran);
    REFUSED(SL_EXIT_USAGE, "no theme 'nosuch'; there are: contrast dark", "config", "--theme",
            "nosuch");
    REFUSED(SL_EXIT_USAGE, "./nosuch.ini", "config", "--theme", "./nosuch.ini");
    write_theme("[roles]\ntext = white\ntitle = pinkish\n");
    REFUSED(SL_EXIT_USAGE, "themes/mine.ini:3: no such colour", "config", "--theme", "mine");
    write_theme("[roles]\ntext = white\ntilte = red\n");
    RUN(&ran, "config", "--theme", "mine");
    assert_int_equal(ran.status, SL_EXIT_OK);
    bin_assert_says(&ran.err, "theme mine: no role is called 'tilte'");
    sl_ran_free(&ran);
}

static void help_and_version_are_results(void **state)
{
    (void)state;
    struct sl_ran ran;
    RUN(&ran, "--help");
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_string_equal(ran.err.data, "");
    bin_assert_says(&ran.out, "Usage: sluice [OPTION...] [PATH...]");
    bin_assert_says(&ran.out, "--parallel N");
    bin_assert_says(&ran.out, "Exit status:");
    for (const char *line = ran.out.data; *line != '\0'; line = strchr(line, '\n') + 1)
        assert_in_range(strcspn(line, "\n"), 0, 80);
    sl_ran_free(&ran);
    RUN(&ran, "cid", "--help");
    assert_int_equal(ran.status, SL_EXIT_OK);
    bin_assert_says(&ran.out, "--v1");
    sl_ran_free(&ran);
    RUN(&ran, "help", "keys");
    assert_int_equal(ran.status, SL_EXIT_OK);
    bin_assert_says(&ran.out, "quit");
    sl_ran_free(&ran);
    RUN(&ran, "--version");
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_int_equal(strncmp(ran.out.data, "sluice ", 7), 0);
    bin_assert_says(&ran.out, "libcurl");
    bin_assert_says(&ran.out, "SQLite");
    sl_ran_free(&ran);
    REFUSED(SL_EXIT_USAGE, "the screen needs a terminal", "--ascii");
}

/* Commands that show the settings or check them report a bad value, with its line. */
static void config_and_doctor_refuse_what_an_upload_would(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "limit = 10M:100k",
        "slow_limit = off",
        "stop_at = 9pm",
        "max_spend = 2 USDFC",
        "data_set = first",
        "metadata = project",
        "provider_url = sp.example",
        "network = mainet",
        "metadata = a=1,b=2,c=3,d=4,e=5,f=6,g=7,h=8,i=9,j=10",
        "theme = nosuch",
    };
    char path[SL_PATH_BYTES];
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[256];
        struct sl_ran ran;
        snprintf(text, sizeof text, "[sluice]\nparallel = 2\n%s\n", bad[i]);
        assert_int_equal(sl_path_join(path, sizeof path, bin_home.dir, "c.ini", NULL), SL_OK);
        assert_int_equal(sl_file_write_atomic(path, text, strlen(text), 0600, NULL), SL_OK);
        RUN(&ran, "config", "--config", path);
        if (ran.status != SL_EXIT_USAGE || strstr(ran.err.data, "c.ini:3: ") == NULL)
            fail_msg("%s: config: %d %s", bad[i], ran.status, ran.err.data);
        sl_ran_free(&ran);
        RUN(&ran, "doctor", "--no-ping", "--config", path);
        if (ran.status != SL_EXIT_USAGE)
            fail_msg("%s: doctor: %d %s", bad[i], ran.status, ran.out.data);
        sl_ran_free(&ran);
    }
}

/* ---- the status list ---- */

static void files_of_one_name_are_told_apart_by_their_folders(void **state)
{
    char dir[SL_PATH_BYTES], path[SL_PATH_BYTES], name[64];
    struct sl_ran ran;
    (void)state;
    bin_folder(dir, "lib");
    for (unsigned i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "lib/Show %u", i);
        bin_folder(path, name);
        snprintf(name, sizeof name, "lib/Show %u/poster.jpg", i);
        bin_file(path, name, 500 + i, i);
    }
    RUN(&ran, "upload", dir);
    assert_int_equal(ran.status, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "status");
    for (unsigned i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "  Show %u/poster.jpg  ", i);
        bin_assert_says(&ran.out, name);
    }
    sl_ran_free(&ran);
}

static void what_was_refused_is_listed_until_it_is_queued(void **state)
{
    char dir[SL_PATH_BYTES], small[SL_PATH_BYTES], gone[SL_PATH_BYTES], path[SL_PATH_BYTES];
    struct sl_ran ran;
    (void)state;
    bin_folder(dir, "films");
    bin_file(path, "films/a.mkv", 5000, 1);
    bin_file(small, "films/a.srt", 50, 2);
    bin_file(gone, "films/b.srt", 0, 3);
    RUN(&ran, "upload", dir, "/no/such/film");
    assert_int_equal(ran.status, SL_EXIT_NO_FILE);
    bin_assert_says(&ran.err, "a.srt: skipped: 50 bytes are too few");
    bin_assert_says(&ran.err, "1 confirmed, 5.0 K, 1 failed, 2 skipped");
    sl_ran_free(&ran);
    assert_int_equal(unlink(gone), 0);
    RUN(&ran, "status");
    bin_assert_says(&ran.out, "a.srt");
    bin_assert_says(&ran.out, "50 bytes are too few: a piece has at least 127 bytes");
    bin_assert_says(&ran.out, "not queued");
    bin_assert_says(&ran.out, "/no/such/film");
    assert_null(strstr(ran.out.data, "b.srt"));
    sl_ran_free(&ran);
    RUN(&ran, "status", "--json");
    cJSON *lines = bin_lines(&ran.out);
    assert_int_equal(bin_count(lines, "refused"), 2);
    assert_string_equal(bin_str(bin_last(lines), "path"), small);
    assert_string_equal(bin_str(bin_last(lines), "code"), "too_small");
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(bin_last(lines), "skipped")));
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    bin_file(small, "films/a.srt", 500, 2);
    RUN(&ran, "upload", dir);
    assert_int_equal(ran.status, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "status");
    assert_null(strstr(ran.out.data, "too few"));
    sl_ran_free(&ran);
}

/* ---- endings ---- */

static void assert_summary(int status, const char *code, const char *const *argv)
{
    struct sl_ran ran;
    bin_run(&ran, argv);
    assert_int_equal(ran.status, status);
    cJSON *lines = bin_lines(&ran.out);
    const cJSON *last = bin_last(lines);
    assert_int_equal(bin_count(lines, "summary"), 1);
    assert_string_equal(bin_str(last, "type"), "summary");
    assert_int_equal(bin_number(last, "status"), status);
    if (code[0] != '\0') {
        assert_string_equal(bin_str(last, "code"), code);
        assert_true(strlen(bin_str(last, "message")) > 0);
    }
    cJSON_Delete(lines);
    sl_ran_free(&ran);
}

#define SUMMARY(status, code, ...) assert_summary(status, code, SL_ARGV(__VA_ARGS__))

static void every_end_has_a_summary_line_when_there_is_json(void **state)
{
    char path[SL_PATH_BYTES];
    (void)state;
    bin_file(path, "film.mkv", 5000, 1);
    SUMMARY(SL_EXIT_OK, "", "upload", "--json", path);
    SUMMARY(SL_EXIT_OK, "", "resume", "--json");
    SUMMARY(SL_EXIT_OK, "", "retry", "--json");
    SUMMARY(SL_EXIT_USAGE, "usage", "upload", "--json", "--bogus", path);
    SUMMARY(SL_EXIT_USAGE, "usage", "upload", "--bogus", path, "--json");
    SUMMARY(SL_EXIT_USAGE, "usage", "upload", "--json");
    SUMMARY(SL_EXIT_USAGE, "usage", "upload", "--json", "");
    SUMMARY(SL_EXIT_USAGE, "usage", "watch", "--json");
    SUMMARY(SL_EXIT_USAGE, "configuration", "upload", "--json", "--parallel", "many", path);
    SUMMARY(SL_EXIT_KEY, "key", "upload", "--json", "--network", "calibration", "--rpc-url",
            "http://127.0.0.1:9/", "--key-file", "/no/such/key", path);
    SUMMARY(SL_EXIT_NO_FILE, "no_such_file", "resume", "--json", "99");
    SUMMARY(SL_EXIT_NO_FILE, "no_such_file", "status", "--json", "99");
    SUMMARY(SL_EXIT_USAGE, "usage", "get", "--json");
    SUMMARY(SL_EXIT_USAGE, "usage", "rm", "--json", "1");
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN); /* a child may end before it has read all */
    const struct CMUnitTest tests[] = {
        BIN_TEST(a_bad_setting_ends_with_2_and_says_where),
        BIN_TEST(config_and_doctor_refuse_what_an_upload_would),
        BIN_TEST(flag_wins_over_environment_over_file_over_default),
        BIN_TEST(folders_and_files_are_for_the_owner_alone),
        BIN_TEST(cid_prints_a_line_for_each_file_like_sha256sum),
        BIN_TEST(cid_hashes_standard_input),
        BIN_TEST(status_tells_what_there_is),
        BIN_TEST(several_jobs_are_told_one_after_the_other),
        BIN_TEST(faults_of_keys_and_themes_are_told_with_file_and_line),
        BIN_TEST(help_and_version_are_results),
        BIN_TEST(files_of_one_name_are_told_apart_by_their_folders),
        BIN_TEST(what_was_refused_is_listed_until_it_is_queued),
        BIN_TEST(every_end_has_a_summary_line_when_there_is_json),
    };
    return cmocka_run_group_tests_name("commands", tests, NULL, NULL);
}
