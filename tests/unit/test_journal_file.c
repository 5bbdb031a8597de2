/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The journal as a file: transactions, a full disk, versions, damage, size. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/journal.h"
#include "sluice/journal_commit.h"

#include "store/db.h"
#include "support/sanitized.h"
#include "support/test.h"
#include "support/tmp.h"
#include "unit/journal_bench.h"

enum { MANY_JOBS = SL_SANITIZED ? 2000 : 100000 };

/* ---- transactions ---- */

static void a_rollback_leaves_nothing(void **state)
{
    struct bench *bench = *state;
    struct sl_job kept = add(bench, "/kept", 1);
    assert_int_equal(sl_journal_txn_begin(bench->journal, NULL), SL_OK);
    add(bench, "/gone", 2);
    kept.state = SL_JOB_FAILED;
    assert_int_equal(sl_journal_update(bench->journal, &kept, "http://p/", NULL), SL_OK);
    assert_int_equal(read_all(bench->journal)->count, 2);
    sl_journal_txn_rollback(bench->journal);
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
    assert_int_equal(sl_journal_txn_begin(bench->journal, NULL), SL_OK);
    add(bench, "/a", 1);
    reopen(bench);
    assert_int_equal(read_all(bench->journal)->count, 0);
    assert_int_equal(sl_journal_txn_begin(bench->journal, NULL), SL_OK);
    add(bench, "/a", 1);
    assert_int_equal(sl_journal_txn_commit(bench->journal, NULL), SL_OK);
    reopen(bench);
    assert_int_equal(read_all(bench->journal)->count, 1);
}

static void a_failed_change_inside_a_transaction_leaves_the_others(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(sl_journal_txn_begin(bench->journal, NULL), SL_OK);
    add(bench, "/a", 1);
    struct sl_job job = a_job(1);
    job.id = 999;
    assert_int_equal(sl_journal_update(bench->journal, &job, "http://p/", NULL), SL_EINVAL);
    add(bench, "/b", 2);
    assert_int_equal(sl_journal_txn_commit(bench->journal, NULL), SL_OK);
    assert_int_equal(read_all(bench->journal)->count, 2);
}

static void transactions_out_of_order_are_refused(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(sl_journal_txn_commit(bench->journal, NULL), SL_EINVAL);
    sl_journal_txn_rollback(bench->journal);
    assert_int_equal(sl_journal_txn_begin(bench->journal, NULL), SL_OK);
    assert_int_equal(sl_journal_txn_begin(bench->journal, NULL), SL_EINVAL);
    assert_int_equal(sl_journal_txn_commit(bench->journal, NULL), SL_OK);
}

