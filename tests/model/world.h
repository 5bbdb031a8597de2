/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * world.h - everything around the engine's thread, played by hand: workers, parker, planner,
 * scanner and lanes answer when the test says so, in any order, without a byte of I/O but for the
 * journal. They take the places of the real ones when the program is linked; the engine is whole.
 *
 * A piece is a letter, a file a word of them: files that share and repeat letters share and repeat
 * pieces. What is known here of letters and files is the truth that reference.h holds the engine's
 * words against.
 */
#ifndef SL_MODEL_WORLD_H
#define SL_MODEL_WORLD_H

#include <stdatomic.h>

#include "sluice/path.h"

#include "commit/inside.h"
#include "engine/inside.h"
#include "support/fake_clock.h"

#define MODEL_SHARD UINT64_C(130048)

enum {
    LETTERS = 4096,
    COPIES = 2,
    PATHS = 8,
    WORD_MOST = 4,
    VERSIONS = 8192,
    LATE_MOST = 24, /* events that are kept to be told once more */
};

/** A piece. */
struct letter {
    bool accepted; /* the provider has the bytes */
    bool listed;
    int landed[COPIES];         /* how often it is on chain: once is enough */
    uint64_t failed_at[COPIES]; /* tick at which the copy was given up; 0: never */
};

/** What a file was at a time. Its number is the mtime. */
struct version {
    int path;
    int count;
    int letters[WORD_MOST];
};

struct world {
    pthread_mutex_t lock; /* of all that follows, when the engine and the lanes have threads */
    bool threads;
    atomic_bool kind;     /* nothing fails from now on */
    atomic_bool stopping; /* what is broken off answers at once */
    bool blind;           /* only crashes count */
    atomic_bool gate;
    uint64_t seed;
    uint64_t random;
    uint64_t step;
    uint64_t tick;  /* finer: each thing that the reference notes has its own */
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

/** 0 .. below - 1, of the seed. */
uint64_t draw(uint64_t below);
/** May be nested. */
void world_lock(void);
void world_unlock(void);

/** End with seed and step. */
void broken_rule(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

void path_of(char out[static 16], int path);
struct sl_piece_id piece_of_letter(int letter);
/** -1: it is none. */
int letter_of_piece(const struct sl_piece_id *piece);
struct sl_file_mark mark_of(int version);
/** Write a file anew. */
void change_file(int path);

const struct version *version_of(const struct sl_file_mark *mark);

/** A new engine's. */
void workers_begin(void);
/** What was broken off before answers now. Under the lock. */
void workers_stop(void);
void planner_stop(void);
/** Whether the provider is asked about the piece of a part that was just sent. Under the lock. */
bool is_asked_about(const struct sl_piece_id *piece);

/* ---- things that happen; false: there was nothing to happen ---- */

bool worker_ends(void);
bool parker_answers(void);
bool planner_goes_on(void);
bool scanner_finds(void);
bool provider_acts(void);
/** A gathered batch leaves, lands (which writes to the journal), fails, is put off or lost; or one
 * is gathered. */
bool lane_acts(size_t lane, bool may_write);
/** An event that was told is told once more. */
bool event_comes_late(void);

/* ---- an engine ---- */

void world_begin(uint64_t seed, bool threads);
/** Its engine has ended. */
void world_end(void);
void engine_begin(void);
/** It ends as by a person's "stop now". */
void engine_end(void);

#endif
