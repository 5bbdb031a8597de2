/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/journal.h"

#include "store/db.h"
#include "support/fake_clock.h"
#include "support/sanitized.h"
#include "support/test.h"
#include "support/tmp.h"

enum { MANY_JOBS = SL_SANITIZED ? 2000 : 100000 };

struct bench {
    char dir[SL_PATH_BYTES];
    char state[SL_PATH_BYTES]; /* DIR/state, not there yet */
    struct sl_fake_clock fake;
    struct sl_clock clock;
    struct sl_journal *journal;
};

static struct sl_journal *open_as(struct bench *bench, enum sl_journal_mode mode)
{
    struct sl_journal *journal = NULL;
    struct sl_err err = {0};
    if (sl_journal_open(&journal, bench->state, mode, &bench->clock, &err) != SL_OK)
        fail_msg("%s", err.text);
    return journal;
}

static int setup(void **state)
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

static int teardown(void **state)
{
    struct bench *bench = *state;
    sl_journal_close(bench->journal);
    sl_tmp_remove(bench->dir);
    free(bench);
    return 0;
}

static void reopen(struct bench *bench)
{
    sl_journal_close(bench->journal);
    bench->journal = open_as(bench, SL_JOURNAL_WRITE);
}

static void in_state(char *path, const struct bench *bench, const char *name)
{
    assert_int_equal(sl_path_join(path, SL_PATH_BYTES, bench->state, name, NULL), SL_OK);
}

/* SQL of another program on the file of a closed journal. */
static void meddle(const struct bench *bench, const char *sql)
{
    char path[SL_PATH_BYTES];
    in_state(path, bench, "journal.db");
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* ---- jobs in and out ---- */

static struct sl_job a_job(int64_t rank)
{
    return (struct sl_job){
        .state = SL_JOB_QUEUED, .rank = rank, .file = {.size_bytes = 1000, .inode = 5}};
}

static struct sl_job add(struct bench *bench, const char *path, int64_t rank)
{
    struct sl_job job = a_job(rank);
    assert_int_equal(sl_journal_add(bench->journal, &job, path, NULL), SL_OK);
    return job;
}

struct all {
    size_t count;
    size_t stop_at;
    struct sl_job jobs[8];
    char paths[8][SL_PATH_BYTES];
    char urls[8][64];
};

static int take(void *ctx, const struct sl_job *job, const char *path, const char *url)
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

static struct all *read_all(struct sl_journal *journal)
{
    static struct all all;
    memset(&all, 0, sizeof all);
    assert_int_equal(sl_journal_each(journal, take, &all, NULL), 0);
    return &all;
}

static void assert_same_job(const struct sl_job *a, const struct sl_job *b)
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
    assert_true(!a->has_piece || sl_piece_id_equal(&a->piece, &b->piece));
    assert_int_equal(a->err.code, b->err.code);
    assert_int_equal(a->err.detail, b->err.detail);
    assert_int_equal(a->err.wait_ms, b->err.wait_ms);
    assert_string_equal(a->err.text, b->err.text);
}

static struct sl_piece_id piece_of(uint64_t bytes)
{
    struct sl_piece_id id = {.payload_bytes = bytes, .height = sl_piece_height(bytes)};
    memset(id.root, 0x15, sizeof id.root);
    return id;
}

static void everything_of_a_job_survives(void **state)
{
    struct bench *bench = *state;
    struct sl_job job = a_job(-7);
    /* unsigned values beyond the signed range, bit for bit */
    job.file = (struct sl_file_mark){UINT64_MAX, INT64_MIN, UINT64_C(1) << 63, UINT64_MAX - 1};
    assert_int_equal(sl_journal_add(bench->journal, &job, "/a", NULL), SL_OK);
    assert_true(job.id > 0);
    assert_int_equal(job.added_ms, INT64_C(1800000001000));
    assert_int_equal(job.changed_ms, job.added_ms);
    assert_same_job(&read_all(bench->journal)->jobs[0], &job);

    bench->fake.now_ms += 500;
    job.state = SL_JOB_WAITING;
    job.rank = INT64_MAX;
    job.next_try_ms = INT64_C(1800000009999);
    job.attempts = 3;
    job.has_piece = true;
    job.already_stored = true;
    job.piece = piece_of(1000);
    (void)sl_err_set(&job.err, SL_EBUSY, "asked to \x1b[31m wait \xff\xfe '\"; DROP TABLE jobs;--");
    job.err.detail = -429;
    job.err.wait_ms = 17000;
    assert_int_equal(sl_journal_update(bench->journal, &job, "http://p/", NULL), SL_OK);
    assert_int_equal(job.changed_ms, INT64_C(1800000001500));
    reopen(bench);
    const struct all *all = read_all(bench->journal);
    assert_int_equal(all->count, 1);
    assert_same_job(&all->jobs[0], &job);
    assert_string_equal(all->paths[0], "/a");
    assert_string_equal(all->urls[0], "http://p/");
}

