/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The built sluice without a screen: what it uploads, and what it cannot. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "binary_kit.h"

/* ---- upload ---- */

static void a_file_is_uploaded_and_its_piececid_is_all_that_stdout_says(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES], cid[SL_PIECE_CID_CHARS], want[2 * SL_PATH_BYTES];
    struct sl_ran ran;
    bin_file(path, "film.mkv", 300001, 1);
    bin_cid(cid, path);
    snprintf(want, sizeof want, "%s  %s\n", cid, path);
    RUN(&ran, "upload", path);
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_string_equal(ran.out.data, want);
    bin_assert_says(&ran.err, "1 confirmed, 300.0 K");
    sl_ran_free(&ran);

    RUN(&ran, path); /* no terminal: the same */
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_string_equal(ran.out.data, want);
    bin_assert_says(&ran.err, "(1 already stored)");
    sl_ran_free(&ran);
}

static void a_folder_with_hostile_names_is_uploaded_as_json(void **state)
{
    (void)state;
    static const char *const names[] = {"new\nline", "esc\x1b[31m", "back\\slash",
                                        "bad\xff",   "-dash",       "ümläut 片.mov"};
    enum { NAMES = sizeof names / sizeof names[0] };
    char dir[SL_PATH_BYTES], paths[NAMES][SL_PATH_BYTES];
    struct sl_ran ran;
    bin_folder(dir, "media");
    for (size_t i = 0; i < NAMES; i++)
        sl_tmp_file(paths[i], dir, names[i], 127 + 1000 * i, i + 1);
    RUN(&ran, "upload", "--json", dir);
    assert_int_equal(ran.status, SL_EXIT_OK);
    cJSON *lines = bin_lines(&ran.out);
    assert_int_equal(bin_count(lines, "stored"), NAMES);
    assert_int_equal(bin_count(lines, "confirmed"), NAMES);
    assert_int_equal(bin_count(lines, "failed"), 0);
    for (size_t i = 0; i < NAMES; i++) {
        char cid[SL_PIECE_CID_CHARS], shown[SL_PATH_BYTES + 8];
        bin_cid(cid, paths[i]);
        snprintf(shown, sizeof shown, "%s", paths[i]);
        char *bad = strchr(shown, '\xff');
        if (bad != NULL)
            snprintf(bad, 4, "\xef\xbf\xbd");
        const cJSON *line = bin_stored(lines, "path", shown);
        assert_string_equal(bin_str(line, "pieceCid"), cid);
        assert_int_equal(bin_number(line, "size"), 127 + 1000 * i);
        assert_non_null(strstr(bin_str(line, "retrievalUrl"), cid));
        assert_int_equal(cJSON_HasObjectItem(line, "pathBase64"), bad != NULL);
        assert_false(cJSON_HasObjectItem(line, "alreadyStored"));
    }
    const cJSON *summary = bin_last(lines);
    assert_string_equal(bin_str(summary, "type"), "summary");
    assert_int_equal(bin_number(summary, "stored"), NAMES);
    assert_int_equal(bin_number(summary, "failed"), 0);
    assert_int_equal(bin_number(summary, "left"), 0);
    cJSON_Delete(lines);
    sl_ran_free(&ran);

    RUN(&ran, "upload", dir);
    assert_int_equal(ran.status, SL_EXIT_OK);
    bin_assert_says(&ran.out, "/new\\nline\n");
    bin_assert_says(&ran.out, "/esc\\x1b[31m\n");
    bin_assert_says(&ran.out, "/back\\\\slash\n");
    bin_assert_says(&ran.out, "/bad\\xff\n");
    sl_ran_free(&ran);
}

