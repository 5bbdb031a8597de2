/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* screen.h - models made by hand, and grids as text to compare with golden files. */
#ifndef SL_TEST_SCREEN_H
#define SL_TEST_SCREEN_H

#include "tui/input/dispatch.h"
#include "tui/input/keymap.h"
#include "tui/input/ui_input.h"
#include "tui/model/events.h"
#include "tui/model/view.h"
#include "tui/render/screen.h"
#include "tui/terminal/keys.h"

/** A model with its key map and what it sent; the time begins at 2026-01-31 12:00 UTC. */
struct screen {
    struct sl_keymap keys;
    struct sl_model model;
    struct sl_ui_input ui;
    struct {
        enum sl_command_type type;
        int64_t job_id;
        int number;
        char path[SL_PATH_BYTES];
    } sent[32];
    int sent_count;
    char requested[256]; /* "copy TEXT", "theme NAME", "redraw ", "suspend " of the last request */
    struct sl_errand errands[16];
    int errand_count;
    int64_t now_ms;
};

#define SCREEN_WALL_MS INT64_C(1769860800000)

void screen_init(struct screen *screen, const char *network);
void screen_fini(struct screen *screen);

/** A job event; the PieceCID is made from `id` when `piece`. `why` may be NULL. */
struct screen_job {
    int64_t id;
    const char *path;
    enum sl_job_state state;
    uint64_t size;
    int attempts;
    bool piece;
    const char *why;
    int64_t next_try_ms; /* from now */
};
void screen_job(struct screen *screen, struct screen_job job);
/** The same, split. */
struct screen_parts {
    uint32_t parts;
    uint32_t parts_stored;
    uint64_t sent_bytes;
};
void screen_split_job(struct screen *screen, struct screen_job job, struct screen_parts parts);
void screen_event(struct screen *screen, const struct sl_event *event);
void screen_progress(struct screen *screen, int64_t id, int attempt, uint64_t acked);

/** A test whose state is a screen of the network `local`. */
#define ON_A_SCREEN(test) cmocka_unit_test_setup_teardown(test, screen_start, screen_end)
int screen_start(void **state);
int screen_end(void **state);

/** Time goes on. */
void screen_tick(struct screen *screen, int64_t ms);

/** A queue with one file in every state, some seconds into its work. */
void screen_example(struct screen *screen);

void screen_keys(struct screen *screen, const char *keys);
void screen_key(struct screen *screen, int32_t key);

/**
 * Render at rows x cols and compare with tests/golden/screens/NAME.txt: the text, then a map with
 * one letter a role. SL_UPDATE_GOLDEN=1 writes the file instead.
 */
void screen_golden(struct screen *screen, const char *name, int rows, int cols);

/** The text of a rendered grid, lines without trailing blanks; owned, free(). */
char *screen_text(struct screen *screen, int rows, int cols);

#endif