static void every_state_and_every_error_survives(void **state)
{
    struct bench *bench = *state;
    struct sl_job job = add(bench, "/a", 1);
    for (int s = SL_JOB_STATE_COUNT - 1; s >= 0; s--) {
        job.state = (enum sl_job_state)s;
        assert_int_equal(sl_journal_update(bench->journal, &job, NULL, NULL), SL_OK);
        assert_same_job(&read_all(bench->journal)->jobs[0], &job);
    }
#define CHECK(code_, value, cls, name, text_)                                                      \
    job.err.code = code_;                                                                          \
    assert_int_equal(sl_journal_update(bench->journal, &job, NULL, NULL), SL_OK);                  \
    assert_int_equal(read_all(bench->journal)->jobs[0].err.code, code_);
    SL_ERR_CODES(CHECK)
#undef CHECK
}

static void hostile_paths_come_back_byte_for_byte(void **state)
{
    struct bench *bench = *state;
    char longest[SL_PATH_BYTES];
    memset(longest, 0xff, sizeof longest);
    longest[0] = '/';
    longest[SL_PATH_BYTES - 1] = '\0';
    const char *const paths[] = {"/a\nb", "/\x1b]0;x\x07", "/\xc0\xaf", "/'; --", " ", longest};
    for (int i = 0; i < 6; i++)
        add(bench, paths[i], i);
    reopen(bench);
    const struct all *all = read_all(bench->journal);
    assert_int_equal(all->count, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_string_equal(all->paths[i], paths[i]);
        struct sl_job found;
        assert_int_equal(sl_journal_find_path(bench->journal, paths[i], &found, NULL), 1);
        assert_int_equal(found.id, all->jobs[i].id);
    }
    char longer[SL_PATH_BYTES + 1];
    memset(longer, 'x', sizeof longer);
    longer[SL_PATH_BYTES] = '\0';
    struct sl_job job = a_job(0);
    assert_int_equal(sl_journal_add(bench->journal, &job, longer, NULL), SL_EOVERFLOW);
    assert_int_equal(sl_journal_add(bench->journal, &job, "", NULL), SL_EOVERFLOW);
    assert_int_equal(read_all(bench->journal)->count, 6);
}

static void the_newest_job_of_a_path_is_found(void **state)
{
    struct bench *bench = *state;
    struct sl_job found = {0};
    assert_int_equal(sl_journal_find_path(bench->journal, "/a", &found, NULL), 0);
    const struct sl_job old = add(bench, "/a", 1);
    add(bench, "/b", 2);
    const struct sl_job new = add(bench, "/a", 0);
    assert_int_equal(sl_journal_find_path(bench->journal, "/a", &found, NULL), 1);
    assert_same_job(&found, &new);
    assert_int_equal(sl_journal_remove(bench->journal, new.id, NULL), SL_OK);
    assert_int_equal(sl_journal_find_path(bench->journal, "/a", &found, NULL), 1);
    assert_same_job(&found, &old);
    assert_int_equal(sl_journal_find_path(bench->journal, "/A", &found, NULL), 0);
}

