/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The journal between processes: one writer, readers beside it, and what a kill leaves behind. */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sluice/journal.h"

#include "support/fake_clock.h"
#include "support/test.h"
#include "support/tmp.h"

struct bench {
    char dir[SL_PATH_BYTES];
    struct sl_fake_clock fake;
    struct sl_clock clock;
    pid_t child;
    int from_child; /* pipes */
    int to_child;
};

static int setup(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    sl_tmp_make(bench->dir);
    bench->clock = sl_fake_clock(&bench->fake);
    *state = bench;
    return 0;
}

static int teardown(void **state)
{
    struct bench *bench = *state;
    sl_tmp_remove(bench->dir);
    free(bench);
    return 0;
}

static int open_as(const struct bench *bench, struct sl_journal **out, enum sl_journal_mode mode,
                   struct sl_err *err)
{
    return sl_journal_open(out, bench->dir, mode, &bench->clock, err);
}

/* ---- in the child: no assertions, an exit status instead ---- */

static void must(bool good)
{
    if (!good)
        _exit(9);
}

static void tell(int fd)
{
    must(write(fd, "x", 1) == 1);
}

/* Two jobs a transaction: a journal with an odd number of them saw half of one. */
static void add_pair(struct sl_journal *journal, int64_t rank)
{
    must(sl_journal_txn_begin(journal, NULL) == SL_OK);
    for (int i = 0; i < 2; i++) {
        struct sl_job job = {.state = SL_JOB_QUEUED, .rank = rank};
        must(sl_journal_add(journal, &job, "/pair", NULL) == SL_OK);
    }
}

typedef void (*child_fn)(const struct bench *bench, int in, int out);

static void start_child(struct bench *bench, child_fn fn)
{
    int up[2], down[2];
    assert_int_equal(pipe(up), 0);
    assert_int_equal(pipe(down), 0);
    bench->child = fork();
    assert_true(bench->child >= 0);
    if (bench->child == 0) {
        close(up[0]);
        close(down[1]);
        fn(bench, down[0], up[1]);
        _exit(0);
    }
    close(up[1]);
    close(down[0]);
    bench->from_child = up[0];
    bench->to_child = down[1];
}

static void hear(const struct bench *bench)
{
    char byte;
    assert_int_equal(read(bench->from_child, &byte, 1), 1);
}

static int end_child(struct bench *bench)
{
    int status = -1;
    close(bench->to_child);
    assert_int_equal(waitpid(bench->child, &status, 0), bench->child);
    close(bench->from_child);
    return status;
}

