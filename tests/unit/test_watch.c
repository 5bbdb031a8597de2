/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#define _GNU_SOURCE /* unshare */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/watch.h"

#include "support/fake_clock.h"
#include "support/test.h"
#include "support/tmp.h"
#include "watch/settle.h"

enum { SETTLE_MS = 1000, RESCAN_MS = 3600000, LOOK_MS = 10, PATIENCE_MS = 60000 };

/* A watched folder, a folder beside it, and a clock that goes on while something is waited for. */
struct scene {
    char dir[SL_PATH_BYTES];
    char in[SL_PATH_BYTES];
    char out[SL_PATH_BYTES];
    struct sl_fake_clock fake;
    struct sl_watch_options options;
    struct sl_watch *watch;
    struct sl_watch_item item;
};

static void join(char out[static SL_PATH_BYTES], const char *dir, const char *name)
{
    assert_int_equal(sl_path_join(out, SL_PATH_BYTES, dir, name, NULL), SL_OK);
}

static int setup(void **state)
{
    struct scene *s = calloc(1, sizeof *s);
    assert_non_null(s);
    sl_tmp_make(s->dir);
    join(s->in, s->dir, "in");
    join(s->out, s->dir, "out");
    assert_int_equal(mkdir(s->in, 0700), 0);
    assert_int_equal(mkdir(s->out, 0700), 0);
    s->fake = (struct sl_fake_clock){1000, INT64_C(1700000000000)};
    s->options = (struct sl_watch_options){
        .settle_ms = SETTLE_MS, .rescan_ms = RESCAN_MS, .clock = sl_fake_clock(&s->fake)};
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct scene *s = *state;
    sl_watch_free(s->watch);
    sl_tmp_remove(s->dir);
    free(s);
    return 0;
}

static void make(struct scene *s)
{
    struct sl_err err = {0};
    if (sl_watch_new(&s->watch, &s->options, &err) < 0 || sl_watch_add(s->watch, s->in, &err) < 0)
        fail_msg("%s", err.text);
}

static void move_clock(struct scene *s, int64_t ms)
{
    atomic_fetch_add(&s->fake.now_ms, ms);
    sl_watch_wake(s->watch);
}

/* The next item; the clock moves on until it is there. */
static const struct sl_watch_item *next(struct scene *s)
{
    for (int waited = 0; !sl_watch_next(s->watch, &s->item); waited += LOOK_MS) {
        struct pollfd ready = {.fd = sl_watch_fd(s->watch), .events = POLLIN};
        if (waited > PATIENCE_MS)
            fail_msg("nothing came");
        if (poll(&ready, 1, LOOK_MS) == 0)
            move_clock(s, SETTLE_MS);
    }
    return &s->item;
}

static void expect(struct scene *s, enum sl_watch_kind kind, const char *path)
{
    const struct sl_watch_item *item = next(s);
    if (item->kind != kind || strcmp(item->path, path) != 0)
        fail_msg("item %d of %s (%s) instead of %d of %s", (int)item->kind, item->path,
                 item->err.text, (int)kind, path);
}

static void expect_note(struct scene *s, const char *words)
{
    const struct sl_watch_item *item = next(s);
    assert_int_equal(item->kind, SL_WATCH_NOTE);
    if (strstr(item->err.text, words) == NULL)
        fail_msg("'%s' instead of '%s'", item->err.text, words);
}

static void start(struct scene *s)
{
    struct sl_err err = {0};
    if (s->watch == NULL)
        make(s);
    if (sl_watch_start(s->watch, &err) < 0)
        fail_msg("%s", err.text);
}

static void start_ready(struct scene *s)
{
    start(s);
    expect(s, SL_WATCH_READY, "");
}

/* A file of that name below the folder; its path is in a static buffer. */
static const char *file(const char *dir, const char *name, uint64_t bytes)
{
    static char path[SL_PATH_BYTES];
    sl_tmp_file(NULL, dir, name, bytes, bytes);
    join(path, dir, name);
    return path;
}

static const char *folder(const char *dir, const char *name)
{
    static char path[SL_PATH_BYTES];
    join(path, dir, name);
    assert_int_equal(mkdir(path, 0700), 0);
    return path;
}

/* Nothing else was handed out: the next one is a file that is made now. */
static void expect_no_more(struct scene *s, const char *marker)
{
    char path[SL_PATH_BYTES];
    snprintf(path, sizeof path, "%s", file(s->in, marker, 10));
    expect(s, SL_WATCH_FILE, path);
}

