/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* How a journal is left and found: closed, killed, damaged, on a disk with read errors. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/db.h"
#include "support/test.h"
#include "support/tmp.h"
#include "unit/journal_bench.h"

/* ---- a disk with read errors: SQLite's own file layer, but reads fail from some page on ---- */

static sqlite3_vfs shim;
static sqlite3_io_methods methods;
static int (*read_before)(sqlite3_file *, void *, int, sqlite3_int64);
static sqlite3_int64 bad_from = INT64_MAX;

static int shim_read(sqlite3_file *file, void *out, int len, sqlite3_int64 at)
{
    if (at < bad_from)
        return read_before(file, out, len, at);
    errno = EIO;
    return SQLITE_IOERR | (33 << 8); /* SQLITE_IOERR_CORRUPTFS, as unixRead() answers EIO */
}

static int shim_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags,
                     int *out)
{
    sqlite3_vfs *real = vfs->pAppData;
    const int code = real->xOpen(real, name, file, flags, out);
    if (code != SQLITE_OK || (flags & SQLITE_OPEN_MAIN_DB) == 0)
        return code;
    methods = *file->pMethods;
    read_before = methods.xRead;
    methods.xRead = shim_read;
    methods.iVersion = 2; /* no memory mapping */
    file->pMethods = &methods;
    return code;
}

static void use_shim(void)
{
    sqlite3_vfs *real = sqlite3_vfs_find(NULL);
    shim = *real;
    shim.zName = "unreadable";
    shim.pAppData = real;
    shim.xOpen = shim_open;
    assert_int_equal(sqlite3_vfs_register(&shim, 1), SQLITE_OK);
}

static void a_page_that_cannot_be_read_is_not_called_damaged(void **state)
{
    struct bench *bench = *state;
    struct sl_err err = {0};
    for (int i = 0; i < 200; i++)
        add(bench, "/some/path/or/other", i);
    sl_journal_close(bench->journal);
    use_shim();
    bench->journal = open_as(bench, SL_JOURNAL_READ);
    bad_from = 2 * 4096;
    struct all all = {0};
    const int rc = sl_journal_each(bench->journal, take, &all, &err);
    bad_from = INT64_MAX;
    sqlite3_vfs_unregister(&shim);
    assert_int_equal(rc, SL_EJOURNAL);
    assert_non_null(strstr(err.text, "could not be read"));
    assert_non_null(strstr(err.text, "Input/output error"));
    assert_null(strstr(err.text, "damaged"));
    assert_non_null(strstr(err.text, bench->state));
}

/* ---- the end ---- */

static off_t size_of(const struct bench *bench, const char *name)
{
    char path[SL_PATH_BYTES];
    struct stat st;
    in_state(path, bench, name);
    return stat(path, &st) == 0 ? st.st_size : 0;
}

static void a_closed_journal_is_whole_in_one_file_whoever_reads_meanwhile(void **state)
{
    struct bench *bench = *state;
    struct sl_journal *reader = NULL;
    add(bench, "/a", 1);
    assert_int_equal(sl_journal_open(&reader, bench->state, SL_JOURNAL_READ, &bench->clock, NULL),
                     SL_OK);
    assert_int_equal(read_all(reader)->count, 1);
    add(bench, "/b", 2);
    assert_true(size_of(bench, "journal.db-wal") > 0);
    sl_journal_close(bench->journal);
    bench->journal = NULL;
    assert_true(size_of(bench, "journal.db-wal") == 0);
    sl_journal_close(reader);
}

/* ---- after a crash ---- */

/* As if the program had been killed: its pid stays in the lock. */
static void leave_pid(const struct bench *bench)
{
    char path[SL_PATH_BYTES];
    in_state(path, bench, "lock");
    const int fd = open(path, O_WRONLY | O_TRUNC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "12345\n", 6), 6);
    close(fd);
}

static void spoil_last_page(const struct bench *bench)
{
    char path[SL_PATH_BYTES];
    char junk[4096];
    in_state(path, bench, "journal.db");
    memset(junk, 0xa5, sizeof junk);
    const int fd = open(path, O_WRONLY);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, junk, sizeof junk, size_of(bench, "journal.db") - 4096), 4096);
    close(fd);
}

static void damage_is_found_at_the_start_after_a_crash(void **state)
{
    struct bench *bench = *state;
    struct sl_err err = {0};
    struct sl_journal *journal = NULL;
    for (int i = 0; i < 200; i++)
        add(bench, "/some/path/or/other", i);
    sl_journal_close(bench->journal);
    bench->journal = NULL;
    leave_pid(bench);
    bench->journal = open_as(bench, SL_JOURNAL_WRITE); /* intact: opens */
    sl_journal_close(bench->journal);
    bench->journal = NULL;
    spoil_last_page(bench);
    leave_pid(bench);
    assert_int_equal(sl_journal_open(&journal, bench->state, SL_JOURNAL_WRITE, &bench->clock, &err),
                     SL_EJOURNAL);
    assert_non_null(strstr(err.text, "damaged"));
    assert_non_null(strstr(err.text, "move it away"));
    assert_null(journal);
}

/* ---- who holds the lock ---- */

static void a_lock_of_this_process_is_known(void **state)
{
    struct bench *bench = *state;
    assert_false(sl_journal_is_changing());
    assert_int_equal(sl_journal_txn_begin(bench->journal, NULL), SL_OK);
    assert_true(sl_journal_is_changing());
    sl_journal_txn_rollback(bench->journal);
    assert_false(sl_journal_is_changing());
    assert_int_equal(sl_journal_txn_begin(bench->journal, NULL), SL_OK);
    assert_int_equal(sl_journal_txn_commit(bench->journal, NULL), SL_OK);
    assert_false(sl_journal_is_changing());
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_page_that_cannot_be_read_is_not_called_damaged),
        TEST(a_closed_journal_is_whole_in_one_file_whoever_reads_meanwhile),
        TEST(damage_is_found_at_the_start_after_a_crash),
        TEST(a_lock_of_this_process_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