static void kill_child(struct bench *bench)
{
    assert_int_equal(kill(bench->child, SIGKILL), 0);
    const int status = end_child(bench);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* ---- reading ---- */

struct tally {
    int64_t jobs;
    int64_t lines;
    struct sl_journal *journal;
};

static int count_line(void *ctx, const struct sl_history *line)
{
    struct tally *tally = ctx;
    assert_int_equal(line->to, SL_JOB_QUEUED);
    tally->lines++;
    return 0;
}

static int count_job(void *ctx, const struct sl_job *job, const char *path, const char *url)
{
    struct tally *tally = ctx;
    assert_string_equal(path, "/pair");
    assert_string_equal(url, "");
    tally->jobs++;
    return sl_journal_history(tally->journal, job->id, count_line, tally, NULL);
}

/* Jobs in the journal, each with its line of history. */
static int64_t count_jobs(struct sl_journal *journal)
{
    struct tally tally = {.journal = journal};
    assert_int_equal(sl_journal_each(journal, count_job, &tally, NULL), 0);
    assert_int_equal(tally.lines, tally.jobs);
    return tally.jobs;
}

/* ---- tests ---- */

static void hold(const struct bench *bench, int in, int out)
{
    struct sl_journal *journal = NULL;
    must(open_as(bench, &journal, SL_JOURNAL_WRITE, NULL) == SL_OK);
    tell(out);
    char byte;
    must(read(in, &byte, 1) == 0); /* until the other end is closed */
    sl_journal_close(journal);
}

static void a_second_writer_is_told_who_holds_the_folder(void **state)
{
    struct bench *bench = *state;
    start_child(bench, hold);
    hear(bench);
    struct sl_journal *journal = NULL;
    struct sl_err err = {0};
    assert_int_equal(open_as(bench, &journal, SL_JOURNAL_WRITE, &err), SL_EHELD);
    assert_null(journal);
    char text[2 * SL_ERR_TEXT_BYTES];
    snprintf(
        text, sizeof text,
        "another sluice (pid %ld) is using %s: `sluice` shows it, `sluice PATH` adds files to it; or use --state-dir",
        (long)bench->child, bench->dir);
    assert_string_equal(err.text, text);
    assert_int_equal(open_as(bench, &journal, SL_JOURNAL_READ, &err), SL_OK);
    sl_journal_close(journal);
    assert_int_equal(end_child(bench), 0);
    assert_int_equal(open_as(bench, &journal, SL_JOURNAL_WRITE, &err), SL_OK);
    sl_journal_close(journal);
}

static void a_second_writer_in_the_same_process_is_refused_too(void **state)
{
    struct bench *bench = *state;
    struct sl_journal *first = NULL, *second = NULL;
    assert_int_equal(open_as(bench, &first, SL_JOURNAL_WRITE, NULL), SL_OK);
    assert_int_equal(open_as(bench, &second, SL_JOURNAL_WRITE, NULL), SL_EHELD);
    sl_journal_close(first);
    assert_int_equal(open_as(bench, &second, SL_JOURNAL_WRITE, NULL), SL_OK);
    sl_journal_close(second);
}

static void the_lock_of_a_killed_writer_is_free(void **state)
{
    struct bench *bench = *state;
    start_child(bench, hold);
    hear(bench);
    kill_child(bench);
    struct sl_journal *journal = NULL;
    assert_int_equal(open_as(bench, &journal, SL_JOURNAL_WRITE, NULL), SL_OK);
    sl_journal_close(journal);
}

static void a_lock_that_holds_no_pid_is_told_without_one(void **state)
{
    struct bench *bench = *state;
    struct sl_journal *first = NULL, *second = NULL;
    assert_int_equal(open_as(bench, &first, SL_JOURNAL_WRITE, NULL), SL_OK);
    char path[SL_PATH_BYTES];
    assert_int_equal(sl_path_join(path, sizeof path, bench->dir, "lock", NULL), SL_OK);
    static const char *const texts[] = {"", "-5\n", "garbage", "99999999999999999999999999999"};
    for (size_t i = 0; i < 4; i++) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        assert_true(fputs(texts[i], file) >= 0);
        assert_int_equal(fclose(file), 0);
        struct sl_err err = {0};
        assert_int_equal(open_as(bench, &second, SL_JOURNAL_WRITE, &err), SL_EHELD);
        assert_non_null(strstr(err.text, "another sluice"));
        assert_true(i == 3 || strstr(err.text, "pid") == NULL);
    }
    sl_journal_close(first);
}

static void a_reader_without_a_journal_is_told_so_and_makes_nothing(void **state)
{
    struct bench *bench = *state;
    struct sl_journal *journal = NULL;
    struct sl_err err = {0};
    assert_int_equal(open_as(bench, &journal, SL_JOURNAL_READ, &err), SL_ENOENT);
    char path[SL_PATH_BYTES];
    struct stat st;
    assert_int_equal(sl_path_join(path, sizeof path, bench->dir, "journal.db", NULL), SL_OK);
    assert_int_equal(stat(path, &st), -1);
}

static void write_pairs(const struct bench *bench, int in, int out)
{
    struct sl_journal *journal = NULL;
    must(open_as(bench, &journal, SL_JOURNAL_WRITE, NULL) == SL_OK);
    char byte;
    for (int64_t n = 0; read(in, &byte, 1) == 1; n++) {
        add_pair(journal, n);
        if (byte == 'c')
            must(sl_journal_txn_commit(journal, NULL) == SL_OK);
        tell(out);
        if (byte != 'c') { /* the next byte ends the transaction */
            must(read(in, &byte, 1) == 1);
            sl_journal_txn_rollback(journal);
            tell(out);
        }
    }
    sl_journal_close(journal);
}

static void order(const struct bench *bench, char what)
{
    assert_int_equal(write(bench->to_child, &what, 1), 1);
    hear(bench);
}