static void jobs_come_by_rank_until_the_callback_stops(void **state)
{
    struct bench *bench = *state;
    add(bench, "/3", 3);
    add(bench, "/1", -1);
    add(bench, "/2", 2);
    add(bench, "/2b", 2);
    const struct all *all = read_all(bench->journal);
    static const char *const order[] = {"/1", "/2", "/2b", "/3"};
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(all->paths[i], order[i]);
    struct all some = {.stop_at = 2};
    assert_int_equal(sl_journal_each(bench->journal, take, &some, NULL), 42);
    assert_int_equal(some.count, 2);
    assert_int_equal(read_all(bench->journal)->count, 4); /* and can be asked again */
}

static int ask_again(void *ctx, const struct sl_job *job, const char *path, const char *url)
{
    (void)job;
    (void)path;
    (void)url;
    return sl_journal_each(ctx, ask_again, ctx, NULL);
}

static void the_list_cannot_be_asked_for_from_within(void **state)
{
    struct bench *bench = *state;
    add(bench, "/a", 1);
    assert_int_equal(sl_journal_each(bench->journal, ask_again, bench->journal, NULL), SL_EJOURNAL);
    assert_int_equal(read_all(bench->journal)->count, 1);
}

static void an_update_leaves_file_and_provider_alone_and_a_replan_writes_the_file(void **state)
{
    struct bench *bench = *state;
    struct sl_job job = add(bench, "/a", 1);
    assert_int_equal(sl_journal_update(bench->journal, &job, "https://one.example/", NULL), SL_OK);
    job.file.size_bytes = 77;
    job.file.mtime_ns = 78;
    assert_int_equal(sl_journal_update(bench->journal, &job, NULL, NULL), SL_OK);
    assert_int_equal(sl_journal_update(bench->journal, &job, "", NULL), SL_OK);
    const struct all *all = read_all(bench->journal);
    assert_int_equal(all->jobs[0].file.size_bytes, 1000);
    assert_int_equal(all->jobs[0].file.mtime_ns, 0);
    assert_string_equal(all->urls[0], "https://one.example/");
    assert_int_equal(sl_journal_replan(bench->journal, &job, NULL), SL_OK);
    all = read_all(bench->journal);
    assert_same_job(&all->jobs[0], &job);
    assert_string_equal(all->urls[0], "https://one.example/");
    assert_int_equal(sl_journal_update(bench->journal, &job, "https://two.example/", NULL), SL_OK);
    assert_string_equal(read_all(bench->journal)->urls[0], "https://two.example/");
}

static void a_piece_that_is_no_longer_known_is_forgotten(void **state)
{
    struct bench *bench = *state;
    struct sl_job job = add(bench, "/a", 1);
    job.has_piece = true;
    job.piece = piece_of(1000);
    assert_int_equal(sl_journal_update(bench->journal, &job, NULL, NULL), SL_OK);
    assert_true(read_all(bench->journal)->jobs[0].has_piece);
    job.has_piece = false;
    assert_int_equal(sl_journal_update(bench->journal, &job, NULL, NULL), SL_OK);
    assert_false(read_all(bench->journal)->jobs[0].has_piece);
}

static void jobs_that_are_not_there_are_refused(void **state)
{
    struct bench *bench = *state;
    struct sl_job job = a_job(1);
    job.id = 999;
    assert_int_equal(sl_journal_update(bench->journal, &job, "http://p/", NULL), SL_EINVAL);
    assert_int_equal(sl_journal_replan(bench->journal, &job, NULL), SL_EINVAL);
    assert_int_equal(sl_journal_remove(bench->journal, 999, NULL), SL_EINVAL);
    job.state = SL_JOB_STATE_COUNT;
    assert_int_equal(sl_journal_add(bench->journal, &job, "/a", NULL), SL_EINVAL);
    assert_int_equal(read_all(bench->journal)->count, 0);
}

/* ---- history ---- */

struct lines {
    size_t count;
    size_t stop_at;
    struct sl_history lines[8];
};

static int take_line(void *ctx, const struct sl_history *line)
{
    struct lines *lines = ctx;
    lines->lines[lines->count++] = *line;
    return lines->count == lines->stop_at ? -1234 : 0;
}

