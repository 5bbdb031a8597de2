/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* journal_bench.h - a journal in a temporary folder and ways to look into it, for its tests. */
#ifndef SL_TEST_JOURNAL_BENCH_H
#define SL_TEST_JOURNAL_BENCH_H

#include "sluice/journal.h"
#include "sluice/path.h"

#include "support/fake_clock.h"

struct bench {
    char dir[SL_PATH_BYTES];
    char state[SL_PATH_BYTES]; /* DIR/state, not there yet */
    struct sl_fake_clock fake;
    struct sl_clock clock;
    struct sl_journal *journal;
};

/* SQL that undoes what a schema step did with providers and wishes, for an older journal. */
#define OLD_PROVIDERS                                                                              \
    "ALTER TABLE jobs DROP COLUMN wish_id; DROP TABLE wishes;"                                     \
    "CREATE TABLE newer AS SELECT * FROM providers; DROP TABLE providers;"                         \
    "CREATE TABLE providers (id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE,"                    \
    " rate_bytes_per_s INTEGER NOT NULL DEFAULT 0) STRICT;"                                        \
    "INSERT INTO providers SELECT id, url, rate_bytes_per_s FROM newer; DROP TABLE newer;"

/* The same for the steps after that. */
#define OLD_LABELS                                                                                 \
    "ALTER TABLE commit_pieces DROP COLUMN chain_name;"                                            \
    "ALTER TABLE commit_pieces DROP COLUMN chain_part;"                                            \
    "ALTER TABLE commit_pieces DROP COLUMN chain_whole; DROP TABLE refused;"                       \
    "DROP TABLE cdn_data_sets; DROP TABLE provider_limits;"

struct all {
    size_t count;
    size_t stop_at;
    struct sl_job jobs[8];
    char paths[8][SL_PATH_BYTES];
    char urls[8][64];
};

struct lines {
    size_t count;
    size_t stop_at;
    struct sl_history lines[8];
};

int setup(void **state);
int teardown(void **state);

struct sl_journal *open_as(struct bench *bench, enum sl_journal_mode mode);
void reopen(struct bench *bench);
void in_state(char *path, const struct bench *bench, const char *name);
/* SQL of another program on the file of a closed journal. */
void meddle(const struct bench *bench, const char *sql);
struct sl_job a_job(int64_t rank);
struct sl_job add(struct bench *bench, const char *path, int64_t rank);
/* Callbacks that keep what they get: ctx is a struct all, a struct lines. */
int take(void *ctx, const struct sl_job *job, const char *path, const char *url);
/* Valid until the next call. */
struct all *read_all(struct sl_journal *journal);
void assert_same_job(const struct sl_job *a, const struct sl_job *b);
struct sl_piece_id piece_of(uint64_t bytes);
int take_line(void *ctx, const struct sl_history *line);

#endif