static void what_was_stored_before_is_not_sent_again(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_ran ran;
    bin_file(path, "a.bin", 5000, 3);
    RUN(&ran, "upload", path);
    assert_int_equal(ran.status, SL_EXIT_OK);
    sl_ran_free(&ran);
    RUN(&ran, "upload", "--json", path);
    assert_int_equal(ran.status, SL_EXIT_OK);
    cJSON *lines = bin_lines(&ran.out);
    assert_true(
        cJSON_IsTrue(cJSON_GetObjectItem(bin_stored(lines, "path", path), "alreadyStored")));
    assert_int_equal(bin_number(bin_last(lines), "alreadyStored"), 1);
    assert_int_equal(bin_number(bin_last(lines), "uploadedBytes"), 0);
    cJSON_Delete(lines);
    sl_ran_free(&ran);
}

static void paths_come_from_stdin_with_nuls_or_newlines(void **state)
{
    (void)state;
    char one[SL_PATH_BYTES], two[SL_PATH_BYTES], cid[SL_PIECE_CID_CHARS];
    struct sl_buf input = {0};
    struct sl_ran ran;
    bin_file(one, "one", 200, 1);
    bin_file(two, "two\nlines", 300, 2);
    sl_buf_add(&input, two, strlen(two) + 1);
    sl_buf_add(&input, one, strlen(one) + 1);
    sl_run(&ran, &bin_home, input.data, input.len, SL_ARGV("upload", "-"));
    assert_int_equal(ran.status, SL_EXIT_OK);
    bin_cid(cid, one);
    bin_assert_says(&ran.out, cid);
    bin_cid(cid, two);
    bin_assert_says(&ran.out, cid);
    sl_ran_free(&ran);

    sl_buf_clear(&input);
    sl_buf_printf(&input, "%s\n\n", one);
    sl_run(&ran, &bin_home, input.data, input.len, SL_ARGV("upload", "-"));
    assert_int_equal(ran.status, SL_EXIT_OK);
    bin_assert_says(&ran.out, one);
    sl_ran_free(&ran);
    sl_buf_free(&input);

    sl_run(&ran, &bin_home, NULL, 0, SL_ARGV("upload", "-"));
    assert_int_equal(ran.status, SL_EXIT_OK);
    assert_string_equal(ran.out.data, "");
    sl_ran_free(&ran);
}

/* ---- what cannot be uploaded ---- */

static void a_missing_path_ends_with_3(void **state)
{
    (void)state;
    char good[SL_PATH_BYTES];
    struct sl_ran ran;
    REFUSED(SL_EXIT_NO_FILE, "/no/such/file: ", "upload", "/no/such/file");
    REFUSED(SL_EXIT_NO_FILE, "did you mean `sluice upload`?", "uplaod");
    REFUSED(SL_EXIT_NO_FILE, "no such file or command '/no/such'", "/no/such");
    bin_file(good, "good", 500, 1);
    RUN(&ran, "upload", "/no/such/file", good);
    assert_int_equal(ran.status, SL_EXIT_NO_FILE);
    bin_assert_says(&ran.out, good); /* the others went on */
    sl_ran_free(&ran);
}

static void files_of_a_size_that_no_piece_has_end_with_1(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    REFUSED(SL_EXIT_SOME_FAILED, "/empty: ", "upload", bin_file(path, "empty", 0, 0));
    REFUSED(SL_EXIT_SOME_FAILED, "/small: ", "upload", bin_file(path, "small", 126, 1));
    bin_file(path, "huge", 0, 0);
    assert_int_equal(truncate(path, (off_t)SL_PIECE_MAX_BYTES + 1), 0);
    REFUSED(SL_EXIT_SOME_FAILED, "/huge: ", "upload", "--split", "never", path);
}

