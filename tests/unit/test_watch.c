/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Which files of a watched folder are handed out, and when: still ones, finished ones, each once.
 */
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/test.h"
#include "support/tmp.h"
#include "watch/names.h"
#include "watch/settle.h"
#include "watch_scene.h"

static void a_file_is_handed_out_once_when_it_is_still(void **state)
{
    struct watch_scene *s = *state;
    char sub[SL_PATH_BYTES], old[SL_PATH_BYTES];
    snprintf(sub, sizeof sub, "%s", watch_folder(s->in, "season 1"));
    snprintf(old, sizeof old, "%s", watch_file(sub, "a.mkv", 500));
    watch_start_ready(s);
    watch_expect(s, SL_WATCH_FILE, old);
    watch_expect_no_more(s, "b.mkv");
    watch_expect(s, SL_WATCH_FILE, watch_file(sub, "c.mkv", 500));
    watch_expect(s, SL_WATCH_FILE, watch_file(sub, "a.mkv", 700)); /* written again */
    watch_expect_no_more(s, "d.mkv");
}

/* Its bytes may be the same: the receiver compares them. */
static void a_file_whose_time_of_change_moves_on_is_handed_out_again(void **state)
{
    struct watch_scene *s = *state;
    char path[SL_PATH_BYTES];
    snprintf(path, sizeof path, "%s", watch_file(s->in, "a.mkv", 500));
    watch_start_ready(s);
    watch_expect(s, SL_WATCH_FILE, path);
    sl_tmp_change_secretly(path, 100, "other");
    watch_expect(s, SL_WATCH_FILE, path);
    assert_int_equal(chmod(path, 0640), 0);
    watch_expect(s, SL_WATCH_FILE, path);
    watch_expect_no_more(s, "b.mkv");
}

static void what_still_grows_is_left_alone(void **state)
{
    struct watch_scene *s = *state;
    char path[SL_PATH_BYTES];
    watch_start_ready(s);
    snprintf(path, sizeof path, "%s", watch_file(s->in, "a.mkv", 1));
    for (int i = 0; i < 20; i++) { /* each look comes after another byte */
        FILE *stream = fopen(path, "a");
        assert_non_null(stream);
        assert_int_equal(fputc('x', stream), 'x');
        assert_int_equal(fclose(stream), 0);
        watch_move_clock(s, WATCH_SETTLE_MS);
        struct pollfd ready = {.fd = sl_watch_fd(s->watch), .events = POLLIN};
        assert_int_equal(poll(&ready, 1, 1), 0);
    }
    watch_expect(s, SL_WATCH_FILE, path);
    watch_expect_no_more(s, "b.mkv");
}

static void hidden_and_unfinished_names_are_left_out(void **state)
{
    struct watch_scene *s = *state;
    static const char *const names[] = {"a.mkv.part", "b.mkv.!qB", "c.crdownload", "d.mkv~",
                                        ".e.mkv"};
    watch_start_ready(s);
    (void)watch_file(watch_folder(s->in, ".trash"), "f.mkv", 100);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        (void)watch_file(s->in, names[i], 100);
    watch_expect_no_more(s, "g.mkv");
    char from[SL_PATH_BYTES], to[SL_PATH_BYTES];
    watch_join(from, s->in, "a.mkv.part");
    watch_join(to, s->in, "a.mkv");
    assert_int_equal(rename(from, to), 0); /* the download is finished */
    watch_expect(s, SL_WATCH_FILE, to);
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
        if (!sl_watch_names_unfinished("", unfinished[i]))
            fail_msg("%s", unfinished[i]);
    }
    for (size_t i = 0; i < sizeof finished / sizeof finished[0]; i++) {
        if (sl_watch_names_unfinished("", finished[i]))
            fail_msg("%s", finished[i]);
    }
}