static void move_to(const char *from_dir, const char *to_dir, const char *name)
{
    char from[SL_PATH_BYTES], to[SL_PATH_BYTES];
    join(from, from_dir, name);
    join(to, to_dir, name);
    assert_int_equal(rename(from, to), 0);
}

static void a_file_is_handed_out_once_when_it_is_still(void **state)
{
    struct scene *s = *state;
    char sub[SL_PATH_BYTES], old[SL_PATH_BYTES];
    snprintf(sub, sizeof sub, "%s", folder(s->in, "season 1"));
    snprintf(old, sizeof old, "%s", file(sub, "a.mkv", 500));
    start_ready(s);
    expect(s, SL_WATCH_FILE, old);
    expect_no_more(s, "b.mkv");
    expect(s, SL_WATCH_FILE, file(sub, "c.mkv", 500));
    expect(s, SL_WATCH_FILE, file(sub, "a.mkv", 700)); /* written anew */
    expect_no_more(s, "d.mkv");
}

/* Its bytes may be the same: whoever takes it compares them. */
static void a_file_whose_time_of_change_moves_on_is_handed_out_again(void **state)
{
    struct scene *s = *state;
    char path[SL_PATH_BYTES];
    snprintf(path, sizeof path, "%s", file(s->in, "a.mkv", 500));
    start_ready(s);
    expect(s, SL_WATCH_FILE, path);
    sl_tmp_change_secretly(path, 100, "other");
    expect(s, SL_WATCH_FILE, path);
    assert_int_equal(chmod(path, 0640), 0);
    expect(s, SL_WATCH_FILE, path);
    expect_no_more(s, "b.mkv");
}

static void what_still_grows_is_left_alone(void **state)
{
    struct scene *s = *state;
    char path[SL_PATH_BYTES];
    start_ready(s);
    snprintf(path, sizeof path, "%s", file(s->in, "a.mkv", 1));
    for (int i = 0; i < 20; i++) { /* each look comes after another byte */
        FILE *stream = fopen(path, "a");
        assert_non_null(stream);
        assert_int_equal(fputc('x', stream), 'x');
        assert_int_equal(fclose(stream), 0);
        move_clock(s, SETTLE_MS);
        struct pollfd ready = {.fd = sl_watch_fd(s->watch), .events = POLLIN};
        assert_int_equal(poll(&ready, 1, 1), 0);
    }
    expect(s, SL_WATCH_FILE, path);
    expect_no_more(s, "b.mkv");
}

static void folders_that_come_are_followed(void **state)
{
    struct scene *s = *state;
    char deep[SL_PATH_BYTES], deeper[SL_PATH_BYTES], moved[SL_PATH_BYTES];
    start_ready(s);
    snprintf(deep, sizeof deep, "%s", folder(s->in, "new"));
    snprintf(deeper, sizeof deeper, "%s", folder(deep, "newer"));
    expect(s, SL_WATCH_FILE, file(deeper, "a.mkv", 500));
    snprintf(moved, sizeof moved, "%s", folder(s->out, "film"));
    (void)file(moved, "b.mkv", 500);
    move_to(s->out, s->in, "film");
    join(moved, s->in, "film");
    char path[SL_PATH_BYTES];
    join(path, moved, "b.mkv");
    expect(s, SL_WATCH_FILE, path);
    expect(s, SL_WATCH_FILE, file(moved, "c.mkv", 500)); /* it is watched now */
    move_to(s->in, s->out, "film");
    join(moved, s->out, "film");
    (void)file(moved, "d.mkv", 500); /* no longer ours */
    expect_no_more(s, "e.mkv");
}

static void hidden_and_unfinished_names_are_left_out(void **state)
{
    struct scene *s = *state;
    static const char *const names[] = {"a.mkv.part", "b.mkv.!qB", "c.crdownload", "d.mkv~",
                                        ".e.mkv"};
    start_ready(s);
    (void)file(folder(s->in, ".trash"), "f.mkv", 100);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        (void)file(s->in, names[i], 100);
    expect_no_more(s, "g.mkv");
    char from[SL_PATH_BYTES], to[SL_PATH_BYTES];
    join(from, s->in, "a.mkv.part");
    join(to, s->in, "a.mkv");
    assert_int_equal(rename(from, to), 0); /* the download is finished */
    expect(s, SL_WATCH_FILE, to);
}

