/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Every allocation of SQLite fails once, one after another, and everything from there on fails:
 * each time the journal says so, stays whole, and leaks nothing (run it under ASan).
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "sluice/journal.h"

#include "support/fake_clock.h"
#include "support/test.h"
#include "support/tmp.h"

static sqlite3_mem_methods usual;
static long before_failure = -1; /* allocations that still work; -1: all */
static bool for_ever;            /* after the first failure all fail */
static bool has_failed;

static bool fails_now(void)
{
    if (before_failure < 0 || (before_failure == 0 && has_failed && !for_ever))
        return false;
    if (before_failure > 0) {
        before_failure--;
        return false;
    }
    has_failed = true;
    return true;
}

static void *failing_malloc(int bytes)
{
    return fails_now() ? NULL : usual.xMalloc(bytes);
}

static void *failing_realloc(void *memory, int bytes)
{
    return fails_now() ? NULL : usual.xRealloc(memory, bytes);
}

/* Longer than what fits in a page: values are put together in memory of their own. */
static char path_of_job[SL_PATH_BYTES];
static char url_of_job[6000];

static int take(void *ctx, const struct sl_job *job, const char *path, const char *url)
{
    int *count = ctx;
    assert_string_equal(path, path_of_job);
    assert_string_equal(url, url_of_job);
    assert_int_equal(job->state, SL_JOB_FAILED);
    assert_int_equal(job->err.code, SL_EREFUSED);
    assert_true(job->has_piece);
    ++*count;
    return 0;
}

static int change(struct sl_journal *journal, struct sl_err *err)
{
    struct sl_job job = {.state = SL_JOB_QUEUED};
    int rc = sl_journal_txn_begin(journal, err);
    if (rc == SL_OK)
        rc = sl_journal_add(journal, &job, path_of_job, err);
    job.state = SL_JOB_FAILED;
    job.has_piece = true;
    job.piece = (struct sl_piece_id){.payload_bytes = 127, .height = 2};
    (void)sl_err_set(&job.err, SL_EREFUSED, "no");
    if (rc == SL_OK)
        rc = sl_journal_update(journal, &job, url_of_job, err);
    if (rc == SL_OK)
        rc = sl_journal_txn_commit(journal, err);
    sl_journal_txn_rollback(journal);
    return rc;
}

/* Open, change, read; *committed counts what was told to be saved. */
static int use(const char *dir, const struct sl_clock *clock, int *committed, struct sl_err *err)
{
    struct sl_journal *journal = NULL;
    int rc = sl_journal_open(&journal, dir, SL_JOURNAL_WRITE, clock, err);
    if (rc < 0)
        return rc;
    rc = change(journal, err);
    *committed += rc == SL_OK;
    int count = 0;
    if (rc == SL_OK)
        rc = sl_journal_each(journal, take, &count, err);
    if (rc == SL_OK)
        assert_int_equal(count, *committed);
    sl_journal_close(journal);
    return rc;
}

static void fail_until_it_works(const char *dir, const struct sl_clock *clock, int *committed)
{
    for (long n = 0;; n++) {
        has_failed = false;
        before_failure = n;
        struct sl_err err = {0};
        const int rc = use(dir, clock, committed, &err);
        const bool failed = has_failed;
        before_failure = -1;
        if (!failed) {
            assert_int_equal(rc, SL_OK);
            return;
        }
        if (rc != SL_OK) {
            assert_int_equal(rc, SL_ENOMEM);
            assert_int_equal(err.code, SL_ENOMEM);
        }
    }
}

static void each_failed_allocation_is_told_and_the_journal_stays_whole(void **state)
{
    (void)state;
    memset(path_of_job, 'p', sizeof path_of_job - 1);
    memset(url_of_job, 'u', sizeof url_of_job - 1);
    struct sl_fake_clock fake = {0};
    const struct sl_clock clock = sl_fake_clock(&fake);
    for (int mode = 0; mode < 2; mode++) {
        for_ever = mode == 1;
        char dir[SL_PATH_BYTES];
        sl_tmp_make(dir);
        int committed = 0;
        fail_until_it_works(dir, &clock, &committed);
        assert_int_equal(use(dir, &clock, &committed, NULL), SL_OK);
        assert_true(committed >= 2);
        sl_tmp_remove(dir);
    }
}

int main(void)
{
    /* a thousand journals that need no disk */
    if (access("/dev/shm", W_OK) == 0 && setenv("TMPDIR", "/dev/shm", 0) != 0)
        return 1;
    /* before SQLite is used for the first time */
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &usual) != SQLITE_OK)
        return 1;
    static sqlite3_mem_methods failing;
    failing = usual;
    failing.xMalloc = failing_malloc;
    failing.xRealloc = failing_realloc;
    if (sqlite3_config(SQLITE_CONFIG_MALLOC, &failing) != SQLITE_OK ||
        sqlite3_initialize() != SQLITE_OK)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_failed_allocation_is_told_and_the_journal_stays_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