/* Safari's bundle. The watched folder's own name, and the names above it, do not count. */
static void what_is_in_an_unfinished_folder_waits_for_its_name(void **state)
{
    struct watch_scene *s = *state;
    char root[SL_PATH_BYTES], path[SL_PATH_BYTES];
    snprintf(root, sizeof root, "%s", watch_folder(s->in, "top.tmp"));
    snprintf(s->in, sizeof s->in, "%s", root);
    watch_start_ready(s);
    (void)watch_file(watch_folder(s->in, "a.mkv.download"), "a.mkv", 100);
    watch_expect_no_more(s, "b.mkv");
    char from[SL_PATH_BYTES], to[SL_PATH_BYTES];
    watch_join(from, s->in, "a.mkv.download");
    watch_join(to, s->in, "a");
    assert_int_equal(rename(from, to), 0);
    watch_join(path, to, "a.mkv");
    watch_expect(s, SL_WATCH_FILE, path);
}

static void a_file_waits_until_its_programs_notes_are_gone(void **state)
{
    struct watch_scene *s = *state;
    static const char *const notes[] = {".aria2", ".ytdl", ".lftp-pget-status", ".st"};
    for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++) {
        char name[32], beside[64];
        snprintf(name, sizeof name, "a%zu.mkv", i);
        snprintf(beside, sizeof beside, "%s%s", name, notes[i]);
        (void)watch_file(s->in, name, 500);
        (void)watch_file(s->out, beside, 50);
        watch_move_to(s->out, s->in, beside);
    }
    watch_start_ready(s);
    for (int i = 0; i < 5; i++) { /* paused for longer than a file must be still */
        char marker[32];
        snprintf(marker, sizeof marker, "b%d.mkv", i);
        watch_expect_no_more(s, marker);
    }
    for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++) {
        char path[SL_PATH_BYTES], beside[SL_PATH_BYTES + 32];
        snprintf(path, sizeof path, "%s/a%zu.mkv", s->in, i);
        snprintf(beside, sizeof beside, "%s%s", path, notes[i]);
        assert_int_equal(unlink(beside), 0);
        watch_expect(s, SL_WATCH_FILE, path);
    }
}

static void an_empty_file_is_not_finished(void **state)
{
    struct watch_scene *s = *state;
    char path[SL_PATH_BYTES];
    (void)watch_file(s->in, "a.mkv", 0); /* for the first look */
    watch_start_ready(s);
    snprintf(path, sizeof path, "%s", watch_file(s->in, "b.mkv", 0));
    watch_expect_no_more(s, "c.mkv");
    assert_string_equal(watch_file(s->in, "b.mkv", 200), path); /* now it is something */
    watch_expect(s, SL_WATCH_FILE, path);
    watch_expect_no_more(s, "d.mkv");
}

static void they_are_taken_when_asked_for(void **state)
{
    struct watch_scene *s = *state;
    s->options.include_hidden = s->options.include_temp = true;
    watch_start_ready(s);
    watch_expect(s, SL_WATCH_FILE, watch_file(s->in, "a.mkv.part", 100));
    watch_expect(s, SL_WATCH_FILE, watch_file(s->in, ".b.mkv", 100));
}

static void looking_from_time_to_time_finds_what_nobody_tells(void **state)
{
    struct watch_scene *s = *state;
    s->options.no_inotify = true;
    s->options.rescan_ms = 5 * WATCH_SETTLE_MS;
    watch_start_ready(s);
    watch_expect(s, SL_WATCH_FILE, watch_file(s->in, "a.mkv", 100));
    watch_expect(s, SL_WATCH_FILE, watch_file(watch_folder(s->in, "new"), "b.mkv", 100));
    watch_expect_no_more(s, "c.mkv");
}

static void what_an_earlier_run_took_is_known(void **state)
{
    struct watch_scene *s = *state;
    struct stat st;
    const char *path = watch_file(s->in, "a.mkv", 100);
    assert_int_equal(stat(path, &st), 0);
    struct sl_file_mark mark = sl_file_mark_of(&st);
    mark.device++; /* another number after another mount */
    watch_make(s);
    assert_int_equal(sl_watch_know(s->watch, path, &mark, NULL), SL_OK);
    path = watch_file(s->in, "b.mkv", 100);
    mark.mtime_ns--;
    assert_int_equal(sl_watch_know(s->watch, path, &mark, NULL), SL_OK);
    watch_start_ready(s);
    watch_expect(s, SL_WATCH_FILE, path);
    watch_expect_no_more(s, "c.mkv");
}

