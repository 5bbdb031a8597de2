/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* How far a watch reaches: folders that come, go and are mounted over, links out of the folder, and
 * what is in it and is never taken. */
#define _GNU_SOURCE /* unshare */
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/test.h"
#include "watch_scene.h"

static void folders_that_come_are_followed(void **state)
{
    struct watch_scene *s = *state;
    char deep[SL_PATH_BYTES], deeper[SL_PATH_BYTES], moved[SL_PATH_BYTES];
    watch_start_ready(s);
    snprintf(deep, sizeof deep, "%s", watch_folder(s->in, "new"));
    snprintf(deeper, sizeof deeper, "%s", watch_folder(deep, "newer"));
    watch_expect(s, SL_WATCH_FILE, watch_file(deeper, "a.mkv", 500));
    snprintf(moved, sizeof moved, "%s", watch_folder(s->out, "film"));
    (void)watch_file(moved, "b.mkv", 500);
    watch_move_to(s->out, s->in, "film");
    watch_join(moved, s->in, "film");
    char path[SL_PATH_BYTES];
    watch_join(path, moved, "b.mkv");
    watch_expect(s, SL_WATCH_FILE, path);
    watch_expect(s, SL_WATCH_FILE, watch_file(moved, "c.mkv", 500)); /* it is watched now */
    watch_move_to(s->in, s->out, "film");
    watch_join(moved, s->out, "film");
    (void)watch_file(moved, "d.mkv", 500); /* no longer ours */
    watch_expect_no_more(s, "e.mkv");
}

static void what_is_sluices_own_does_not_count(void **state)
{
    struct watch_scene *s = *state;
    char own[SL_PATH_BYTES];
    snprintf(own, sizeof own, "%s", watch_folder(s->in, "state"));
    (void)watch_file(own, "journal.db", 100);
    watch_make(s);
    assert_int_equal(sl_watch_skip(s->watch, own, NULL), SL_OK);
    watch_start_ready(s);
    (void)watch_file(own, "journal.db-wal", 100);
    (void)watch_file(watch_folder(own, "pieces"), "a", 100);
    watch_expect(s, SL_WATCH_FILE, watch_file(watch_folder(s->in, "states"), "b.mkv", 100));
    watch_expect_no_more(s, "c.mkv");
}

static void make_link_to(const char *target, const char *dir, const char *name)
{
    char path[SL_PATH_BYTES];
    watch_join(path, dir, name);
    assert_int_equal(symlink(target, path), 0);
}

static void links_are_counted_and_never_followed(void **state)
{
    struct watch_scene *s = *state;
    char secret[SL_PATH_BYTES];
    snprintf(secret, sizeof secret, "%s", watch_file(s->out, "secret.mkv", 500));
    make_link_to(secret, s->in, "a.mkv");
    make_link_to(s->out, s->in, "more");
    watch_start(s);
    assert_int_equal(watch_next(s)->kind, SL_WATCH_LINKS);
    assert_int_equal(s->item.links, 2);
    watch_expect(s, SL_WATCH_READY, "");
    make_link_to(secret, s->in, "b.mkv");
    make_link_to(s->out, s->in, "again");
    (void)watch_file(s->out, "c.mkv", 500);
    watch_expect_no_more(s, "d.mkv");
}

/* A folder is moved away while its file waits, and a link to another folder takes its place. */
static void a_link_that_takes_the_place_of_a_folder_is_not_followed(void **state)
{
    struct watch_scene *s = *state;
    char sub[SL_PATH_BYTES];
    watch_start_ready(s);
    snprintf(sub, sizeof sub, "%s", watch_folder(s->in, "sub"));
    (void)watch_file(s->out, "a.mkv", 500);
    (void)watch_file(sub, "a.mkv", 500);
    watch_move_to(s->in, s->dir, "sub");
    make_link_to(s->out, s->in, "sub");
    watch_expect_no_more(s, "b.mkv");
}

static void links_that_stay_inside_are_followed_when_that_is_asked_for(void **state)
{
    struct watch_scene *s = *state;
    char path[SL_PATH_BYTES];
    s->options.follow_links = true;
    (void)watch_file(s->out, "secret.mkv", 500);
    (void)watch_file(watch_folder(s->in, ".hidden"), "a.mkv", 500);
    make_link_to(".hidden/a.mkv", s->in, "a.mkv");
    make_link_to(s->out, s->in, "more");
    watch_start(s);
    assert_int_equal(watch_next(s)->kind, SL_WATCH_LINKS);
    assert_int_equal(s->item.links, 1);
    watch_expect(s, SL_WATCH_READY, "");
    watch_join(path, s->in, "a.mkv");
    watch_expect(s, SL_WATCH_FILE, path);
    watch_expect_no_more(s, "b.mkv");
}