static void a_full_disk_is_told_and_what_was_saved_stays(void **state)
{
    struct bench *bench = *state;
    add(bench, "/saved", 0);
    assert_int_equal(sl_db_exec(bench->journal, "PRAGMA max_page_count = 30", "limit", NULL),
                     SL_OK);
    assert_int_equal(sl_journal_txn_begin(bench->journal, NULL), SL_OK);
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
    sl_journal_txn_rollback(bench->journal);
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
    assert_int_equal(sl_journal_txn_begin(bench->journal, NULL), SL_OK);
    add(bench, "/a", 1);
    assert_int_equal(sl_db_exec(bench->journal, "ROLLBACK", "as SQLite would", NULL), SL_OK);
    struct sl_job job = a_job(2);
    assert_int_equal(sl_journal_add(bench->journal, &job, "/b", NULL), SL_EJOURNAL);
    assert_int_equal(sl_journal_txn_commit(bench->journal, NULL), SL_EJOURNAL);
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

static void a_change_beside_the_writer_needs_no_lock_and_makes_no_journal(void **state)
{
    struct bench *bench = *state;
    struct sl_journal *joined = NULL;
    struct sl_err err = {0};
    assert_int_equal(sl_journal_open(&joined, bench->state, SL_JOURNAL_JOIN, &bench->clock, &err),
                     SL_OK);
    assert_int_equal(sl_journal_pieces_gone(joined, 1, 2, NULL, 0, &err), SL_OK);
    sl_journal_close(joined);
    assert_int_equal(sl_journal_open(&joined, "/nonexistent", SL_JOURNAL_JOIN, &bench->clock, &err),
                     SL_ENOENT);
    assert_int_equal(sl_db_exec(bench->journal, "PRAGMA user_version = 5", "age", NULL), SL_OK);
    assert_int_equal(sl_journal_open(&joined, bench->state, SL_JOURNAL_JOIN, &bench->clock, &err),
                     SL_EJOURNAL);
    assert_non_null(strstr(err.text, "older sluice (version 5"));
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

static void a_journal_of_an_older_sluice_is_brought_up_to_date(void **state)
{
    struct bench *bench = *state;
    const struct sl_job job = add(bench, "/a", 1);
    sl_journal_close(bench->journal);
    bench->journal = NULL;
    /* its change time is not known, whatever it was: the bench's job has none */
    meddle(bench, "ALTER TABLE jobs DROP COLUMN ctime_ns;"
                  "ALTER TABLE jobs DROP COLUMN limit_bytes_per_s; DROP INDEX pieces_by_cid;"
                  "DROP INDEX jobs_stored_by_size; CREATE INDEX jobs_by_size ON jobs (size_bytes);"
                  "ALTER TABLE commit_pieces DROP COLUMN gone_ms;" OLD_PROVIDERS OLD_LABELS
                  "PRAGMA user_version = 5");
    struct sl_err err = {0};
    assert_int_equal(try_open(bench, SL_JOURNAL_READ, &err), SL_EJOURNAL);
    assert_non_null(strstr(err.text, "older sluice (version 5"));
    assert_int_equal(try_open(bench, SL_JOURNAL_WRITE, &err), SL_OK);
    assert_int_equal(sl_journal_came_from(bench->journal), 5);
    assert_same_job(&read_all(bench->journal)->jobs[0], &job);
}

static int same_commit(void *ctx, const struct sl_journal_commit *commit, const void *payload,
                       size_t len)
{
    const struct sl_journal_commit *want = ctx;
    assert_int_equal(commit->id, want->id);
    assert_int_equal(commit->count, 2);
    assert_true(sl_piece_id_equal(&commit->pieces[1], &want->pieces[1]));
    assert_int_equal(len, 3);
    assert_memory_equal(payload, "abc", 3);
    return 1;
}

static void commits_of_an_older_sluice_are_kept(void **state)
{
    struct bench *bench = *state;
    struct sl_journal_commit commit = {.count = 2};
    struct sl_err err = {0};
    for (size_t i = 0; i < 2; i++)
        commit.pieces[i] = (struct sl_piece_id){.payload_bytes = 500 + i, .height = 4};
    assert_int_equal(sl_journal_put_commit(bench->journal, &commit, "abc", 3, &err), SL_OK);
    sl_journal_close(bench->journal);
    bench->journal = NULL;
    meddle(bench, "CREATE UNIQUE INDEX one_nonce ON commits (chain_id, payer, nonce);"
                  "DROP INDEX commits_by_nonce; DROP INDEX commits_creating;"
                  "DROP INDEX commits_by_data_set;"
                  "ALTER TABLE jobs DROP COLUMN ctime_ns;"
                  "ALTER TABLE commit_pieces DROP COLUMN gone_ms;" OLD_PROVIDERS OLD_LABELS
                  "PRAGMA user_version = 7");
    if (try_open(bench, SL_JOURNAL_WRITE, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(sl_journal_each_commit(bench->journal, true, same_commit, &commit, NULL), 1);
    assert_int_equal(sl_journal_put_commit(bench->journal, &commit, "abc", 3, &err), SL_OK);
}

/* A provider with two URLs, and one that no commit knows. */
static void providers_of_an_older_sluice_get_the_ids_of_their_commits(void **state)
{
    struct bench *bench = *state;
    struct sl_err err = {0};
    static const char *const urls[] = {"http://h:1/", "http://h:2/", "http://h:3/"};
    for (int i = 0; i < 3; i++) {
        char path[] = {'/', (char)('a' + i), '\0'};
        struct sl_job job = add(bench, path, i);
        assert_int_equal(sl_journal_update(bench->journal, &job, urls[i], &err), SL_OK);
        struct sl_journal_commit commit = {
            .chain_id = 7, .provider_id = sl_u256(5), .pieces = {piece_of(500)}, .count = 1};
        snprintf(commit.service_url, sizeof commit.service_url, "%s", urls[i]);
        if (i < 2)
            assert_int_equal(sl_journal_put_commit(bench->journal, &commit, "abc", 3, &err), SL_OK);
    }
    sl_journal_close(bench->journal);
    bench->journal = NULL;
    meddle(bench, "ALTER TABLE jobs DROP COLUMN ctime_ns;" OLD_PROVIDERS OLD_LABELS
                  "PRAGMA user_version = 8");
    if (try_open(bench, SL_JOURNAL_WRITE, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(sl_journal_provider_is_at(bench->journal, 7, sl_u256(5), "http://h:9/", &err),
                     SL_OK);
    const struct all *all = read_all(bench->journal);
    assert_string_equal(all->urls[0], "http://h:9/");
    assert_string_equal(all->urls[1], "http://h:9/");
    assert_string_equal(all->urls[2], "http://h:3/");
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
    assert_int_equal(sl_journal_txn_begin(bench->journal, NULL), SL_OK);
    for (int i = 0; i < MANY_JOBS; i++) {
        char path[64];
        snprintf(path, sizeof path, "/srv/video/film-%06d.mkv", i);
        add(bench, path, MANY_JOBS - i);
    }
    assert_int_equal(sl_journal_txn_commit(bench->journal, NULL), SL_OK);
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
        TEST(a_rollback_leaves_nothing),
        TEST(closing_takes_an_open_transaction_back),
        TEST(a_failed_change_inside_a_transaction_leaves_the_others),
        TEST(transactions_out_of_order_are_refused),
        TEST(a_full_disk_is_told_and_what_was_saved_stays),
        TEST(a_transaction_that_sqlite_took_back_stays_failed),
        TEST(folder_and_files_are_for_the_owner_alone),
        TEST(the_database_can_be_read_with_plain_sql),
        TEST(pragmas_are_what_durability_needs),
        TEST(a_change_beside_the_writer_needs_no_lock_and_makes_no_journal),
        TEST(a_file_without_a_version_is_brought_up_to_date),
        TEST(a_journal_of_an_older_sluice_is_brought_up_to_date),
        TEST(commits_of_an_older_sluice_are_kept),
        TEST(providers_of_an_older_sluice_get_the_ids_of_their_commits),
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