static void programs_name_unfinished_files_in_many_ways(void **state)
{
    (void)state;
    static const char *const unfinished[] = {"a.MKV.PART",
                                             "a.mkv.part-Frag1",
                                             "a.mkv.part-Frag12.part",
                                             "a.mkv.ytdl",
                                             "a.Tmp",
                                             "a.mkv.Crdownload",
                                             "a.mkv.incomplete",
                                             "a.mkv.!qB",
                                             "a.mkv.!ut",
                                             "a.mkv.bc!",
                                             "a.mkv.aria2",
                                             "a.mkv.lftp-pget-status",
                                             "a.mkv.filepart",
                                             "a.mkv.1a2b3c.partial",
                                             "a.mkv.partial~",
                                             "~syncthing~a.mkv.tmp",
                                             ".syncthing.a.mkv.tmp",
                                             ".in.a.mkv.",
                                             "a.mkv.~5c1e2a0b",
                                             "~$a.docx",
                                             ".part"};
    static const char *const finished[] = {
        "a.mkv",      "part",   "a.parts",  "a.part1.rar",  "a.part-Frag1.mkv",
        "incomplete", "a.~xyz", "a.mkv.st", "download.mkv", "a (part 2).mkv"};
    for (size_t i = 0; i < sizeof unfinished / sizeof unfinished[0]; i++) {
        if (!sl_watch_is_temp(unfinished[i]))
            fail_msg("%s", unfinished[i]);
    }
    for (size_t i = 0; i < sizeof finished / sizeof finished[0]; i++) {
        if (sl_watch_is_temp(finished[i]))
            fail_msg("%s", finished[i]);
    }
}

/* The bundle of Safari; the watched folder's own name, and those above it, do not count. */
static void what_is_in_an_unfinished_folder_waits_for_its_name(void **state)
{
    struct scene *s = *state;
    char root[SL_PATH_BYTES], path[SL_PATH_BYTES];
    snprintf(root, sizeof root, "%s", folder(s->in, "top.tmp"));
    snprintf(s->in, sizeof s->in, "%s", root);
    start_ready(s);
    (void)file(folder(s->in, "a.mkv.download"), "a.mkv", 100);
    expect_no_more(s, "b.mkv");
    char from[SL_PATH_BYTES], to[SL_PATH_BYTES];
    join(from, s->in, "a.mkv.download");
    join(to, s->in, "a");
    assert_int_equal(rename(from, to), 0);
    join(path, to, "a.mkv");
    expect(s, SL_WATCH_FILE, path);
}

static void a_file_waits_until_its_programs_notes_are_gone(void **state)
{
    struct scene *s = *state;
    static const char *const notes[] = {".aria2", ".ytdl", ".lftp-pget-status", ".st"};
    for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++) {
        char name[32], beside[64];
        snprintf(name, sizeof name, "a%zu.mkv", i);
        snprintf(beside, sizeof beside, "%s%s", name, notes[i]);
        (void)file(s->in, name, 500);
        (void)file(s->out, beside, 50);
        move_to(s->out, s->in, beside);
    }
    start_ready(s);
    for (int i = 0; i < 5; i++) { /* paused for longer than a file has to be still */
        char marker[32];
        snprintf(marker, sizeof marker, "b%d.mkv", i);
        expect_no_more(s, marker);
    }
    for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++) {
        char path[SL_PATH_BYTES], beside[SL_PATH_BYTES + 32];
        snprintf(path, sizeof path, "%s/a%zu.mkv", s->in, i);
        snprintf(beside, sizeof beside, "%s%s", path, notes[i]);
        assert_int_equal(unlink(beside), 0);
        expect(s, SL_WATCH_FILE, path);
    }
}

static void an_empty_file_is_not_finished(void **state)
{
    struct scene *s = *state;
    char path[SL_PATH_BYTES];
    (void)file(s->in, "a.mkv", 0); /* for the first look */
    start_ready(s);
    snprintf(path, sizeof path, "%s", file(s->in, "b.mkv", 0));
    expect_no_more(s, "c.mkv");
    assert_string_equal(file(s->in, "b.mkv", 200), path); /* now it is something */
    expect(s, SL_WATCH_FILE, path);
    expect_no_more(s, "d.mkv");
}

static void they_are_taken_when_asked_for(void **state)
{
    struct scene *s = *state;
    s->options.include_hidden = s->options.include_temp = true;
    start_ready(s);
    expect(s, SL_WATCH_FILE, file(s->in, "a.mkv.part", 100));
    expect(s, SL_WATCH_FILE, file(s->in, ".b.mkv", 100));
}