static void a_reader_sees_what_is_committed_and_nothing_else(void **state)
{
    struct bench *bench = *state;
    start_child(bench, write_pairs);
    order(bench, 'c');
    struct sl_journal *reader = NULL;
    assert_int_equal(open_as(bench, &reader, SL_JOURNAL_READ, NULL), SL_OK);
    assert_int_equal(count_jobs(reader), 2);
    order(bench, 'o'); /* a transaction is open in the writer */
    assert_int_equal(count_jobs(reader), 2);
    order(bench, 'r');
    assert_int_equal(count_jobs(reader), 2);
    order(bench, 'c');
    assert_int_equal(count_jobs(reader), 4);
    assert_int_equal(end_child(bench), 0);
    assert_int_equal(count_jobs(reader), 4);
    sl_journal_close(reader);
}

static void a_reader_changes_nothing(void **state)
{
    struct bench *bench = *state;
    start_child(bench, write_pairs);
    order(bench, 'c');
    assert_int_equal(end_child(bench), 0);
    struct sl_journal *reader = NULL;
    assert_int_equal(open_as(bench, &reader, SL_JOURNAL_READ, NULL), SL_OK);
    struct sl_job job = {0};
    assert_int_equal(sl_journal_find_path(reader, "/pair", &job, NULL), 1);
    assert_int_equal(sl_journal_txn_begin(reader, NULL), SL_EINVAL);
    assert_int_equal(sl_journal_add(reader, &job, "/x", NULL), SL_EINVAL);
    assert_int_equal(sl_journal_update(reader, &job, NULL, NULL), SL_EINVAL);
    assert_int_equal(sl_journal_remove(reader, job.id, NULL), SL_EINVAL);
    assert_int_equal(count_jobs(reader), 2);
    sl_journal_close(reader);
}

static void write_without_end(const struct bench *bench, int in, int out)
{
    (void)in;
    struct sl_journal *journal = NULL;
    must(open_as(bench, &journal, SL_JOURNAL_WRITE, NULL) == SL_OK);
    for (int64_t n = 0;; n++) {
        add_pair(journal, n);
        must(sl_journal_txn_commit(journal, NULL) == SL_OK);
        tell(out);
    }
}

/* What the child told after its commit is there, and no half of a transaction. */
static void a_killed_writer_leaves_whole_transactions(void **state)
{
    struct bench *bench = *state;
    int64_t told = 0;
    for (int round = 1; round <= 5; round++) {
        start_child(bench, write_without_end);
        for (int i = 0; i < 4 * round; i++, told++)
            hear(bench);
        kill_child(bench);
        struct sl_journal *journal = NULL;
        /* first a reader, that finds the log of the dead writer; then a writer */
        for (int mode = SL_JOURNAL_READ; mode >= SL_JOURNAL_WRITE; mode--) {
            assert_int_equal(open_as(bench, &journal, (enum sl_journal_mode)mode, NULL), SL_OK);
            const int64_t jobs = count_jobs(journal);
            assert_true(jobs >= 2 * told);
            assert_int_equal(jobs % 2, 0);
            sl_journal_close(journal);
        }
    }
}

/* Killed between begin and commit, for certain. */
static void a_writer_killed_in_a_transaction_leaves_nothing_of_it(void **state)
{
    struct bench *bench = *state;
    start_child(bench, write_pairs);
    order(bench, 'c');
    order(bench, 'o');
    kill_child(bench);
    struct sl_journal *journal = NULL;
    assert_int_equal(open_as(bench, &journal, SL_JOURNAL_READ, NULL), SL_OK);
    assert_int_equal(count_jobs(journal), 2);
    sl_journal_close(journal);
    assert_int_equal(open_as(bench, &journal, SL_JOURNAL_WRITE, NULL), SL_OK);
    assert_int_equal(count_jobs(journal), 2);
    sl_journal_close(journal);
}

int main(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_second_writer_is_told_who_holds_the_folder),
        TEST(a_second_writer_in_the_same_process_is_refused_too),
        TEST(the_lock_of_a_killed_writer_is_free),
        TEST(a_lock_that_holds_no_pid_is_told_without_one),
        TEST(a_reader_without_a_journal_is_told_so_and_makes_nothing),
        TEST(a_reader_sees_what_is_committed_and_nothing_else),
        TEST(a_reader_changes_nothing),
        TEST(a_killed_writer_leaves_whole_transactions),
        TEST(a_writer_killed_in_a_transaction_leaves_nothing_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