static void what_is_no_file_ends_with_1(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    REFUSED(SL_EXIT_SOME_FAILED, "/dev/null: a device", "upload", "/dev/null");
    REFUSED(SL_EXIT_SOME_FAILED, "/bare: no file in this folder", "upload",
            bin_folder(path, "bare"));
    assert_int_equal(sl_path_join(path, sizeof path, bin_home.dir, "fifo", NULL), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    REFUSED(SL_EXIT_SOME_FAILED, "/fifo: a FIFO", "upload", path);
}

/* A folder often has such things beside its files: no reason to fail. */
static void what_holds_nothing_in_a_folder_is_skipped_with_a_word(void **state)
{
    (void)state;
    char dir[SL_PATH_BYTES], path[SL_PATH_BYTES];
    struct sl_ran ran;
    bin_folder(dir, "media");
    sl_tmp_file(NULL, dir, "film.mkv", 5000, 1);
    sl_tmp_file(NULL, dir, "empty", 0, 1);
    assert_int_equal(sl_path_join(path, sizeof path, dir, "fifo", NULL), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    RUN(&ran, "upload", dir);
    assert_int_equal(ran.status, SL_EXIT_OK);
    bin_assert_says(&ran.err, "/fifo: skipped: a FIFO, not a file");
    bin_assert_says(&ran.err, "/empty: skipped: ");
    bin_assert_says(&ran.err, "1 confirmed, 5.0 K, 2 skipped, in");
    sl_ran_free(&ran);
    RUN(&ran, "upload", "--json", dir);
    assert_int_equal(ran.status, SL_EXIT_OK);
    cJSON *lines = bin_lines(&ran.out);
    assert_int_equal(bin_count(lines, "skipped"), 2);
    assert_int_equal(bin_count(lines, "failed"), 0);
    assert_int_equal(bin_number(bin_last(lines), "skipped"), 2);
    const cJSON *line;
    cJSON_ArrayForEach(line, lines)
    {
        if (strcmp(bin_str(line, "type"), "skipped") != 0)
            continue;
        const bool fifo = strcmp(bin_str(line, "path"), path) == 0;
        assert_string_equal(bin_str(line, "code"), fifo ? "not_a_file" : "too_small");
        assert_true(strlen(bin_str(line, "message")) > 0);
    }
    cJSON_Delete(lines);
    sl_ran_free(&ran);
}

static void links_in_a_folder_are_counted_or_followed_as_asked(void **state)
{
    (void)state;
    char dir[SL_PATH_BYTES], path[SL_PATH_BYTES], other[SL_PATH_BYTES];
    struct sl_ran ran;
    bin_folder(dir, "media");
    bin_file(other, "other.mkv", 4000, 2);
    sl_tmp_file(NULL, dir, "film.mkv", 5000, 1);
    assert_int_equal(sl_path_join(path, sizeof path, dir, "inside.mkv", NULL), 0);
    assert_int_equal(symlink("film.mkv", path), 0);
    assert_int_equal(sl_path_join(path, sizeof path, dir, "outside.mkv", NULL), 0);
    assert_int_equal(symlink(other, path), 0);
    RUN(&ran, "upload", dir);
    assert_int_equal(ran.status, SL_EXIT_OK);
    bin_assert_says(&ran.err, "1 confirmed");
    bin_assert_says(&ran.err, "2 links not followed; use --follow-links to follow them");
    sl_ran_free(&ran);
    RUN(&ran, "upload", "--json", "--follow-links", dir);
    assert_int_equal(ran.status, SL_EXIT_OK);
    cJSON *lines = bin_lines(&ran.out);
    assert_int_equal(bin_count(lines, "confirmed"), 2);
    assert_int_equal(bin_number(bin_last(lines), "skippedLinks"), 1);
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    RUN(&ran, "upload", "--json", "--follow-links=outside", dir);
    assert_int_equal(ran.status, SL_EXIT_OK);
    lines = bin_lines(&ran.out);
    assert_int_equal(bin_count(lines, "confirmed"), 3);
    assert_int_equal(bin_number(bin_last(lines), "skippedLinks"), 0);
    cJSON_Delete(lines);
    sl_ran_free(&ran);
    REFUSED(SL_EXIT_USAGE, "--follow-links takes no value except outside", "upload",
            "--follow-links=everywhere", dir);
    REFUSED(SL_EXIT_USAGE, "--follow-links=outside is refused", "watch", "--follow-links=outside",
            dir);
}

static void what_is_sluices_own_is_never_uploaded(void **state)
{
    (void)state;
    char dir[SL_PATH_BYTES], key[SL_PATH_BYTES], path[SL_PATH_BYTES];
    struct sl_ran ran;
    bin_folder(dir, "media");
    sl_tmp_file(NULL, dir, "film.mkv", 5000, 1);
    bin_file(key, "key", 300, 2);
    assert_int_equal(chmod(key, 0600), 0);
    assert_int_equal(sl_path_join(path, sizeof path, dir, "hard.mkv", NULL), 0);
    assert_int_equal(link(key, path), 0);
    RUN(&ran, "upload", "--network", "local", "--key-file", key, dir);
    assert_int_equal(ran.status, SL_EXIT_OK);
    bin_assert_says(&ran.out, "film.mkv");
    assert_null(strstr(ran.out.data, "hard.mkv"));
    bin_assert_says(&ran.err, "hard.mkv: skipped: a file of sluice's own");
    sl_ran_free(&ran);
    REFUSED(SL_EXIT_SOME_FAILED, "/key: a file of sluice's own", "upload", "--network", "local",
            "--key-file", key, key);
}

static void a_file_that_may_not_be_read_ends_with_1(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    if (geteuid() == 0)
        skip();
    bin_file(path, "secret", 500, 1);
    assert_int_equal(chmod(path, 0), 0);
    REFUSED(SL_EXIT_SOME_FAILED, "/secret: ", "upload", path);
}

static void failures_are_json_lines_too(void **state)
{
    (void)state;
    char path[SL_PATH_BYTES];
    struct sl_ran ran;
    bin_file(path, "esc\x1b[0m", 100, 1);
    RUN(&ran, "upload", "--json", path, "/no/such/file");
    assert_int_equal(ran.status, SL_EXIT_SOME_FAILED);
    cJSON *lines = bin_lines(&ran.out);
    assert_int_equal(cJSON_GetArraySize(lines), 3);
    assert_int_equal(bin_count(lines, "failed"), 2);
    const cJSON *line;
    cJSON_ArrayForEach(line, lines)
    {
        if (strcmp(bin_str(line, "type"), "failed") != 0)
            continue;
        const bool small = strcmp(bin_str(line, "path"), path) == 0;
        assert_string_equal(bin_str(line, "code"), small ? "too_small" : "no_such_file");
        assert_true(strlen(bin_str(line, "message")) > 0);
    }
    assert_int_equal(bin_number(bin_last(lines), "failed"), 2);
    cJSON_Delete(lines);
    sl_ran_free(&ran);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN); /* a child may end before it has read all */
    const struct CMUnitTest tests[] = {
        BIN_TEST(a_file_is_uploaded_and_its_piececid_is_all_that_stdout_says),
        BIN_TEST(a_folder_with_hostile_names_is_uploaded_as_json),
        BIN_TEST(what_was_stored_before_is_not_sent_again),
        BIN_TEST(paths_come_from_stdin_with_nuls_or_newlines),
        BIN_TEST(a_missing_path_ends_with_3),
        BIN_TEST(files_of_a_size_that_no_piece_has_end_with_1),
        BIN_TEST(what_is_no_file_ends_with_1),
        BIN_TEST(what_holds_nothing_in_a_folder_is_skipped_with_a_word),
        BIN_TEST(links_in_a_folder_are_counted_or_followed_as_asked),
        BIN_TEST(what_is_sluices_own_is_never_uploaded),
        BIN_TEST(a_file_that_may_not_be_read_ends_with_1),
        BIN_TEST(failures_are_json_lines_too),
    };
    return cmocka_run_group_tests_name("upload", tests, NULL, NULL);
}