static void looking_from_time_to_time_finds_what_nobody_tells(void **state)
{
    struct scene *s = *state;
    s->options.no_inotify = true;
    s->options.rescan_ms = 5 * SETTLE_MS;
    start_ready(s);
    expect(s, SL_WATCH_FILE, file(s->in, "a.mkv", 100));
    expect(s, SL_WATCH_FILE, file(folder(s->in, "new"), "b.mkv", 100));
    expect_no_more(s, "c.mkv");
}

static void what_an_earlier_run_took_is_known(void **state)
{
    struct scene *s = *state;
    struct stat st;
    const char *path = file(s->in, "a.mkv", 100);
    assert_int_equal(stat(path, &st), 0);
    struct sl_file_mark mark = sl_file_mark_of(&st);
    mark.device++; /* another number after another mount */
    make(s);
    assert_int_equal(sl_watch_know(s->watch, path, &mark, NULL), SL_OK);
    path = file(s->in, "b.mkv", 100);
    mark.mtime_ns--;
    assert_int_equal(sl_watch_know(s->watch, path, &mark, NULL), SL_OK);
    start_ready(s);
    expect(s, SL_WATCH_FILE, path);
    expect_no_more(s, "c.mkv");
}

static void what_is_sluices_own_does_not_count(void **state)
{
    struct scene *s = *state;
    char own[SL_PATH_BYTES];
    snprintf(own, sizeof own, "%s", folder(s->in, "state"));
    (void)file(own, "journal.db", 100);
    make(s);
    assert_int_equal(sl_watch_skip(s->watch, own, NULL), SL_OK);
    start_ready(s);
    (void)file(own, "journal.db-wal", 100);
    (void)file(folder(own, "pieces"), "a", 100);
    expect(s, SL_WATCH_FILE, file(folder(s->in, "states"), "b.mkv", 100));
    expect_no_more(s, "c.mkv");
}

static void make_link_to(const char *target, const char *dir, const char *name)
{
    char path[SL_PATH_BYTES];
    join(path, dir, name);
    assert_int_equal(symlink(target, path), 0);
}

static void links_are_counted_and_never_followed(void **state)
{
    struct scene *s = *state;
    char secret[SL_PATH_BYTES];
    snprintf(secret, sizeof secret, "%s", file(s->out, "secret.mkv", 500));
    make_link_to(secret, s->in, "a.mkv");
    make_link_to(s->out, s->in, "more");
    start(s);
    assert_int_equal(next(s)->kind, SL_WATCH_LINKS);
    assert_int_equal(s->item.links, 2);
    expect(s, SL_WATCH_READY, "");
    make_link_to(secret, s->in, "b.mkv");
    make_link_to(s->out, s->in, "again");
    (void)file(s->out, "c.mkv", 500);
    expect_no_more(s, "d.mkv");
}

/* A folder is moved away while its file waits, and a link to another one is put in its place. */
static void a_link_that_takes_the_place_of_a_folder_is_not_followed(void **state)
{
    struct scene *s = *state;
    char sub[SL_PATH_BYTES];
    start_ready(s);
    snprintf(sub, sizeof sub, "%s", folder(s->in, "sub"));
    (void)file(s->out, "a.mkv", 500);
    (void)file(sub, "a.mkv", 500);
    move_to(s->in, s->dir, "sub");
    make_link_to(s->out, s->in, "sub");
    expect_no_more(s, "b.mkv");
}

static void links_that_stay_inside_are_followed_when_that_is_asked_for(void **state)
{
    struct scene *s = *state;
    char path[SL_PATH_BYTES];
    s->options.follow_links = true;
    (void)file(s->out, "secret.mkv", 500);
    (void)file(folder(s->in, ".hidden"), "a.mkv", 500);
    make_link_to(".hidden/a.mkv", s->in, "a.mkv");
    make_link_to(s->out, s->in, "more");
    start(s);
    assert_int_equal(next(s)->kind, SL_WATCH_LINKS);
    assert_int_equal(s->item.links, 1);
    expect(s, SL_WATCH_READY, "");
    join(path, s->in, "a.mkv");
    expect(s, SL_WATCH_FILE, path);
    expect_no_more(s, "b.mkv");
}

