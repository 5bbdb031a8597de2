/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "sluice/path.h"

#include "engine/walk.h"
#include "support/sanitized.h"
#include "support/test.h"
#include "support/tmp.h"

enum { MANY_FOLDERS = 4, MANY_FILES = SL_SANITIZED ? 500 : 25000 };

/* ---- what the scanner reported, as lines ---- */

struct line {
    enum sl_scan_kind kind;
    uint64_t request_id;
    uint64_t files;
    struct sl_file_mark file;
    struct sl_err err;
    char *path;
};

struct seen {
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct line *lines;
    size_t count;
    size_t size;
    size_t done;       /* SL_SCAN_DONE so far */
    size_t abandon_at; /* return non-zero at this many lines; 0: never */
    bool held;         /* the callback waits until let go */
    bool waiting;      /* it does */
    char dir[SL_PATH_BYTES];
};

static int take(void *ctx, const struct sl_scan_item *item)
{
    struct seen *seen = ctx;
    pthread_mutex_lock(&seen->lock);
    if (seen->count == seen->size) {
        seen->size = seen->size * 2 + 64;
        seen->lines = realloc(seen->lines, seen->size * sizeof *seen->lines);
    }
    seen->lines[seen->count++] = (struct line){item->kind, item->request_id, item->files,
                                               item->file, item->err,        strdup(item->path)};
    if (item->kind == SL_SCAN_DONE)
        seen->done++;
    seen->waiting = seen->held;
    pthread_cond_broadcast(&seen->more);
    while (seen->held)
        pthread_cond_wait(&seen->more, &seen->lock);
    seen->waiting = false;
    const int rc = seen->abandon_at != 0 && seen->count >= seen->abandon_at;
    pthread_mutex_unlock(&seen->lock);
    return rc;
}

static void wait_for_done(struct seen *seen, size_t requests)
{
    pthread_mutex_lock(&seen->lock);
    while (seen->done < requests)
        pthread_cond_wait(&seen->more, &seen->lock);
    pthread_mutex_unlock(&seen->lock);
}

static int setup(void **state)
{
    struct seen *seen = calloc(1, sizeof *seen);
    assert_non_null(seen);
    pthread_mutex_init(&seen->lock, NULL);
    pthread_cond_init(&seen->more, NULL);
    sl_tmp_make(seen->dir);
    *state = seen;
    return 0;
}

static void forget(struct seen *seen)
{
    for (size_t i = 0; i < seen->count; i++)
        free(seen->lines[i].path);
    free(seen->lines);
    seen->lines = NULL;
    seen->count = seen->size = seen->done = 0;
}

static int teardown(void **state)
{
    struct seen *seen = *state;
    forget(seen);
    sl_tmp_remove(seen->dir);
    pthread_cond_destroy(&seen->more);
    pthread_mutex_destroy(&seen->lock);
    free(seen);
    return 0;
}

static struct sl_scanner *start(struct seen *seen, bool hidden)
{
    struct sl_scanner *scanner = NULL;
    assert_int_equal(sl_scanner_start(&scanner, hidden, take, seen, NULL), SL_OK);
    return scanner;
}

/* One request, walked to its end. */
static void scan_as(struct seen *seen, const char *path, bool hidden)
{
    struct sl_scanner *scanner = start(seen, hidden);
    assert_int_equal(sl_scanner_add(scanner, path, 7, NULL), SL_OK);
    wait_for_done(seen, 1);
    sl_scanner_stop(scanner);
    assert_int_equal(seen->lines[seen->count - 1].kind, SL_SCAN_DONE);
    assert_int_equal(seen->lines[seen->count - 1].request_id, 7);
}

static void scan(struct seen *seen, const char *path)
{
    scan_as(seen, path, false);
}

