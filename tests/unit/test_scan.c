/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What a walk reports: files, errors, links, names. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "support/test.h"
#include "support/tmp.h"
#include "unit/scan_seen.h"

static void a_file_given_directly_is_reported_with_its_mark(void **state)
{
    struct seen *seen = *state;
    sl_tmp_file(NULL, seen->dir, ".hidden.mkv", 300, 1);
    struct stat st;
    assert_int_equal(stat(at(seen, ".hidden.mkv"), &st), 0);
    scan(seen, at(seen, ".hidden.mkv"));
    expect_file(seen, 0, ".hidden.mkv");
    expect_done(seen, 1, 1);
    const struct sl_file_mark mark = sl_file_mark_of(&st);
    assert_int_equal(mark.size_bytes, 300);
    assert_true(sl_file_mark_equal(&seen->lines[0].file, &mark));
}

static void folders_are_walked_by_byte_order_of_names(void **state)
{
    struct seen *seen = *state;
    make_folder(seen, "b");
    make_folder(seen, "b/inner");
    make_folder(seen, "empty");
    static const char *const names[] = {"b/inner/x", "a",    "B", "b/\xc3\xa9", "b/z",
                                        "b.mkv",     "\xff", "~", "b/inner/10", "b/inner/9"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        sl_tmp_file(NULL, seen->dir, names[i], 1, 0);
    scan(seen, seen->dir);
    static const char *const order[] = {"B",   "a",          "b/inner/10", "b/inner/9", "b/inner/x",
                                        "b/z", "b/\xc3\xa9", "b.mkv",      "~",         "\xff"};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        expect_file(seen, i, order[i]);
    expect_done(seen, 10, 10);
}

static void our_own_folders_are_not_entered_when_they_are_found_in_another(void **state)
{
    struct seen *seen = *state;
    struct sl_paths own = {.config = "/nonexistent"};
    make_folder(seen, "data");
    make_folder(seen, "data/keys");
    make_folder(seen, "state");
    make_link(seen, "data", "by-link");
    sl_tmp_file(NULL, seen->dir, "data/keys/k", 1, 0);
    sl_tmp_file(NULL, seen->dir, "state/journal.db", 1, 0);
    sl_tmp_file(NULL, seen->dir, "f", 1, 0);
    snprintf(own.data, sizeof own.data, "%s", at(seen, "data"));
    snprintf(own.state, sizeof own.state, "%s", at(seen, "state"));
    seen->own = &own;
    scan(seen, seen->dir);
    expect_file(seen, 0, "f");
    expect_done(seen, 1, 1);
    forget(seen);
    scan(seen, own.state); /* given directly */
    expect_file(seen, 0, "state/journal.db");
}

static void hidden_names_are_taken_only_when_asked_for(void **state)
{
    struct seen *seen = *state;
    make_folder(seen, ".d");
    sl_tmp_file(NULL, seen->dir, ".d/x", 1, 0);
    sl_tmp_file(NULL, seen->dir, ".f", 1, 0);
    sl_tmp_file(NULL, seen->dir, "...", 1, 0);
    sl_tmp_file(NULL, seen->dir, "f", 1, 0);
    scan(seen, seen->dir);
    expect_file(seen, 0, "f");
    expect_done(seen, 1, 1);
    forget(seen);
    scan_as(seen, seen->dir, true);
    expect_file(seen, 0, "...");
    expect_file(seen, 1, ".d/x");
    expect_file(seen, 2, ".f");
    expect_file(seen, 3, "f");
    expect_done(seen, 4, 4);
    forget(seen);
    scan(seen, at(seen, ".d")); /* given directly */
    expect_file(seen, 0, ".d/x");
}

static void hostile_names_come_through_byte_for_byte(void **state)
{
    struct seen *seen = *state;
    static const char *const names[] = {"\x01", "\x1b[31mred", " ", "a\nb", "\xc0\xaf", "\xf0\x9f"};
    for (size_t i = 0; i < 6; i++)
        sl_tmp_file(NULL, seen->dir, names[i], 1, 0);
    scan(seen, seen->dir);
    assert_int_equal(seen->count, 7);
    expect_file(seen, 0, "\x01");
    expect_file(seen, 1, "\x1b[31mred");
    expect_file(seen, 2, " ");
    expect_file(seen, 3, "a\nb");
    expect_file(seen, 4, "\xc0\xaf");
    expect_file(seen, 5, "\xf0\x9f");
}

static void what_is_no_file_is_one_error_each_and_never_opened(void **state)
{
    struct seen *seen = *state;
    assert_int_equal(mkfifo(at(seen, "a.fifo"), 0600), 0);
    make_link(seen, "nowhere", "b.dangling");
    make_link(seen, "c.self", "c.self");
    make_link(seen, "/dev/null", "d.device");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", at(seen, "e.socket"));
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    sl_tmp_file(NULL, seen->dir, "f.file", 1, 0);
    make_link(seen, "a.fifo", "g.fifo");
    scan(seen, seen->dir);
    expect_error(seen, 0, "a.fifo", SL_EFILETYPE);
    assert_non_null(strstr(seen->lines[0].err.text, "FIFO"));
    expect_error(seen, 1, "b.dangling", SL_ENOENT);
    expect_error(seen, 2, "c.self", SL_EIO);
    expect_error(seen, 3, "d.device", SL_EFILETYPE);
    expect_error(seen, 4, "e.socket", SL_EFILETYPE);
    expect_file(seen, 5, "f.file");
    expect_error(seen, 6, "g.fifo", SL_EFILETYPE);
    expect_done(seen, 7, 1);
}

static void paths_given_directly_that_are_no_file_are_errors(void **state)
{
    struct seen *seen = *state;
    assert_int_equal(mkfifo(at(seen, "fifo"), 0600), 0);
    sl_tmp_file(NULL, seen->dir, "file", 1, 0);
    struct sl_scanner *scanner = start(seen, false);
    static const char *const names[] = {"fifo", "missing", "file/below"};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(sl_scanner_add(scanner, at(seen, names[i]), i, NULL), SL_OK);
    wait_for_done(seen, 3);
    sl_scanner_stop(scanner);
    expect_error(seen, 0, "fifo", SL_EFILETYPE);
    expect_error(seen, 2, "missing", SL_ENOENT);
    expect_error(seen, 4, "file/below", SL_ENOENT);
    expect_done(seen, 5, 0);
}

static void a_folder_without_a_file_is_empty(void **state)
{
    struct seen *seen = *state;
    make_folder(seen, "d");
    make_folder(seen, "d/inner");
    sl_tmp_file(NULL, seen->dir, "d/.hidden", 1, 0);
    scan(seen, at(seen, "d"));
    expect_error(seen, 0, "d", SL_EEMPTY);
    expect_done(seen, 1, 0);
}

static void slashes_at_the_end_are_taken_off(void **state)
{
    struct seen *seen = *state;
    sl_tmp_file(NULL, seen->dir, "f", 1, 0);
    scan(seen, at(seen, "//"));
    expect_file(seen, 0, "f");
}

static void links_to_files_and_folders_are_followed(void **state)
{
    struct seen *seen = *state;
    make_folder(seen, "top");
    make_folder(seen, "else");
    sl_tmp_file(NULL, seen->dir, "else/x", 5, 1);
    make_link(seen, "../else/x", "top/a");
    make_link(seen, "../else/x", "top/b");
    make_link(seen, "../else", "top/c");
    scan(seen, at(seen, "top"));
    expect_file(seen, 0, "top/a");
    expect_file(seen, 1, "top/b");
    expect_file(seen, 2, "top/c/x");
    expect_done(seen, 3, 3);
    assert_int_equal(seen->lines[0].file.size_bytes, 5);
    assert_true(sl_file_mark_equal(&seen->lines[0].file, &seen->lines[2].file));
}

static void links_are_counted_and_not_followed(void **state)
{
    struct seen *seen = *state;
    make_folder(seen, "top");
    make_folder(seen, "else");
    sl_tmp_file(NULL, seen->dir, "else/x", 5, 1);
    sl_tmp_file(NULL, seen->dir, "top/own", 5, 1);
    make_link(seen, "../else/x", "top/a");
    make_link(seen, "../else", "top/b");
    make_link(seen, "own", "top/c");
    make_link(seen, "nowhere", "top/d");
    seen->links = SL_LINKS_NONE;
    scan(seen, at(seen, "top"));
    expect_file(seen, 0, "top/own");
    expect_done(seen, 1, 1);
    assert_int_equal(seen->lines[1].links, 4);
    forget(seen);
    scan(seen, at(seen, "top/a")); /* the given path: its link is followed */
    expect_file(seen, 0, "top/a");
    expect_done(seen, 1, 1);
    assert_int_equal(seen->lines[1].links, 0);
}

static void links_that_stay_inside_are_followed(void **state)
{
    struct seen *seen = *state;
    make_folder(seen, "top");
    make_folder(seen, "top/real");
    make_folder(seen, "top-secret"); /* the name begins like the folder's */
    sl_tmp_file(NULL, seen->dir, "top-secret/x", 5, 1);
    sl_tmp_file(NULL, seen->dir, "top/real/y", 5, 1);
    make_link(seen, "../top-secret/x", "top/a");
    make_link(seen, "../top-secret", "top/b");
    make_link(seen, "real/y", "top/c");
    make_link(seen, "../top-secret/../top/real", "top/d");
    make_link(seen, "d/../../top-secret/x", "top/e");
    seen->links = SL_LINKS_INSIDE;
    scan(seen, at(seen, "top"));
    expect_file(seen, 0, "top/c");
    expect_file(seen, 1, "top/d/y");
    expect_file(seen, 2, "top/real/y");
    expect_done(seen, 3, 3);
    assert_int_equal(seen->lines[3].links, 3);
}

static void a_folder_of_links_alone_says_so(void **state)
{
    struct seen *seen = *state;
    make_folder(seen, "top");
    make_link(seen, "/etc/passwd", "top/a");
    seen->links = SL_LINKS_NONE;
    scan(seen, at(seen, "top"));
    expect_error(seen, 0, "top", SL_EEMPTY);
    assert_non_null(strstr(seen->lines[0].err.text, "--follow-links"));
}

static void what_is_guarded_is_refused_by_any_name_and_link(void **state)
{
    struct seen *seen = *state;
    char key[SL_PATH_BYTES], settings[SL_PATH_BYTES];
    struct sl_paths own = {.config = "/nonexistent", .state = "/nonexistent"};
    make_folder(seen, "data");
    make_folder(seen, "data/keys");
    make_folder(seen, "top");
    sl_tmp_file(NULL, seen->dir, "data/keys/a", 500, 1);
    sl_tmp_file(key, seen->dir, "key", 64, 2);
    snprintf(settings, sizeof settings, "%s", at(seen, "late.ini"));
    snprintf(own.data, sizeof own.data, "%s", at(seen, "data"));
    const char *const paths[] = {key, "", settings};
    struct sl_guarded *guarded = NULL;
    assert_int_equal(sl_guarded_new(&guarded, &own, paths, 3, NULL), SL_OK);
    char link_path[SL_PATH_BYTES];
    snprintf(link_path, sizeof link_path, "%s", at(seen, "top/hard"));
    assert_int_equal(link(at(seen, "data/keys/a"), link_path), 0);
    make_link(seen, "../key", "top/soft");
    sl_tmp_file(NULL, seen->dir, "late.ini", 300, 3); /* looked up at each query */
    make_link(seen, "../late.ini", "top/late");
    sl_tmp_file(NULL, seen->dir, "top/x", 500, 4);
    seen->guarded = guarded;
    scan(seen, at(seen, "top"));
    expect_error(seen, 0, "top/hard", SL_EREFUSED);
    expect_error(seen, 1, "top/late", SL_EREFUSED);
    expect_error(seen, 2, "top/soft", SL_EREFUSED);
    expect_file(seen, 3, "top/x");
    forget(seen);
    scan(seen, key); /* the given path */
    expect_error(seen, 0, "key", SL_EREFUSED);
    sl_guarded_free(guarded);
}

/* As the journal's log at its end: the next file of a user may get its inode. */
static void a_file_with_the_inode_of_one_that_is_gone_is_not_guarded(void **state)
{
    struct seen *seen = *state;
    struct sl_paths own = {0};
    struct sl_guarded *guarded = NULL;
    char log[SL_PATH_BYTES], film[SL_PATH_BYTES];
    make_folder(seen, "state");
    make_folder(seen, "top");
    sl_tmp_file(log, seen->dir, "state/journal.db-wal", 500, 1);
    snprintf(own.state, sizeof own.state, "%s", at(seen, "state"));
    snprintf(film, sizeof film, "%s", at(seen, "top/film"));
    assert_int_equal(sl_guarded_new(&guarded, &own, NULL, 0, NULL), SL_OK);
    assert_int_equal(rename(log, film), 0);
    seen->guarded = guarded;
    scan(seen, at(seen, "top"));
    expect_file(seen, 0, "top/film");
    sl_tmp_file(NULL, seen->dir, "state/journal.db-wal", 500, 2); /* a new one */
    forget(seen);
    scan(seen, at(seen, "top"));
    expect_file(seen, 0, "top/film");
    sl_guarded_free(guarded);
}

static void a_link_given_directly_is_followed(void **state)
{
    struct seen *seen = *state;
    make_folder(seen, "d");
    sl_tmp_file(NULL, seen->dir, "d/x", 1, 0);
    make_link(seen, "d", "link");
    scan(seen, at(seen, "link"));
    expect_file(seen, 0, "link/x");
    expect_done(seen, 1, 1);
}

static void links_back_up_end_the_walk_there(void **state)
{
    struct seen *seen = *state;
    make_folder(seen, "a");
    make_folder(seen, "a/b");
    make_link(seen, "../..", "a/b/top");
    make_link(seen, ".", "a/here");
    sl_tmp_file(NULL, seen->dir, "a/b/x", 1, 0);
    scan(seen, seen->dir);
    expect_file(seen, 0, "a/b/x");
    expect_done(seen, 1, 1);
}

/* Every folder links to every other: as many ways through as permutations of them. */
static void folders_that_link_to_each_other_come_to_an_end(void **state)
{
    struct seen *seen = *state;
    enum { FOLDERS = 16 };
    for (int i = 0; i < FOLDERS; i++) {
        char name[64], target[64];
        snprintf(name, sizeof name, "d%02d", i);
        make_folder(seen, name);
        snprintf(name, sizeof name, "d%02d/x", i);
        sl_tmp_file(NULL, seen->dir, name, 1, 0);
        for (int k = 0; k < FOLDERS; k++) {
            snprintf(name, sizeof name, "d%02d/l%02d", i, k);
            snprintf(target, sizeof target, "../d%02d", k);
            make_link(seen, target, name);
        }
    }
    scan(seen, seen->dir);
    assert_int_equal(seen->lines[seen->count - 1].kind, SL_SCAN_DONE);
    assert_in_range(seen->lines[seen->count - 1].files, FOLDERS, 2 * FOLDERS);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_file_given_directly_is_reported_with_its_mark),
        TEST(folders_are_walked_by_byte_order_of_names),
        TEST(our_own_folders_are_not_entered_when_they_are_found_in_another),
        TEST(hidden_names_are_taken_only_when_asked_for),
        TEST(hostile_names_come_through_byte_for_byte),
        TEST(what_is_no_file_is_one_error_each_and_never_opened),
        TEST(paths_given_directly_that_are_no_file_are_errors),
        TEST(a_folder_without_a_file_is_empty),
        TEST(slashes_at_the_end_are_taken_off),
        TEST(links_to_files_and_folders_are_followed),
        TEST(links_are_counted_and_not_followed),
        TEST(links_that_stay_inside_are_followed),
        TEST(a_folder_of_links_alone_says_so),
        TEST(what_is_guarded_is_refused_by_any_name_and_link),
        TEST(a_file_with_the_inode_of_one_that_is_gone_is_not_guarded),
        TEST(a_link_given_directly_is_followed),
        TEST(links_back_up_end_the_walk_there),
        TEST(folders_that_link_to_each_other_come_to_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