/* Only root can give files away. */
static void a_file_of_another_user_with_several_links_is_refused_with_a_word(void **state)
{
    struct scene *s = *state;
    char path[SL_PATH_BYTES], other[SL_PATH_BYTES];
    if (geteuid() != 0)
        skip();
    snprintf(other, sizeof other, "%s", file(s->out, "a.mkv", 500));
    assert_int_equal(chown(other, 12345, 12345), 0);
    join(path, s->in, "a.mkv");
    assert_int_equal(link(other, path), 0);
    snprintf(other, sizeof other, "%s", file(s->out, "b.mkv", 500));
    assert_int_equal(chown(other, 12345, 12345), 0);
    start_ready(s);
    expect_note(s, "another user");
    move_to(s->out, s->in, "b.mkv"); /* it has one name only: that is a delivery */
    join(path, s->in, "b.mkv");
    expect(s, SL_WATCH_FILE, path);
    expect_no_more(s, "c.mkv");
}

static void what_is_guarded_is_refused_with_a_word(void **state)
{
    struct scene *s = *state;
    char key[SL_PATH_BYTES], path[SL_PATH_BYTES];
    struct sl_guarded *guarded = NULL;
    snprintf(key, sizeof key, "%s", file(s->out, "key", 500));
    const char *const paths[] = {key};
    assert_int_equal(sl_guarded_new(&guarded, &(struct sl_paths){0}, paths, 1, NULL), SL_OK);
    s->options.guarded = guarded;
    join(path, s->in, "a.mkv");
    assert_int_equal(link(key, path), 0);
    start_ready(s);
    expect_note(s, "never uploaded");
    expect_no_more(s, "b.mkv");
    sl_watch_free(s->watch);
    s->watch = NULL;
    sl_guarded_free(guarded);
}

static void what_came_to_nothing_is_found_again(void **state)
{
    struct scene *s = *state;
    char path[SL_PATH_BYTES];
    start_ready(s);
    snprintf(path, sizeof path, "%s", file(s->in, "a.mkv", 100));
    expect(s, SL_WATCH_FILE, path);
    sl_watch_forget(s->watch, path);
    expect_no_more(s, "b.mkv"); /* not at once */
    move_clock(s, RESCAN_MS);
    expect(s, SL_WATCH_FILE, path);
}

static void a_folder_that_goes_is_waited_for(void **state)
{
    struct scene *s = *state;
    char path[SL_PATH_BYTES];
    start_ready(s);
    snprintf(path, sizeof path, "%s", file(s->in, "a.mkv", 100));
    expect(s, SL_WATCH_FILE, path);
    move_to(s->dir, s->out, "in");
    expect_note(s, "waiting for it");
    char away[SL_PATH_BYTES];
    join(away, s->out, "in");
    (void)file(away, "b.mkv", 100);
    move_to(s->out, s->dir, "in");
    expect_note(s, "the folder is there");
    join(path, s->in, "b.mkv");
    expect(s, SL_WATCH_FILE, path);
    expect_no_more(s, "c.mkv"); /* a.mkv was taken before */
}

static void a_folder_that_is_not_there_yet_is_waited_for(void **state)
{
    struct scene *s = *state;
    char deep[SL_PATH_BYTES];
    join(deep, s->in, "x/y/z");
    make(s);
    assert_int_equal(sl_watch_add(s->watch, deep, NULL), SL_OK);
    assert_int_equal(rmdir(s->in), 0);
    start(s);
    expect_note(s, "waiting for it");
    expect_note(s, "waiting for it");
    expect(s, SL_WATCH_READY, "");
    assert_int_equal(mkdir(s->in, 0700), 0);
    expect_note(s, "the folder is there");
    assert_int_equal(sl_path_make(deep, 0700, NULL), SL_OK);
    const char *path = file(deep, "a.mkv", 100);
    while (next(s)->kind == SL_WATCH_NOTE) { /* it is found from above or by itself */
    }
    assert_int_equal(s->item.kind, SL_WATCH_FILE);
    assert_string_equal(s->item.path, path);
}

