/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "watch_scene.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "support/test.h"
#include "support/tmp.h"

enum { LOOK_MS = 10, PATIENCE_MS = 60000 };

void watch_join(char out[static SL_PATH_BYTES], const char *dir, const char *name)
{
    assert_int_equal(sl_path_join(out, SL_PATH_BYTES, dir, name, NULL), SL_OK);
}

int watch_setup(void **state)
{
    struct watch_scene *s = calloc(1, sizeof *s);
    assert_non_null(s);
    sl_tmp_make(s->dir);
    watch_join(s->in, s->dir, "in");
    watch_join(s->out, s->dir, "out");
    assert_int_equal(mkdir(s->in, 0700), 0);
    assert_int_equal(mkdir(s->out, 0700), 0);
    s->fake = (struct sl_fake_clock){1000, INT64_C(1700000000000)};
    s->options = (struct sl_watch_options){.settle_ms = WATCH_SETTLE_MS,
                                           .rescan_ms = WATCH_RESCAN_MS,
                                           .clock = sl_fake_clock(&s->fake)};
    *state = s;
    return 0;
}

int watch_teardown(void **state)
{
    struct watch_scene *s = *state;
    sl_watch_free(s->watch);
    sl_tmp_remove(s->dir);
    free(s);
    return 0;
}

void watch_make(struct watch_scene *s)
{
    struct sl_err err = {0};
    if (sl_watch_new(&s->watch, &s->options, &err) < 0 || sl_watch_add(s->watch, s->in, &err) < 0)
        fail_msg("%s", err.text);
}

void watch_move_clock(struct watch_scene *s, int64_t ms)
{
    atomic_fetch_add(&s->fake.now_ms, ms);
    sl_watch_wake(s->watch);
}

const struct sl_watch_item *watch_next(struct watch_scene *s)
{
    for (int waited = 0; !sl_watch_next(s->watch, &s->item); waited += LOOK_MS) {
        struct pollfd ready = {.fd = sl_watch_fd(s->watch), .events = POLLIN};
        if (waited > PATIENCE_MS)
            fail_msg("nothing came");
        if (poll(&ready, 1, LOOK_MS) == 0)
            watch_move_clock(s, WATCH_SETTLE_MS);
    }
    return &s->item;
}

void watch_expect(struct watch_scene *s, enum sl_watch_kind kind, const char *path)
{
    const struct sl_watch_item *item = watch_next(s);
    if (item->kind != kind || strcmp(item->path, path) != 0)
        fail_msg("item %d of %s (%s) instead of %d of %s", (int)item->kind, item->path,
                 item->err.text, (int)kind, path);
}

void watch_expect_note(struct watch_scene *s, const char *words)
{
    const struct sl_watch_item *item = watch_next(s);
    assert_int_equal(item->kind, SL_WATCH_NOTE);
    if (strstr(item->err.text, words) == NULL)
        fail_msg("'%s' instead of '%s'", item->err.text, words);
}

void watch_start(struct watch_scene *s)
{
    struct sl_err err = {0};
    if (s->watch == NULL)
        watch_make(s);
    if (sl_watch_start(s->watch, &err) < 0)
        fail_msg("%s", err.text);
}

void watch_start_ready(struct watch_scene *s)
{
    watch_start(s);
    watch_expect(s, SL_WATCH_READY, "");
}

const char *watch_file(const char *dir, const char *name, uint64_t bytes)
{
    static char path[SL_PATH_BYTES];
    sl_tmp_file(NULL, dir, name, bytes, bytes);
    watch_join(path, dir, name);
    return path;
}

const char *watch_folder(const char *dir, const char *name)
{
    static char path[SL_PATH_BYTES];
    watch_join(path, dir, name);
    assert_int_equal(mkdir(path, 0700), 0);
    return path;
}

void watch_expect_no_more(struct watch_scene *s, const char *marker)
{
    char path[SL_PATH_BYTES];
    snprintf(path, sizeof path, "%s", watch_file(s->in, marker, 10));
    watch_expect(s, SL_WATCH_FILE, path);
}

void watch_move_to(const char *from_dir, const char *to_dir, const char *name)
{
    char from[SL_PATH_BYTES], to[SL_PATH_BYTES];
    watch_join(from, from_dir, name);
    watch_join(to, to_dir, name);
    assert_int_equal(rename(from, to), 0);
}
