/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Marks: what distinguishes a file from its earlier self. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/mark.h"

#include "support/test.h"
#include "support/tmp.h"

struct scene {
    char dir[SL_PATH_BYTES];
    char path[SL_PATH_BYTES];
    int fd;
};

static int setup(void **state)
{
    struct scene *s = calloc(1, sizeof *s);
    assert_non_null(s);
    sl_tmp_make(s->dir);
    sl_tmp_file(s->path, s->dir, "film", 5000, 1);
    s->fd = open(s->path, O_RDONLY | O_CLOEXEC);
    assert_true(s->fd >= 0);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct scene *s = *state;
    close(s->fd);
    sl_tmp_remove(s->dir);
    free(s);
    return 0;
}

static struct sl_file_mark begin(const struct scene *s)
{
    struct sl_file_mark mark;
    struct sl_err err = {0};
    if (sl_file_mark_begin(&mark, s->fd, &err) < 0)
        fail_msg("%s", err.text);
    return mark;
}

static struct sl_file_mark now(const struct scene *s)
{
    struct stat st;
    assert_int_equal(fstat(s->fd, &st), 0);
    return sl_file_mark_on(&st, sl_fd_makes_up_ctime(s->fd));
}

/* However soon a change follows the last one: in the same tick of the clock. */
static void every_change_after_the_beginning_shows(void **state)
{
    const struct scene *s = *state;
    for (int i = 0; i < 20; i++) {
        const struct sl_file_mark was = begin(s);
        struct sl_file_mark is = now(s);
        assert_true(sl_file_mark_same_bytes(&was, &is));
        sl_tmp_change_secretly(s->path, 100, i % 2 == 0 ? "other" : "bytes");
        is = now(s);
        assert_false(sl_file_mark_equal(&was, &is));
        assert_true(sl_file_mark_alike(&was, &is));
    }
}

static void a_new_link_a_mode_and_a_name_move_only_the_time_of_change(void **state)
{
    const struct scene *s = *state;
    char other[SL_PATH_BYTES];
    assert_int_equal(sl_path_join(other, sizeof other, s->dir, "other", NULL), SL_OK);
    for (int i = 0; i < 3; i++) {
        const struct sl_file_mark was = begin(s);
        if (i == 0)
            assert_int_equal(link(s->path, other), 0);
        else if (i == 1)
            assert_int_equal(chmod(s->path, 0640), 0);
        else
            assert_int_equal(unlink(other), 0);
        const struct sl_file_mark is = now(s);
        assert_false(sl_file_mark_equal(&was, &is));
        assert_true(sl_file_mark_alike(&was, &is));
    }
}

static void the_number_of_a_device_counts_only_without_a_time_of_change(void **state)
{
    const struct scene *s = *state;
    const struct sl_file_mark was = begin(s);
    struct sl_file_mark is = was;
    is.device++; /* after another mount */
    assert_true(sl_file_mark_same_bytes(&was, &is));
    struct sl_file_mark unknown = was;
    unknown.ctime_ns = is.ctime_ns = 0;
    assert_false(sl_file_mark_equal(&unknown, &is));
    assert_true(sl_file_mark_alike(&unknown, &is));
    is.device = was.device;
    assert_true(sl_file_mark_equal(&unknown, &is));
    assert_false(sl_file_mark_same_bytes(&unknown, &is)); /* nothing proves that it is the same */
    assert_false(sl_file_mark_equal(&was, &unknown));
}

static void
where_times_of_change_are_made_up_one_that_equals_the_other_is_not_believed(void **state)
{
    (void)state;
    struct stat st = {.st_size = 5, .st_mtim = {100, 7}, .st_ctim = {100, 7}};
    assert_int_equal(sl_file_mark_on(&st, false).ctime_ns, INT64_C(100000000007));
    assert_int_equal(sl_file_mark_on(&st, true).ctime_ns, 0);
    st.st_ctim.tv_nsec = 8;
    assert_int_equal(sl_file_mark_on(&st, true).ctime_ns, INT64_C(100000000008));
    assert_true(sl_fs_makes_up_ctime(0x65735546));  /* FUSE: sshfs, rclone, mergerfs */
    assert_true(sl_fs_makes_up_ctime(0x4d44));      /* FAT */
    assert_true(sl_fs_makes_up_ctime(0x2011bab0));  /* exFAT */
    assert_false(sl_fs_makes_up_ctime(0xef53));     /* ext4 */
    assert_false(sl_fs_makes_up_ctime(0x58465342)); /* XFS */
    assert_false(sl_fs_makes_up_ctime(0x6969));     /* NFS */
    assert_true(sl_path_makes_up_ctime("/nonexistent"));
}

static void what_is_no_regular_file_has_no_mark(void **state)
{
    (void)state;
    struct sl_file_mark mark;
    struct sl_err err = {0};
    const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_int_equal(sl_file_mark_begin(&mark, fd, &err), SL_EFILETYPE);
    close(fd);
}

/* ---- opening without links ---- */

static int open_plain(const struct scene *s, const char *name, bool from_dir)
{
    char path[SL_PATH_BYTES];
    assert_int_equal(sl_path_join(path, sizeof path, s->dir, name, NULL), SL_OK);
    const int fd = sl_path_open_plain(path, from_dir ? strlen(s->dir) : 0, 0);
    const int why = errno;
    if (fd >= 0)
        close(fd);
    return fd >= 0 ? 0 : why;
}

static void a_path_through_links_is_not_opened(void **state)
{
    const struct scene *s = *state;
    char deep[SL_PATH_BYTES], link_path[SL_PATH_BYTES];
    assert_int_equal(sl_path_join(deep, sizeof deep, s->dir, "a/b", NULL), SL_OK);
    assert_int_equal(sl_path_make(deep, 0700, NULL), SL_OK);
    sl_tmp_file(NULL, deep, "x", 10, 1);
    assert_int_equal(sl_path_join(link_path, sizeof link_path, s->dir, "way", NULL), SL_OK);
    assert_int_equal(symlink("a", link_path), 0);
    assert_int_equal(sl_path_join(link_path, sizeof link_path, s->dir, "end", NULL), SL_OK);
    assert_int_equal(symlink("a/b/x", link_path), 0);
    for (int from_dir = 0; from_dir < 2; from_dir++) {
        assert_int_equal(open_plain(s, "a/b/x", from_dir), 0);
        assert_int_equal(open_plain(s, "a//b/./x", from_dir), 0);
        assert_int_equal(open_plain(s, "end", from_dir), ELOOP);
        assert_int_equal(open_plain(s, "way/b/x", from_dir), ELOOP);
        assert_int_equal(open_plain(s, "a/c/x", from_dir), ENOENT);
        assert_int_equal(open_plain(s, "a/b/x/y", from_dir), ENOTDIR);
    }
    struct scene by_link = {.fd = -1}; /* a link may lead to the folder itself */
    assert_int_equal(sl_path_join(by_link.dir, sizeof by_link.dir, s->dir, "way", NULL), SL_OK);
    assert_int_equal(open_plain(&by_link, "b/x", true), 0);
    assert_int_equal(open_plain(&by_link, "b/x", false), ELOOP);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(every_change_after_the_beginning_shows),
        TEST(a_new_link_a_mode_and_a_name_move_only_the_time_of_change),
        TEST(the_number_of_a_device_counts_only_without_a_time_of_change),
        TEST(where_times_of_change_are_made_up_one_that_equals_the_other_is_not_believed),
        TEST(what_is_no_regular_file_has_no_mark),
        TEST(a_path_through_links_is_not_opened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