/* In a namespace of its own; skipped where that is not allowed. */
static void a_mount_is_noticed_both_ways(void **state)
{
    struct scene *s = *state;
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("none", s->out, "tmpfs", 0, NULL) != 0)
        skip();
    char path[SL_PATH_BYTES];
    (void)file(s->out, "a.mkv", 100);
    start_ready(s);
    assert_int_equal(mount(s->out, s->in, NULL, MS_BIND, NULL), 0);
    expect_note(s, "another folder is here now");
    join(path, s->in, "a.mkv");
    expect(s, SL_WATCH_FILE, path);
    assert_int_equal(umount2(s->in, MNT_DETACH), 0);
    expect_note(s, "another folder is here now");
    assert_int_equal(mount(s->out, s->in, NULL, MS_BIND, NULL), 0);
    expect_note(s, "another folder is here now");
    expect_no_more(s, "b.mkv"); /* a.mkv was taken before */
    assert_int_equal(umount2(s->in, MNT_DETACH), 0);
    assert_int_equal(umount2(s->out, MNT_DETACH), 0);
}

static void a_watch_that_nobody_reads_can_be_ended(void **state)
{
    struct scene *s = *state;
    char name[32];
    s->options.settle_ms = 0;
    for (int i = 0; i < 600; i++) {
        snprintf(name, sizeof name, "%d.mkv", i);
        (void)file(s->in, name, 1);
    }
    start_ready(s);
    for (int i = 0; i < 300; i++)
        assert_int_equal(next(s)->kind, SL_WATCH_FILE);
}

static void a_candidate_waits_anew_when_it_changed(void **state)
{
    (void)state;
    struct sl_settle settle;
    struct sl_file_mark one = {.size_bytes = 1}, two = {.size_bytes = 2};
    sl_settle_init(&settle, 100);
    assert_int_equal(sl_settle_next_ms(&settle), INT64_MAX);
    for (int i = 0; i < 1000; i++) {
        char path[32];
        snprintf(path, sizeof path, "/%d", i);
        assert_int_equal(sl_settle_add(&settle, path, &one, i, NULL), SL_OK);
    }
    assert_true(sl_settle_has(&settle, "/0") && sl_settle_has(&settle, "/999"));
    assert_false(sl_settle_has(&settle, "/1000"));
    assert_null(sl_settle_due(&settle, 99));
    assert_string_equal(sl_settle_due(&settle, 100), "/0");
    assert_false(sl_settle_is_still(&settle, &two, 100));
    assert_string_equal(sl_settle_due(&settle, 5000), "/1");
    for (int i = 1; i < 1000; i++)
        assert_true(sl_settle_is_still(&settle, &one, 5000));
    assert_int_equal(sl_settle_next_ms(&settle), 200);
    assert_true(sl_settle_is_still(&settle, &two, 200));
    assert_int_equal(settle.count, 0);
    sl_settle_fini(&settle);
}

int main(void)
{
#define ON_A_SCENE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        ON_A_SCENE(a_file_is_handed_out_once_when_it_is_still),
        ON_A_SCENE(a_file_whose_time_of_change_moves_on_is_handed_out_again),
        ON_A_SCENE(what_still_grows_is_left_alone),
        ON_A_SCENE(folders_that_come_are_followed),
        ON_A_SCENE(hidden_and_unfinished_names_are_left_out),
        cmocka_unit_test(programs_name_unfinished_files_in_many_ways),
        ON_A_SCENE(what_is_in_an_unfinished_folder_waits_for_its_name),
        ON_A_SCENE(a_file_waits_until_its_programs_notes_are_gone),
        ON_A_SCENE(an_empty_file_is_not_finished),
        ON_A_SCENE(they_are_taken_when_asked_for),
        ON_A_SCENE(looking_from_time_to_time_finds_what_nobody_tells),
        ON_A_SCENE(what_an_earlier_run_took_is_known),
        ON_A_SCENE(what_is_sluices_own_does_not_count),
        ON_A_SCENE(links_are_counted_and_never_followed),
        ON_A_SCENE(a_link_that_takes_the_place_of_a_folder_is_not_followed),
        ON_A_SCENE(links_that_stay_inside_are_followed_when_that_is_asked_for),
        ON_A_SCENE(a_file_of_another_user_with_several_links_is_refused_with_a_word),
        ON_A_SCENE(what_is_guarded_is_refused_with_a_word),
        ON_A_SCENE(what_came_to_nothing_is_found_again),
        ON_A_SCENE(a_folder_that_goes_is_waited_for),
        ON_A_SCENE(a_folder_that_is_not_there_yet_is_waited_for),
        ON_A_SCENE(a_watch_that_nobody_reads_can_be_ended),
        cmocka_unit_test(a_candidate_waits_anew_when_it_changed),
        ON_A_SCENE(a_mount_is_noticed_both_ways), /* last: it leaves the mounts of the others */
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
