/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/trust.h"

#include "support/test.h"
#include "support/tmp.h"

enum { STRANGER = 65534 };

struct place {
    char dir[SL_PATH_BYTES];    /* a temporary folder */
    char folder[SL_PATH_BYTES]; /* inside `dir` */
    char file[SL_PATH_BYTES];   /* inside `folder` */
};

static int make_place(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    assert_non_null(place);
    sl_tmp_make(place->dir);
    assert_int_equal(sl_path_join(place->folder, SL_PATH_BYTES, place->dir, "d", NULL), 0);
    assert_int_equal(sl_path_join(place->file, SL_PATH_BYTES, place->folder, "f", NULL), 0);
    assert_int_equal(mkdir(place->folder, 0700), 0);
    assert_int_equal(sl_file_write_atomic(place->file, "text", 4, 0600, NULL), SL_OK);
    assert_int_equal(setenv("HOME", "/nowhere", 1), 0);
    *state = place;
    return 0;
}

static int drop_place(void **state)
{
    struct place *place = *state;
    sl_tmp_remove(place->dir);
    free(place);
    return 0;
}

static void judge(struct sl_distrust *out, const char *path)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    const bool trusted = sl_trusted(out, fd, path);
    assert_int_equal(trusted, out->why == SL_TRUSTED);
    close(fd);
}

static void assert_judged(const char *path, enum sl_distrust_why why, const char *where)
{
    struct sl_distrust distrust;
    judge(&distrust, path);
    if (distrust.why != why)
        fail_msg("%s: %d, not %d (%s)", path, distrust.why, why, distrust.path);
    if (where != NULL)
        assert_string_equal(distrust.path, where);
}

static void own_files_are_obeyed_unless_others_can_write_them(void **state)
{
    struct place *place = *state;
    static const struct {
        mode_t file, folder;
        enum sl_distrust_why why;
        bool blames_folder;
    } rows[] = {
        {0600, 0700, SL_TRUSTED, false},
        {0444, 0755, SL_TRUSTED, false},
        {0602, 0700, SL_DISTRUST_WRITABLE, false},
        {0666, 0700, SL_DISTRUST_WRITABLE, false},
        {0644, 0757, SL_DISTRUST_WRITABLE, true},
        {0644, 0777, SL_DISTRUST_WRITABLE, true},
        {0644, 01777, SL_TRUSTED, false}, /* other users cannot rename or remove it */
        {0666, 01777, SL_DISTRUST_WRITABLE, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(chmod(place->file, rows[i].file), 0);
        assert_int_equal(chmod(place->folder, rows[i].folder), 0);
        assert_judged(place->file, rows[i].why,
                      rows[i].why == SL_TRUSTED ? NULL
                      : rows[i].blames_folder   ? place->folder
                                                : place->file);
    }
}

static void a_folder_further_up_counts_as_far_as_the_home_folder(void **state)
{
    struct place *place = *state;
    assert_int_equal(chmod(place->dir, 0777), 0);
    assert_judged(place->file, SL_DISTRUST_WRITABLE, place->dir);
    assert_int_equal(setenv("HOME", place->folder, 1), 0);
    assert_judged(place->file, SL_TRUSTED, NULL);
    assert_int_equal(setenv("HOME", place->dir, 1), 0);
    assert_judged(place->file, SL_DISTRUST_WRITABLE, place->dir);
}

static void the_folder_of_a_link_counts_and_that_of_its_file(void **state)
{
    struct place *place = *state;
    char link[SL_PATH_BYTES];
    assert_int_equal(sl_path_join(link, sizeof link, place->dir, "link", NULL), 0);
    assert_int_equal(symlink(place->file, link), 0);
    assert_judged(link, SL_TRUSTED, NULL);
    assert_int_equal(chmod(place->folder, 0777), 0);
    assert_judged(link, SL_DISTRUST_WRITABLE, place->folder);
    assert_int_equal(chmod(place->folder, 0700), 0);
    assert_int_equal(chmod(place->dir, 0777), 0);
    assert_judged(link, SL_DISTRUST_WRITABLE, place->dir);
    assert_int_equal(chdir(place->dir), 0);
    assert_judged("link", SL_DISTRUST_WRITABLE, place->dir);
}

static void the_private_group_of_the_user_may_write(void **state)
{
    struct place *place = *state;
    const struct passwd *user = getpwuid(geteuid());
    if (user == NULL)
        skip();
    const struct group *group = getgrgid(user->pw_gid);
    if (group == NULL || strcmp(group->gr_name, user->pw_name) != 0)
        skip();
    assert_int_equal(chown(place->file, (uid_t)-1, user->pw_gid), 0);
    assert_int_equal(chmod(place->file, 0660), 0);
    assert_judged(place->file, SL_TRUSTED, NULL);
    if (geteuid() != 0)
        return;
    assert_int_equal(chown(place->file, (uid_t)-1, STRANGER), 0);
    assert_int_equal(chmod(place->file, 0660), 0);
    assert_judged(place->file, SL_DISTRUST_WRITABLE, place->file);
}

static void what_belongs_to_another_user_is_not_obeyed(void **state)
{
    struct place *place = *state;
    struct sl_distrust distrust;
    struct sl_err err = {0};
    if (geteuid() != 0)
        skip();
    assert_int_equal(chown(place->file, STRANGER, (gid_t)-1), 0);
    assert_judged(place->file, SL_DISTRUST_OWNER, place->file);
    judge(&distrust, place->file);
    assert_int_equal(sl_distrust_err(&err, "theme", "f", &distrust), SL_EACCES);
    assert_non_null(strstr(err.text, "theme f is not obeyed: it belongs to "));
    assert_int_equal(chown(place->file, 0, (gid_t)-1), 0);
    assert_int_equal(chown(place->folder, STRANGER, (gid_t)-1), 0);
    assert_judged(place->file, SL_DISTRUST_OWNER, place->folder);
    /* as that user: its own file, below root's file and folder */
    assert_int_equal(chmod(place->file, 0444), 0);
    assert_int_equal(chmod(place->dir, 0755), 0);
    assert_int_equal(seteuid(STRANGER), 0);
    assert_judged(place->file, SL_TRUSTED, NULL);
    assert_int_equal(seteuid(0), 0);
}

static void a_pipe_without_a_name_is_read_to_its_end(void **state)
{
    struct place *place = *state;
    int ends[2];
    char path[64], fifo[SL_PATH_BYTES];
    char *text = NULL;
    size_t len = 0;
    struct sl_err err = {0};
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "a key", 5), 5);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    assert_int_equal(sl_file_read_trusted(&text, &len, "key", path, 5, NULL), SL_OK);
    assert_int_equal(len, 5);
    assert_string_equal(text, "a key");
    free(text);
    close(ends[0]);
    assert_int_equal(sl_path_join(fifo, sizeof fifo, place->dir, "fifo", NULL), 0);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_int_equal(sl_file_read_trusted(&text, &len, "key", fifo, 5, &err), SL_EFILETYPE);
}