static void history_holds_every_change_of_state_and_nothing_else(void **state)
{
    struct bench *bench = *state;
    struct sl_job job = add(bench, "/a", 1);
    add(bench, "/b", 2);
    const int64_t start_ms = job.changed_ms;
    bench->fake.now_ms += 10;
    job.state = SL_JOB_UPLOADING;
    assert_int_equal(sl_journal_update(bench->journal, &job, NULL, NULL), SL_OK);
    bench->fake.now_ms += 10;
    job.attempts = 1; /* no change of state: no line, no new time */
    assert_int_equal(sl_journal_update(bench->journal, &job, NULL, NULL), SL_OK);
    assert_int_equal(job.changed_ms, start_ms + 10);
    bench->fake.now_ms += 10;
    job.state = SL_JOB_FAILED;
    (void)sl_err_set(&job.err, SL_EREFUSED, "no thanks");
    job.err.detail = 403;
    assert_int_equal(sl_journal_update(bench->journal, &job, NULL, NULL), SL_OK);
    reopen(bench);

    struct lines got = {0};
    assert_int_equal(sl_journal_history(bench->journal, job.id, take_line, &got, NULL), 0);
    assert_int_equal(got.count, 3);
    assert_int_equal(got.lines[0].from, SL_JOB_QUEUED);
    assert_int_equal(got.lines[0].to, SL_JOB_QUEUED);
    assert_int_equal(got.lines[0].at_ms, start_ms);
    assert_int_equal(got.lines[1].from, SL_JOB_QUEUED);
    assert_int_equal(got.lines[1].to, SL_JOB_UPLOADING);
    assert_int_equal(got.lines[1].at_ms, start_ms + 10);
    assert_int_equal(got.lines[1].err.code, SL_OK);
    assert_int_equal(got.lines[2].from, SL_JOB_UPLOADING);
    assert_int_equal(got.lines[2].to, SL_JOB_FAILED);
    assert_int_equal(got.lines[2].at_ms, start_ms + 30);
    assert_int_equal(got.lines[2].err.code, SL_EREFUSED);
    assert_int_equal(got.lines[2].err.detail, 403);
    assert_string_equal(got.lines[2].err.text, "no thanks");

    struct lines first = {.stop_at = 1};
    assert_int_equal(sl_journal_history(bench->journal, job.id, take_line, &first, NULL), -1234);
    assert_int_equal(first.count, 1);
}

static void a_removed_job_takes_its_history_and_its_id_with_it(void **state)
{
    struct bench *bench = *state;
    add(bench, "/a", 1);
    const struct sl_job gone = add(bench, "/b", 2);
    assert_int_equal(sl_journal_remove(bench->journal, gone.id, NULL), SL_OK);
    struct lines lines = {0};
    assert_int_equal(sl_journal_history(bench->journal, gone.id, take_line, &lines, NULL), 0);
    assert_int_equal(lines.count, 0);
    int64_t rows = -1;
    assert_int_equal(sl_db_ask(bench->journal,
                               "SELECT (SELECT count(*) FROM pieces) * 10 + "
                               "(SELECT count(*) FROM history)",
                               &rows, "count", NULL),
                     SL_OK);
    assert_int_equal(rows, 11);
    reopen(bench);
    assert_true(add(bench, "/c", 3).id > gone.id);
}

/* ---- transactions ---- */

static void a_rollback_leaves_nothing(void **state)
{
    struct bench *bench = *state;
    struct sl_job kept = add(bench, "/kept", 1);
    assert_int_equal(sl_journal_begin(bench->journal, NULL), SL_OK);
    add(bench, "/gone", 2);
    kept.state = SL_JOB_FAILED;
    assert_int_equal(sl_journal_update(bench->journal, &kept, "http://p/", NULL), SL_OK);
    assert_int_equal(read_all(bench->journal)->count, 2);
    sl_journal_rollback(bench->journal);
    const struct all *all = read_all(bench->journal);
    assert_int_equal(all->count, 1);
    assert_int_equal(all->jobs[0].state, SL_JOB_QUEUED);
    assert_string_equal(all->urls[0], "");
    struct lines lines = {0};
    assert_int_equal(sl_journal_history(bench->journal, kept.id, take_line, &lines, NULL), 0);
    assert_int_equal(lines.count, 1);
}