/* Only root can give files away. */
static void a_file_of_another_user_with_several_links_is_refused_with_a_word(void **state)
{
    struct watch_scene *s = *state;
    char path[SL_PATH_BYTES], other[SL_PATH_BYTES];
    if (geteuid() != 0)
        skip();
    snprintf(other, sizeof other, "%s", watch_file(s->out, "a.mkv", 500));
    assert_int_equal(chown(other, 12345, 12345), 0);
    watch_join(path, s->in, "a.mkv");
    assert_int_equal(link(other, path), 0);
    snprintf(other, sizeof other, "%s", watch_file(s->out, "b.mkv", 500));
    assert_int_equal(chown(other, 12345, 12345), 0);
    watch_start_ready(s);
    watch_expect_note(s, "another user");
    watch_move_to(s->out, s->in, "b.mkv"); /* it has only one name, so it is a delivery */
    watch_join(path, s->in, "b.mkv");
    watch_expect(s, SL_WATCH_FILE, path);
    watch_expect_no_more(s, "c.mkv");
}

static void what_is_guarded_is_refused_with_a_word(void **state)
{
    struct watch_scene *s = *state;
    char key[SL_PATH_BYTES], path[SL_PATH_BYTES];
    struct sl_guarded *guarded = NULL;
    snprintf(key, sizeof key, "%s", watch_file(s->out, "key", 500));
    const char *const paths[] = {key};
    assert_int_equal(sl_guarded_new(&guarded, &(struct sl_paths){0}, paths, 1, NULL), SL_OK);
    s->options.guarded = guarded;
    watch_join(path, s->in, "a.mkv");
    assert_int_equal(link(key, path), 0);
    watch_start_ready(s);
    watch_expect_note(s, "never uploaded");
    watch_expect_no_more(s, "b.mkv");
    sl_watch_free(s->watch);
    s->watch = NULL;
    sl_guarded_free(guarded);
}

static void a_folder_that_goes_is_waited_for(void **state)
{
    struct watch_scene *s = *state;
    char path[SL_PATH_BYTES];
    watch_start_ready(s);
    snprintf(path, sizeof path, "%s", watch_file(s->in, "a.mkv", 100));
    watch_expect(s, SL_WATCH_FILE, path);
    watch_move_to(s->dir, s->out, "in");
    watch_expect_note(s, "waiting for it");
    char away[SL_PATH_BYTES];
    watch_join(away, s->out, "in");
    (void)watch_file(away, "b.mkv", 100);
    watch_move_to(s->out, s->dir, "in");
    watch_expect_note(s, "the folder is there");
    watch_join(path, s->in, "b.mkv");
    watch_expect(s, SL_WATCH_FILE, path);
    watch_expect_no_more(s, "c.mkv"); /* a.mkv was taken before */
}

static void a_folder_that_is_not_there_yet_is_waited_for(void **state)
{
    struct watch_scene *s = *state;
    char deep[SL_PATH_BYTES];
    watch_join(deep, s->in, "x/y/z");
    watch_make(s);
    assert_int_equal(sl_watch_add(s->watch, deep, NULL), SL_OK);
    assert_int_equal(rmdir(s->in), 0);
    watch_start(s);
    watch_expect_note(s, "waiting for it");
    watch_expect_note(s, "waiting for it");
    watch_expect(s, SL_WATCH_READY, "");
    assert_int_equal(mkdir(s->in, 0700), 0);
    watch_expect_note(s, "the folder is there");
    assert_int_equal(sl_path_make(deep, 0700, NULL), SL_OK);
    const char *path = watch_file(deep, "a.mkv", 100);
    while (watch_next(s)->kind == SL_WATCH_NOTE) { /* it is found from above or by itself */
    }
    assert_int_equal(s->item.kind, SL_WATCH_FILE);
    assert_string_equal(s->item.path, path);
}

/* In a namespace of its own; skipped where that is not allowed. */
static void a_mount_is_noticed_both_ways(void **state)
{
    struct watch_scene *s = *state;
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("none", s->out, "tmpfs", 0, NULL) != 0)
        skip();
    char path[SL_PATH_BYTES];
    (void)watch_file(s->out, "a.mkv", 100);
    watch_start_ready(s);
    assert_int_equal(mount(s->out, s->in, NULL, MS_BIND, NULL), 0);
    watch_expect_note(s, "another folder is here now");
    watch_join(path, s->in, "a.mkv");
    watch_expect(s, SL_WATCH_FILE, path);
    assert_int_equal(umount2(s->in, MNT_DETACH), 0);
    watch_expect_note(s, "another folder is here now");
    assert_int_equal(mount(s->out, s->in, NULL, MS_BIND, NULL), 0);
    watch_expect_note(s, "another folder is here now");
    watch_expect_no_more(s, "b.mkv"); /* a.mkv was taken before */
    assert_int_equal(umount2(s->in, MNT_DETACH), 0);
    assert_int_equal(umount2(s->out, MNT_DETACH), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WATCH_TEST(folders_that_come_are_followed),
        WATCH_TEST(what_is_sluices_own_does_not_count),
        WATCH_TEST(links_are_counted_and_never_followed),
        WATCH_TEST(a_link_that_takes_the_place_of_a_folder_is_not_followed),
        WATCH_TEST(links_that_stay_inside_are_followed_when_that_is_asked_for),
        WATCH_TEST(a_file_of_another_user_with_several_links_is_refused_with_a_word),
        WATCH_TEST(what_is_guarded_is_refused_with_a_word),
        WATCH_TEST(a_folder_that_goes_is_waited_for),
        WATCH_TEST(a_folder_that_is_not_there_yet_is_waited_for),
        WATCH_TEST(a_mount_is_noticed_both_ways), /* last: it leaves the mounts of the others */
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