static const char *at(const struct seen *seen, const char *name)
{
    static char path[2 * SL_PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", seen->dir, name);
    return path;
}

static void make_folder(const struct seen *seen, const char *name)
{
    assert_int_equal(mkdir(at(seen, name), 0700), 0);
}

static void make_link(const struct seen *seen, const char *target, const char *name)
{
    assert_int_equal(symlink(target, at(seen, name)), 0);
}

static void expect_file(const struct seen *seen, size_t i, const char *name)
{
    assert_true(i < seen->count);
    assert_int_equal(seen->lines[i].kind, SL_SCAN_FILE);
    assert_string_equal(seen->lines[i].path, at(seen, name));
}

static void expect_error(const struct seen *seen, size_t i, const char *name, int code)
{
    assert_true(i < seen->count);
    assert_int_equal(seen->lines[i].kind, SL_SCAN_ERROR);
    assert_string_equal(seen->lines[i].path, at(seen, name));
    assert_int_equal(seen->lines[i].err.code, code);
    assert_true(seen->lines[i].err.text[0] != '\0');
}

static void expect_done(const struct seen *seen, size_t i, uint64_t files)
{
    assert_int_equal(seen->count, i + 1);
    assert_int_equal(seen->lines[i].kind, SL_SCAN_DONE);
    assert_int_equal(seen->lines[i].files, files);
}

/* ---- tests ---- */

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

/* Root reads everything: the test steps down to nobody for the walk. */
static void an_unreadable_folder_is_an_error_and_the_walk_goes_on(void **state)
{
    struct seen *seen = *state;
    make_folder(seen, "a");
    make_folder(seen, "closed");
    sl_tmp_file(NULL, seen->dir, "closed/x", 1, 0);
    sl_tmp_file(NULL, seen->dir, "z", 1, 0);
    assert_int_equal(chmod(at(seen, "closed"), 0), 0);
    assert_int_equal(chmod(at(seen, "a"), 0755), 0);
    assert_int_equal(chmod(seen->dir, 0755), 0);
    const bool root = geteuid() == 0;
    if (root)
        assert_int_equal(seteuid(65534), 0);
    scan(seen, seen->dir);
    if (root)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(chmod(at(seen, "closed"), 0700), 0);
    expect_error(seen, 0, "closed", SL_EACCES);
    expect_file(seen, 1, "z");
    expect_done(seen, 2, 1);
}

/* Folders within folders until the path has no room, and beyond: made by their descriptors. */
static void a_path_too_long_is_one_error_and_the_walk_goes_on(void **state)
{
    struct seen *seen = *state;
    char name[201];
    memset(name, 'n', 200);
    name[200] = '\0';
    int fd = open(seen->dir, O_RDONLY | O_DIRECTORY);
    enum { LEVELS = 24 };
    for (int i = 0; i < LEVELS; i++) {
        assert_int_equal(mkdirat(fd, name, 0700), 0);
        const int file = openat(fd, "z", O_CREAT | O_WRONLY, 0600);
        assert_true(file >= 0);
        close(file);
        const int next = openat(fd, name, O_RDONLY | O_DIRECTORY);
        close(fd);
        fd = next;
        assert_true(fd >= 0);
    }
    close(fd);
    scan(seen, seen->dir);
    size_t too_long = 0, files = 0;
    for (size_t i = 0; i + 1 < seen->count; i++) {
        assert_true(strlen(seen->lines[i].path) < SL_PATH_BYTES);
        if (seen->lines[i].kind == SL_SCAN_FILE) {
            files++;
            continue;
        }
        assert_int_equal(seen->lines[i].err.code, SL_EOVERFLOW);
        too_long++;
    }
    assert_int_equal(too_long, 1);
    const size_t levels = (SL_PATH_BYTES - 1 - strlen(seen->dir)) / 201;
    assert_in_range(files, levels, levels + 1);
    expect_file(seen, seen->count - 2, "z");
    /* nftw() cannot take such a path: cut the chain from the top, by descriptors */
    int dirs[LEVELS + 1];
    dirs[0] = open(seen->dir, O_RDONLY | O_DIRECTORY);
    for (int i = 0; i < LEVELS; i++)
        dirs[i + 1] = openat(dirs[i], name, O_RDONLY | O_DIRECTORY);
    for (int i = LEVELS - 1; i >= 0; i--) {
        close(dirs[i + 1]);
        unlinkat(dirs[i], "z", 0);
        assert_int_equal(unlinkat(dirs[i], name, AT_REMOVEDIR), 0);
    }
    close(dirs[0]);
}

static size_t open_descriptors(void)
{
    size_t count = 0;
    DIR *dir = opendir("/proc/self/fd");
    assert_non_null(dir);
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count;
}

struct fd_check {
    size_t most;
    struct seen *seen;
};

static int count_descriptors(void *ctx, const struct sl_scan_item *item)
{
    struct fd_check *check = ctx;
    const size_t now = open_descriptors();
    if (now > check->most)
        check->most = now;
    return take(check->seen, item);
}

static void deep_folders_take_no_more_descriptors(void **state)
{
    struct seen *seen = *state;
    char name[512] = "";
    for (int i = 0; i < 100; i++) {
        strcat(name, i > 0 ? "/d" : "d");
        make_folder(seen, name);
    }
    strcat(name, "/x");
    sl_tmp_file(NULL, seen->dir, name, 1, 0);
    sl_tmp_file(NULL, seen->dir, "d/z", 1, 0);
    const size_t before = open_descriptors();
    struct fd_check check = {0, seen};
    struct sl_scanner *scanner = NULL;
    assert_int_equal(sl_scanner_start(&scanner, false, count_descriptors, &check, NULL), SL_OK);
    assert_int_equal(sl_scanner_add(scanner, seen->dir, 1, NULL), SL_OK);
    wait_for_done(seen, 1);
    sl_scanner_stop(scanner);
    expect_file(seen, 0, name);
    expect_file(seen, 1, "d/z"); /* after the way back up */
    expect_done(seen, 2, 2);
    assert_true(check.most <= before + 2);
    assert_int_equal(open_descriptors(), before);
}

static void requests_are_walked_one_after_another(void **state)
{
    struct seen *seen = *state;
    sl_tmp_file(NULL, seen->dir, "a", 1, 0);
    sl_tmp_file(NULL, seen->dir, "b", 1, 0);
    struct sl_scanner *scanner = start(seen, false);
    assert_int_equal(sl_scanner_add(scanner, at(seen, "b"), 1, NULL), SL_OK);
    assert_int_equal(sl_scanner_add(scanner, at(seen, "a"), 2, NULL), SL_OK);
    wait_for_done(seen, 2);
    assert_int_equal(sl_scanner_add(scanner, seen->dir, 3, NULL), SL_OK); /* it was asleep */
    wait_for_done(seen, 3);
    sl_scanner_stop(scanner);
    expect_file(seen, 0, "b");
    expect_file(seen, 2, "a");
    static const uint64_t ids[] = {1, 1, 2, 2, 3, 3, 3};
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(seen->lines[i].request_id, ids[i]);
    expect_done(seen, 6, 2);
}

static void an_abandoned_request_reports_nothing_more(void **state)
{
    struct seen *seen = *state;
    sl_tmp_file(NULL, seen->dir, "a", 1, 0);
    sl_tmp_file(NULL, seen->dir, "b", 1, 0);
    seen->abandon_at = 1;
    struct sl_scanner *scanner = start(seen, false);
    assert_int_equal(sl_scanner_add(scanner, seen->dir, 1, NULL), SL_OK);
    pthread_mutex_lock(&seen->lock);
    while (seen->count == 0)
        pthread_cond_wait(&seen->more, &seen->lock);
    pthread_mutex_unlock(&seen->lock);
    sl_scanner_stop(scanner);
    expect_file(seen, 0, "a");
    assert_int_equal(seen->count, 1);
}

static void make_files(const struct seen *seen, int count)
{
    for (int i = 0; i < count; i++) {
        char name[16];
        snprintf(name, sizeof name, "%03d", i);
        sl_tmp_file(NULL, seen->dir, name, 1, 0);
    }
}

struct stopper {
    atomic_bool stop;
    size_t reported;
};

static int stop_at_the_third(void *ctx, const struct sl_scan_item *item)
{
    struct stopper *stopper = ctx;
    assert_int_equal(item->kind, SL_SCAN_FILE);
    if (++stopper->reported == 3)
        atomic_store(&stopper->stop, true);
    return 0;
}

static void a_stop_is_seen_before_the_next_name(void **state)
{
    struct seen *seen = *state;
    make_files(seen, 100);
    struct stopper stopper = {0};
    const struct sl_walk_options options = {false, &stopper.stop, stop_at_the_third, &stopper};
    sl_walk(&options, seen->dir, 1);
    assert_int_equal(stopper.reported, 3);
}

static void *stop_scanner(void *arg)
{
    sl_scanner_stop(arg);
    return NULL;
}

static void a_scanner_stops_in_the_middle_of_its_requests(void **state)
{
    struct seen *seen = *state;
    make_files(seen, 100);
    seen->held = true;
    struct sl_scanner *scanner = start(seen, false);
    for (uint64_t id = 0; id < 3; id++)
        assert_int_equal(sl_scanner_add(scanner, seen->dir, id, NULL), SL_OK);
    pthread_mutex_lock(&seen->lock);
    while (!seen->waiting)
        pthread_cond_wait(&seen->more, &seen->lock);
    pthread_mutex_unlock(&seen->lock);
    pthread_t stopping;
    assert_int_equal(pthread_create(&stopping, NULL, stop_scanner, scanner), 0);
    pthread_mutex_lock(&seen->lock);
    seen->held = false;
    pthread_cond_broadcast(&seen->more);
    pthread_mutex_unlock(&seen->lock);
    assert_int_equal(pthread_join(stopping, NULL), 0);
    expect_file(seen, 0, "000");
}

static void paths_the_scanner_cannot_take_are_refused(void **state)
{
    struct seen *seen = *state;
    struct sl_scanner *scanner = start(seen, false);
    char path[SL_PATH_BYTES + 1];
    memset(path, '/', sizeof path);
    path[SL_PATH_BYTES] = '\0';
    assert_int_equal(sl_scanner_add(scanner, path, 1, NULL), SL_EOVERFLOW);
    assert_int_equal(sl_scanner_add(scanner, "relative", 1, NULL), SL_EINVAL);
    assert_int_equal(sl_scanner_add(scanner, "", 1, NULL), SL_EINVAL);
    sl_scanner_stop(scanner);
    assert_int_equal(seen->count, 0);
    sl_scanner_stop(NULL);
}

static void a_hundred_thousand_files_are_all_reported(void **state)
{
    struct seen *seen = *state;
    for (int d = 0; d < MANY_FOLDERS; d++) {
        char folder[16];
        snprintf(folder, sizeof folder, "d%d", d);
        make_folder(seen, folder);
        const int fd = open(at(seen, folder), O_RDONLY | O_DIRECTORY);
        for (int i = 0; i < MANY_FILES; i++) {
            char name[32];
            snprintf(name, sizeof name, "film-%06d.mkv", i);
            const int file = openat(fd, name, O_CREAT | O_WRONLY, 0600);
            assert_true(file >= 0);
            close(file);
        }
        close(fd);
    }
    scan(seen, seen->dir);
    const size_t files = (size_t)MANY_FOLDERS * MANY_FILES;
    expect_done(seen, files, files);
    for (size_t i = 1; i < files; i++)
        assert_true(strcmp(seen->lines[i - 1].path, seen->lines[i].path) < 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_file_given_directly_is_reported_with_its_mark),
        TEST(folders_are_walked_by_byte_order_of_names),
        TEST(hidden_names_are_taken_only_when_asked_for),
        TEST(hostile_names_come_through_byte_for_byte),
        TEST(what_is_no_file_is_one_error_each_and_never_opened),
        TEST(paths_given_directly_that_are_no_file_are_errors),
        TEST(a_folder_without_a_file_is_empty),
        TEST(slashes_at_the_end_are_taken_off),
        TEST(links_to_files_and_folders_are_followed),
        TEST(a_link_given_directly_is_followed),
        TEST(links_back_up_end_the_walk_there),
        TEST(folders_that_link_to_each_other_come_to_an_end),
        TEST(an_unreadable_folder_is_an_error_and_the_walk_goes_on),
        TEST(a_path_too_long_is_one_error_and_the_walk_goes_on),
        TEST(deep_folders_take_no_more_descriptors),
        TEST(requests_are_walked_one_after_another),
        TEST(an_abandoned_request_reports_nothing_more),
        TEST(a_stop_is_seen_before_the_next_name),
        TEST(a_scanner_stops_in_the_middle_of_its_requests),
        TEST(paths_the_scanner_cannot_take_are_refused),
        TEST(a_hundred_thousand_files_are_all_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