static void closing_takes_an_open_transaction_back(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(sl_journal_begin(bench->journal, NULL), SL_OK);
    add(bench, "/a", 1);
    reopen(bench);
    assert_int_equal(read_all(bench->journal)->count, 0);
    assert_int_equal(sl_journal_begin(bench->journal, NULL), SL_OK);
    add(bench, "/a", 1);
    assert_int_equal(sl_journal_commit(bench->journal, NULL), SL_OK);
    reopen(bench);
    assert_int_equal(read_all(bench->journal)->count, 1);
}

static void a_failed_change_inside_a_transaction_leaves_the_others(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(sl_journal_begin(bench->journal, NULL), SL_OK);
    add(bench, "/a", 1);
    struct sl_job job = a_job(1);
    job.id = 999;
    assert_int_equal(sl_journal_update(bench->journal, &job, "http://p/", NULL), SL_EINVAL);
    add(bench, "/b", 2);
    assert_int_equal(sl_journal_commit(bench->journal, NULL), SL_OK);
    assert_int_equal(read_all(bench->journal)->count, 2);
}

static void transactions_out_of_order_are_refused(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(sl_journal_commit(bench->journal, NULL), SL_EINVAL);
    sl_journal_rollback(bench->journal);
    assert_int_equal(sl_journal_begin(bench->journal, NULL), SL_OK);
    assert_int_equal(sl_journal_begin(bench->journal, NULL), SL_EINVAL);
    assert_int_equal(sl_journal_commit(bench->journal, NULL), SL_OK);
}

static void a_full_disk_is_told_and_what_was_saved_stays(void **state)
{
    struct bench *bench = *state;
    add(bench, "/saved", 0);
    assert_int_equal(sl_db_exec(bench->journal, "PRAGMA max_page_count = 30", "limit", NULL),
                     SL_OK);
    assert_int_equal(sl_journal_begin(bench->journal, NULL), SL_OK);
    char path[3000];
    memset(path, 'x', sizeof path);
    path[sizeof path - 1] = '\0';
    struct sl_err err = {0};
    int rc = SL_OK;
    for (int i = 0; i < 100 && rc == SL_OK; i++) {
        struct sl_job job = a_job(i);
        rc = sl_journal_add(bench->journal, &job, path, &err);
    }
    assert_int_equal(rc, SL_ENOSPC);
    assert_int_equal(err.code, SL_ENOSPC);
    assert_int_equal(err.detail & 0xff, SQLITE_FULL);
    assert_non_null(strstr(err.text, "disk is full"));
    sl_journal_rollback(bench->journal);
    assert_int_equal(read_all(bench->journal)->count, 1);
    assert_int_equal(sl_db_exec(bench->journal, "PRAGMA max_page_count = 100000", "limit", NULL),
                     SL_OK);
    add(bench, "/more", 1);
    reopen(bench);
    assert_int_equal(read_all(bench->journal)->count, 2);
}

/* SQLite ends the transaction by itself after some failures; nothing may then go in alone. */
static void a_transaction_that_sqlite_took_back_stays_failed(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(sl_journal_begin(bench->journal, NULL), SL_OK);
    add(bench, "/a", 1);
    assert_int_equal(sl_db_exec(bench->journal, "ROLLBACK", "as SQLite would", NULL), SL_OK);
    struct sl_job job = a_job(2);
    assert_int_equal(sl_journal_add(bench->journal, &job, "/b", NULL), SL_EJOURNAL);
    assert_int_equal(sl_journal_commit(bench->journal, NULL), SL_EJOURNAL);
    assert_int_equal(read_all(bench->journal)->count, 0);
    add(bench, "/c", 1);
}

/* ---- files and versions ---- */