static void what_came_to_nothing_is_found_again(void **state)
{
    struct watch_scene *s = *state;
    char path[SL_PATH_BYTES];
    watch_start_ready(s);
    snprintf(path, sizeof path, "%s", watch_file(s->in, "a.mkv", 100));
    watch_expect(s, SL_WATCH_FILE, path);
    sl_watch_forget(s->watch, path);
    watch_expect_no_more(s, "b.mkv"); /* not at once */
    watch_move_clock(s, WATCH_RESCAN_MS);
    watch_expect(s, SL_WATCH_FILE, path);
}

static void a_watch_that_nobody_reads_can_be_ended(void **state)
{
    struct watch_scene *s = *state;
    char name[32];
    s->options.settle_ms = 0;
    for (int i = 0; i < 600; i++) {
        snprintf(name, sizeof name, "%d.mkv", i);
        (void)watch_file(s->in, name, 1);
    }
    watch_start_ready(s);
    for (int i = 0; i < 300; i++)
        assert_int_equal(watch_next(s)->kind, SL_WATCH_FILE);
}

static void a_candidate_waits_anew_when_it_changed(void **state)
{
    (void)state;
    struct sl_settle settle;
    struct sl_file_mark one = {.size_bytes = 1}, two = {.size_bytes = 2};
    sl_watch_settle_init(&settle, 100);
    assert_int_equal(sl_watch_settle_next_ms(&settle), INT64_MAX);
    for (int i = 0; i < 1000; i++) {
        char path[32];
        snprintf(path, sizeof path, "/%d", i);
        assert_int_equal(sl_watch_settle_add(&settle, path, &one, i, NULL), SL_OK);
    }
    assert_true(sl_watch_settle_has(&settle, "/0") && sl_watch_settle_has(&settle, "/999"));
    assert_false(sl_watch_settle_has(&settle, "/1000"));
    assert_null(sl_watch_settle_due(&settle, 99));
    assert_string_equal(sl_watch_settle_due(&settle, 100), "/0");
    assert_false(sl_watch_settle_is_still(&settle, &two, 100));
    assert_string_equal(sl_watch_settle_due(&settle, 5000), "/1");
    for (int i = 1; i < 1000; i++)
        assert_true(sl_watch_settle_is_still(&settle, &one, 5000));
    assert_int_equal(sl_watch_settle_next_ms(&settle), 200);
    assert_true(sl_watch_settle_is_still(&settle, &two, 200));
    assert_int_equal(settle.count, 0);
    sl_watch_settle_fini(&settle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WATCH_TEST(a_file_is_handed_out_once_when_it_is_still),
        WATCH_TEST(a_file_whose_time_of_change_moves_on_is_handed_out_again),
        WATCH_TEST(what_still_grows_is_left_alone),
        WATCH_TEST(hidden_and_unfinished_names_are_left_out),
        cmocka_unit_test(programs_name_unfinished_files_in_many_ways),
        WATCH_TEST(what_is_in_an_unfinished_folder_waits_for_its_name),
        WATCH_TEST(a_file_waits_until_its_programs_notes_are_gone),
        WATCH_TEST(an_empty_file_is_not_finished),
        WATCH_TEST(they_are_taken_when_asked_for),
        WATCH_TEST(looking_from_time_to_time_finds_what_nobody_tells),
        WATCH_TEST(what_an_earlier_run_took_is_known),
        WATCH_TEST(what_came_to_nothing_is_found_again),
        WATCH_TEST(a_watch_that_nobody_reads_can_be_ended),
        cmocka_unit_test(a_candidate_waits_anew_when_it_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
