/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* watch_scene.h - a watched folder, a folder beside it, and a clock that goes on while something is
 * waited for. */
#ifndef SL_TEST_WATCH_SCENE_H
#define SL_TEST_WATCH_SCENE_H

#include "sluice/path.h"
#include "sluice/watch.h"

#include "support/fake_clock.h"

enum { WATCH_SETTLE_MS = 1000, WATCH_RESCAN_MS = 3600000 };

struct watch_scene {
    char dir[SL_PATH_BYTES]; /* holds the two others */
    char in[SL_PATH_BYTES];  /* is watched */
    char out[SL_PATH_BYTES]; /* is not */
    struct sl_fake_clock fake;
    struct sl_watch_options options; /* change them before the watch is made */
    struct sl_watch *watch;          /* NULL until it is made */
    struct sl_watch_item item;       /* the last one */
};

/** cmocka fixtures: *state is a scene without a watch. */
int watch_setup(void **state);
int watch_teardown(void **state);
#define WATCH_TEST(name) cmocka_unit_test_setup_teardown(name, watch_setup, watch_teardown)

/** Make the watch of `in`; not started. */
void watch_make(struct watch_scene *s);
/** Start it, and make it before where that is not done. */
void watch_start(struct watch_scene *s);
/** ... and take READY, which must be the first item. */
void watch_start_ready(struct watch_scene *s);
void watch_move_clock(struct watch_scene *s, int64_t ms);

/** The next item, s->item; the clock moves on until it is there. */
const struct sl_watch_item *watch_next(struct watch_scene *s);
void watch_expect(struct watch_scene *s, enum sl_watch_kind kind, const char *path);
/** The next item is a note with these words. */
void watch_expect_note(struct watch_scene *s, const char *words);
/** Nothing else was handed out: the next item is a file `marker` that is made now. */
void watch_expect_no_more(struct watch_scene *s, const char *marker);

void watch_join(char out[static SL_PATH_BYTES], const char *dir, const char *name);
/** Write DIR/NAME, or make that folder; the path is valid until the next call of the same. */
const char *watch_file(const char *dir, const char *name, uint64_t bytes);
const char *watch_folder(const char *dir, const char *name);
void watch_move_to(const char *from_dir, const char *to_dir, const char *name);

#endif
