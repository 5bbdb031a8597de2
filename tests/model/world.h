/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * world.h - everything around the engine's thread, simulated. Workers, poller, planner, scanner and
 * lanes answer when the test says so, in any order, without I/O except for the journal. They
 * replace the real ones when the program is linked; the engine is real.
 *
 * A piece is a letter, and a file is a word: files that share and repeat letters share and repeat
 * pieces. The letters and files here are the truth that reference.h compares the engine's events
 * with.
 */
#ifndef SL_MODEL_WORLD_H
#define SL_MODEL_WORLD_H

#include <stdatomic.h>

#include "sluice/path.h"

#include "commit/commit_internal.h"
#include "engine/core/engine.h"
#include "support/fake_clock.h"

#define MODEL_SHARD UINT64_C(130048)

enum {
    LETTERS = 4096,
    COPIES = 2,
    PATHS = 8,
    WORD_MOST = 4,
    VERSIONS = 8192,
    LATE_MOST = 24, /* events kept to be repeated later */
};

/** A piece. */
struct letter {
    bool accepted; /* the provider has the bytes */
    bool listed;
    int landed[COPIES];         /* how often it is on chain; once is enough */
    uint64_t failed_at[COPIES]; /* tick at which the copy was given up; 0: never */
};

/** The content of a file at one time. Its number is the mtime. */
struct version {
    int path;
    int count;
    int letters[WORD_MOST];
};

struct world {
    pthread_mutex_t lock; /* guards everything below when the engine and the lanes have threads */
    bool threads;
    atomic_bool kind;     /* nothing fails from now on */
    atomic_bool stopping; /* aborted work answers at once */
    bool blind;           /* only crashes count as failures */
    atomic_bool gate;
    uint64_t seed;
    uint64_t random;
    uint64_t step;
    uint64_t tick;  /* finer: each event that the reference notes has its own tick */
    uint64_t sloth; /* of the lanes */
    char dir[SL_PATH_BYTES];
    struct sl_fake_clock fake;
    struct sl_engine *engine;
    struct sl_commit *commit; /* the engine's */
    struct letter letters[LETTERS];
    struct version versions[VERSIONS];
    int version_count;
    int now[PATHS]; /* version of each file; 0: not made yet */
    int first_letter;
};

extern struct world world;

/** A number 0 .. below - 1, from the seed. */
uint64_t draw(uint64_t below);
/** The lock may be nested. */
void world_lock(void);
void world_unlock(void);

/** End the test; prints seed and step. */
void broken_rule(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

void path_of(char out[static 16], int path);
struct sl_piece_id piece_of_letter(int letter);
/** -1: not a known piece. */
int letter_of_piece(const struct sl_piece_id *piece);
struct sl_file_mark mark_of(int version);
/** Write new content into a file. */
void change_file(int path);

const struct version *version_of(const struct sl_file_mark *mark);

/** Start the workers of a new engine. */
void workers_begin(void);
/** Work aborted earlier answers now. Call with the lock held. */
void workers_stop(void);
void planner_stop(void);
/** Whether the park poller asks the provider about the piece of a part that was just sent. Call
 * with the lock held. */
bool is_asked_about(const struct sl_piece_id *piece);

/* ---- things that can happen; false: nothing to do ---- */

bool worker_ends(void);
bool parker_answers(void);
bool planner_goes_on(void);
bool scanner_finds(void);
bool provider_acts(void);
/** A gathered batch leaves, lands (which writes to the journal), fails, is put off or is lost; or a
 * batch is gathered. */
bool lane_acts(size_t lane, bool may_write);
/** Repeat an event that was sent before. */
bool event_comes_late(void);

/* ---- an engine ---- */

void world_begin(uint64_t seed, bool threads);
/** Its engine has ended. */
void world_end(void);
void engine_begin(void);
/** End as with the user's "stop now". */
void engine_end(void);

#endif
