/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Where a walk meets its limits: rights, long paths, descriptors, numbers, and being stopped. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/walk.h"

#include "support/sanitized.h"
#include "support/test.h"
#include "support/tmp.h"
#include "unit/scan_seen.h"

enum { MANY_FOLDERS = 4, MANY_FILES = SL_SANITIZED ? 500 : 25000 };

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
    assert_int_equal(
        sl_scanner_start(&scanner,
                         &(struct sl_walk_options){.fn = count_descriptors, .ctx = &check}, NULL),
        SL_OK);
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
    const struct sl_walk_options options = {
        .stop = &stopper.stop, .fn = stop_at_the_third, .ctx = &stopper};
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