static void a_longer_pipe_is_refused(void **state)
{
    (void)state;
    int ends[2];
    char path[64];
    char *text = NULL;
    size_t len = 0;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "a key", 5), 5);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    assert_int_equal(sl_file_read_trusted(&text, &len, "key", path, 4, NULL), SL_ETOOBIG);
    close(ends[0]);
}

static void the_refusal_names_the_reason_and_what_to_type(void **state)
{
    struct place *place = *state;
    char *text = NULL;
    size_t len = 0;
    char want[SL_PATH_BYTES + 64];
    struct sl_err err = {0};
    assert_int_equal(chmod(place->folder, 0777), 0);
    assert_int_equal(sl_file_read_trusted(&text, &len, "theme", place->file, 100, &err), SL_EACCES);
    assert_null(text);
    snprintf(want, sizeof want, "others can write its folder %s: type chmod go-w '%s'",
             place->folder, place->folder);
    assert_non_null(strstr(err.text, want));
    assert_int_equal(sl_file_read_trusted(&text, &len, "theme", "/nowhere/f", 100, &err),
                     SL_ENOENT);
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, make_place, drop_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_PLACE(own_files_are_obeyed_unless_others_can_write_them),
        IN_PLACE(a_folder_further_up_counts_as_far_as_the_home_folder),
        IN_PLACE(the_folder_of_a_link_counts_and_that_of_its_file),
        IN_PLACE(the_private_group_of_the_user_may_write),
        IN_PLACE(what_belongs_to_another_user_is_not_obeyed),
        IN_PLACE(a_pipe_without_a_name_is_read_to_its_end),
        cmocka_unit_test(a_longer_pipe_is_refused),
        IN_PLACE(the_refusal_names_the_reason_and_what_to_type),
    };
    return cmocka_run_group_tests_name("trust", tests, NULL, NULL);
}