static void folder_and_files_are_for_the_owner_alone(void **state)
{
    struct bench *bench = *state;
    add(bench, "/a", 1);
    static const char *const names[] = {"journal.db", "journal.db-wal", "journal.db-shm", "lock"};
    struct stat st;
    assert_int_equal(stat(bench->state, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    for (size_t i = 0; i < 4; i++) {
        char path[SL_PATH_BYTES];
        in_state(path, bench, names[i]);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
    }
}

static void the_database_can_be_read_with_plain_sql(void **state)
{
    struct bench *bench = *state;
    struct sl_job job = add(bench, "/a", 1);
    job.state = SL_JOB_FAILED;
    job.has_piece = true;
    job.piece = piece_of(1000);
    (void)sl_err_set(&job.err, SL_EREFUSED, "no");
    assert_int_equal(sl_journal_update(bench->journal, &job, NULL, NULL), SL_OK);
    char sql[512], cid[SL_PIECE_CID_CHARS];
    sl_piece_cid(cid, &job.piece);
    snprintf(
        sql, sizeof sql,
        "SELECT count(*) FROM jobs JOIN pieces ON job_id = jobs.id WHERE jobs.state = 'failed' "
        "AND pieces.state = 'failed' AND error = 'refused' AND cid = '%s' AND part = 0 AND "
        "pieces.size_bytes = 1000 AND path = CAST('/a' AS BLOB)",
        cid);
    int64_t count = 0;
    assert_int_equal(sl_db_ask(bench->journal, sql, &count, "count", NULL), SL_OK);
    assert_int_equal(count, 1);
    assert_true(strlen(sl_journal_version()) > 0);
}

static void pragmas_are_what_durability_needs(void **state)
{
    struct bench *bench = *state;
    int64_t value = 0;
    assert_int_equal(sl_db_ask(bench->journal, "PRAGMA synchronous", &value, "ask", NULL), SL_OK);
    assert_int_equal(value, 2); /* FULL */
    assert_int_equal(sl_db_ask(bench->journal, "PRAGMA foreign_keys", &value, "ask", NULL), SL_OK);
    assert_int_equal(value, 1);
    assert_int_equal(sl_db_ask(bench->journal,
                               "SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = "
                               "'wal'",
                               &value, "ask", NULL),
                     SL_OK);
    assert_int_equal(value, 1);
}

/* Closes the journal of the bench and tries to open it anew. */
static int try_open(struct bench *bench, enum sl_journal_mode mode, struct sl_err *err)
{
    sl_journal_close(bench->journal);
    bench->journal = NULL;
    return sl_journal_open(&bench->journal, bench->state, mode, &bench->clock, err);
}

static void a_file_without_a_version_is_brought_up_to_date(void **state)
{
    struct bench *bench = *state;
    char path[SL_PATH_BYTES];
    in_state(path, bench, "journal.db");
    sl_journal_close(bench->journal);
    bench->journal = NULL;
    assert_int_equal(unlink(path), 0);
    struct sl_err err = {0};
    assert_int_equal(try_open(bench, SL_JOURNAL_READ, &err), SL_ENOENT);
    close(open(path, O_CREAT | O_WRONLY, 0600)); /* a crash right after it was made */
    assert_int_equal(try_open(bench, SL_JOURNAL_READ, &err), SL_ENOENT);
    assert_int_equal(try_open(bench, SL_JOURNAL_WRITE, &err), SL_OK);
    int64_t version = 0;
    assert_int_equal(sl_db_ask(bench->journal, "PRAGMA user_version", &version, "ask", NULL),
                     SL_OK);
    assert_true(version > 0);
    add(bench, "/a", 1);
}

static void a_journal_of_a_newer_sluice_is_refused(void **state)
{
    struct bench *bench = *state;
    add(bench, "/a", 1);
    sl_journal_close(bench->journal);
    bench->journal = NULL;
    meddle(bench, "PRAGMA user_version = 9999");
    for (int mode = SL_JOURNAL_WRITE; mode <= SL_JOURNAL_READ; mode++) {
        struct sl_err err = {0};
        assert_int_equal(try_open(bench, (enum sl_journal_mode)mode, &err), SL_EJOURNAL);
        assert_non_null(strstr(err.text, "newer sluice (version 9999"));
    }
}

static void a_database_of_another_program_is_refused_and_left_alone(void **state)
{
    struct bench *bench = *state;
    char path[SL_PATH_BYTES];
    in_state(path, bench, "journal.db");
    sl_journal_close(bench->journal);
    bench->journal = NULL;
    assert_int_equal(unlink(path), 0);
    meddle(bench, "CREATE TABLE bookmarks (url)");
    struct sl_err err = {0};
    assert_int_equal(try_open(bench, SL_JOURNAL_WRITE, &err), SL_EJOURNAL);
    assert_non_null(strstr(err.text, "another program"));
    meddle(bench, "INSERT INTO bookmarks VALUES ('x')");
}

static void write_over(const char *path, off_t at, size_t len)
{
    const int fd = open(path, O_WRONLY);
    assert_true(fd >= 0);
    char junk[4096];
    memset(junk, 0xa5, sizeof junk);
    for (size_t done = 0; done < len; done += sizeof junk)
        assert_int_equal(pwrite(fd, junk, sizeof junk, at + (off_t)done), sizeof junk);
    close(fd);
}

static void a_damaged_journal_is_told_with_its_path_and_a_remedy(void **state)
{
    struct bench *bench = *state;
    char path[SL_PATH_BYTES];
    in_state(path, bench, "journal.db");
    for (int i = 0; i < 200; i++)
        add(bench, "/some/path/or/other", i);
    sl_journal_close(bench->journal);
    bench->journal = NULL;
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    write_over(path, 4096, (size_t)(st.st_size / 4096 - 1) * 4096); /* all but the first page */
    struct sl_err err = {0};
    int rc = try_open(bench, SL_JOURNAL_WRITE, &err);
    struct all all = {0};
    if (rc == SL_OK)
        rc = sl_journal_each(bench->journal, take, &all, &err);
    assert_int_equal(rc, SL_EJOURNAL);
    assert_non_null(strstr(err.text, "damaged"));
    assert_non_null(strstr(err.text, "move it away"));
    assert_non_null(strstr(err.text, path));
    sl_journal_close(bench->journal);
    bench->journal = NULL;
    write_over(path, 0, 4096);
    for (int mode = SL_JOURNAL_WRITE; mode <= SL_JOURNAL_READ; mode++) {
        assert_int_equal(try_open(bench, (enum sl_journal_mode)mode, &err), SL_EJOURNAL);
        assert_int_equal(err.detail, SQLITE_NOTADB);
        assert_non_null(strstr(err.text, path));
    }
}

/* Each line makes one column something that the program never writes. */
static void content_that_was_never_written_is_damage(void **state)
{
    struct bench *bench = *state;
    static const char *const harm[] = {
        "UPDATE jobs SET state = 'flying'",
        "UPDATE jobs SET error = 'headache'",
        "UPDATE jobs SET attempts = 99999999999",
        "UPDATE jobs SET error_detail = -99999999999",
        "UPDATE pieces SET cid = 'bafkzcibnonsense'",
        "UPDATE jobs SET path = x'2f006100'",
        "UPDATE jobs SET path = zeroblob(5000)",
        "UPDATE jobs SET state = CAST(x'7175657565640061' AS TEXT) || hex(zeroblob(500))",
    };
    for (size_t i = 0; i < sizeof harm / sizeof harm[0]; i++) {
        struct sl_job job = add(bench, "/a", 1);
        assert_int_equal(sl_db_exec(bench->journal, harm[i], "harm", NULL), SL_OK);
        struct all all = {0};
        struct sl_err err = {0};
        const int rc = sl_journal_each(bench->journal, take, &all, &err);
        if (i + 1 < sizeof harm / sizeof harm[0]) {
            assert_int_equal(rc, SL_EJOURNAL);
            assert_int_equal(all.count, 0);
            assert_non_null(strstr(err.text, "damaged"));
        }
        (void)!sl_journal_update(bench->journal, &job, NULL, &err); /* and nothing breaks */
        assert_int_equal(sl_journal_remove(bench->journal, job.id, NULL), SL_OK);
    }
    add(bench, "/a", 1);
    assert_int_equal(sl_db_exec(bench->journal, "UPDATE history SET to_state = ''", "harm", NULL),
                     SL_OK);
    struct lines lines = {0};
    assert_int_equal(sl_journal_history(bench->journal, read_all(bench->journal)->jobs[0].id,
                                        take_line, &lines, NULL),
                     SL_EJOURNAL);
    assert_int_equal(lines.count, 0);
}

static void what_is_no_file_in_the_journals_place_is_refused(void **state)
{
    struct bench *bench = *state;
    char path[SL_PATH_BYTES];
    in_state(path, bench, "journal.db");
    sl_journal_close(bench->journal);
    bench->journal = NULL;
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0); /* opening it would wait for ever */
    struct sl_err err = {0};
    assert_int_equal(try_open(bench, SL_JOURNAL_READ, &err), SL_EJOURNAL);
    assert_int_equal(try_open(bench, SL_JOURNAL_WRITE, &err), SL_EJOURNAL);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(try_open(bench, SL_JOURNAL_WRITE, &err), SL_EJOURNAL);
}

static void a_state_folder_that_cannot_be_is_refused(void **state)
{
    struct bench *bench = *state;
    sl_tmp_file(NULL, bench->dir, "file", 1, 0);
    char dir[SL_PATH_BYTES];
    assert_int_equal(sl_path_join(dir, sizeof dir, bench->dir, "file", NULL), SL_OK);
    struct sl_journal *journal = NULL;
    assert_int_equal(sl_journal_open(&journal, dir, SL_JOURNAL_WRITE, &bench->clock, NULL),
                     SL_ENOENT);
    char longest[SL_PATH_BYTES];
    memset(longest, 'x', sizeof longest);
    longest[0] = '/';
    longest[SL_PATH_BYTES - 1] = '\0';
    assert_int_equal(sl_journal_open(&journal, longest, SL_JOURNAL_WRITE, &bench->clock, NULL),
                     SL_EOVERFLOW);
    assert_null(journal);
}

static void a_hundred_thousand_jobs_are_read(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(sl_journal_begin(bench->journal, NULL), SL_OK);
    for (int i = 0; i < MANY_JOBS; i++) {
        char path[64];
        snprintf(path, sizeof path, "/srv/video/film-%06d.mkv", i);
        add(bench, path, MANY_JOBS - i);
    }
    assert_int_equal(sl_journal_commit(bench->journal, NULL), SL_OK);
    reopen(bench);
    const struct all *all = read_all(bench->journal);
    assert_int_equal(all->count, MANY_JOBS);
    assert_int_equal(all->jobs[0].rank, 1);
    struct sl_job found;
    assert_int_equal(
        sl_journal_find_path(bench->journal, "/srv/video/film-001234.mkv", &found, NULL), 1);
    assert_int_equal(found.rank, MANY_JOBS - 1234);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(everything_of_a_job_survives),
        TEST(every_state_and_every_error_survives),
        TEST(hostile_paths_come_back_byte_for_byte),
        TEST(the_newest_job_of_a_path_is_found),
        TEST(jobs_come_by_rank_until_the_callback_stops),
        TEST(the_list_cannot_be_asked_for_from_within),
        TEST(an_update_leaves_file_and_provider_alone_and_a_replan_writes_the_file),
        TEST(a_piece_that_is_no_longer_known_is_forgotten),
        TEST(jobs_that_are_not_there_are_refused),
        TEST(history_holds_every_change_of_state_and_nothing_else),
        TEST(a_removed_job_takes_its_history_and_its_id_with_it),
        TEST(a_rollback_leaves_nothing),
        TEST(closing_takes_an_open_transaction_back),
        TEST(a_failed_change_inside_a_transaction_leaves_the_others),
        TEST(transactions_out_of_order_are_refused),
        TEST(a_full_disk_is_told_and_what_was_saved_stays),
        TEST(a_transaction_that_sqlite_took_back_stays_failed),
        TEST(folder_and_files_are_for_the_owner_alone),
        TEST(the_database_can_be_read_with_plain_sql),
        TEST(pragmas_are_what_durability_needs),
        TEST(a_file_without_a_version_is_brought_up_to_date),
        TEST(a_journal_of_a_newer_sluice_is_refused),
        TEST(a_database_of_another_program_is_refused_and_left_alone),
        TEST(a_damaged_journal_is_told_with_its_path_and_a_remedy),
        TEST(content_that_was_never_written_is_damage),
        TEST(what_is_no_file_in_the_journals_place_is_refused),
        TEST(a_state_folder_that_cannot_be_is_refused),
        TEST(a_hundred_thousand_jobs_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
