/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "unit/journal_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "support/test.h"
#include "support/tmp.h"

struct sl_journal *open_as(struct bench *bench, enum sl_journal_mode mode)
{
    struct sl_journal *journal = NULL;
    struct sl_err err = {0};
    if (sl_journal_open(&journal, bench->state, mode, &bench->clock, &err) != SL_OK)
        fail_msg("%s", err.text);
    return journal;
}

int setup(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    sl_tmp_make(bench->dir);
    assert_int_equal(sl_path_join(bench->state, SL_PATH_BYTES, bench->dir, "state", NULL), SL_OK);
    bench->fake.now_ms = 1000;
    bench->fake.wall_offset_ms = INT64_C(1800000000000);
    bench->clock = sl_fake_clock(&bench->fake);
    bench->journal = open_as(bench, SL_JOURNAL_WRITE);
    *state = bench;
    return 0;
}

int teardown(void **state)
{
    struct bench *bench = *state;
    sl_journal_close(bench->journal);
    sl_tmp_remove(bench->dir);
    free(bench);
    return 0;
}

void reopen(struct bench *bench)
{
    sl_journal_close(bench->journal);
    bench->journal = open_as(bench, SL_JOURNAL_WRITE);
}

void in_state(char *path, const struct bench *bench, const char *name)
{
    assert_int_equal(sl_path_join(path, SL_PATH_BYTES, bench->state, name, NULL), SL_OK);
}

void meddle(const struct bench *bench, const char *sql)
{
    char path[SL_PATH_BYTES];
    in_state(path, bench, "journal.db");
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

struct sl_job a_job(int64_t rank)
{
    return (struct sl_job){
        .state = SL_JOB_QUEUED, .rank = rank, .file = {.size_bytes = 1000, .inode = 5}};
}

struct sl_job add(struct bench *bench, const char *path, int64_t rank)
{
    struct sl_job job = a_job(rank);
    assert_int_equal(sl_journal_add(bench->journal, &job, path, NULL), SL_OK);
    return job;
}

int take(void *ctx, const struct sl_job *job, const char *path, const char *url)
{
    struct all *all = ctx;
    if (all->count < 8) {
        all->jobs[all->count] = *job;
        snprintf(all->paths[all->count], SL_PATH_BYTES, "%s", path);
        snprintf(all->urls[all->count], 64, "%s", url);
    }
    all->count++;
    return all->count == all->stop_at ? 42 : 0;
}

struct all *read_all(struct sl_journal *journal)
{
    static struct all all;
    memset(&all, 0, sizeof all);
    assert_int_equal(sl_journal_each(journal, take, &all, NULL), 0);
    return &all;
}

void assert_same_job(const struct sl_job *a, const struct sl_job *b)
{
    assert_int_equal(a->id, b->id);
    assert_int_equal(a->state, b->state);
    assert_int_equal(a->rank, b->rank);
    assert_true(sl_file_mark_equal(&a->file, &b->file));
    assert_int_equal(a->added_ms, b->added_ms);
    assert_int_equal(a->changed_ms, b->changed_ms);
    assert_int_equal(a->next_try_ms, b->next_try_ms);
    assert_int_equal(a->attempts, b->attempts);
    assert_int_equal(a->has_piece, b->has_piece);
    assert_int_equal(a->already_stored, b->already_stored);
    assert_int_equal(a->limit_bytes_per_s, b->limit_bytes_per_s);
    assert_true(!a->has_piece || sl_piece_id_equal(&a->piece, &b->piece));
    assert_int_equal(a->err.code, b->err.code);
    assert_int_equal(a->err.detail, b->err.detail);
    assert_int_equal(a->err.wait_ms, b->err.wait_ms);
    assert_string_equal(a->err.text, b->err.text);
}

struct sl_piece_id piece_of(uint64_t bytes)
{
    struct sl_piece_id id = {.payload_bytes = bytes, .height = sl_piece_height(bytes)};
    memset(id.root, 0x15, sizeof id.root);
    return id;
}

int take_line(void *ctx, const struct sl_history *line)
{
    struct lines *lines = ctx;
    lines->lines[lines->count++] = *line;
    return lines->count == lines->stop_at ? -1234 : 0;
}
