/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lock.h"
#include "schema.h"

enum { BUSY_TIMEOUT_MS = 5000, GATHER_TIMEOUT_MS = 1000 };

const char *sl_journal_version(void)
{
    return sqlite3_libversion();
}

/* ---- open and close ---- */

/*
 * SQLite would make the file readable for all. Only a missing file is opened here: closing another
 * descriptor of a database would take away the locks of this process on it.
 */
static int create_file(const char *path, struct sl_err *err)
{
    const int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
    else if (errno != EEXIST)
        return sl_err_sys(err, errno, "make the journal %s", path);
    return SL_OK;
}

static int check_file(const char *path, struct sl_err *err)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        if (errno == ENOENT)
            return sl_err_set(err, SL_ENOENT, "nothing was uploaded yet: no journal at %s", path);
        return sl_err_sys(err, errno, "open the journal %s", path);
    }
    if (!S_ISREG(st.st_mode))
        return sl_err_set(err, SL_EJOURNAL, "open the journal: not a regular file: %s", path);
    return SL_OK;
}

static int prepare_folder(struct sl_journal *journal, const char *dir, struct sl_err *err)
{
    int rc = sl_path_make(dir, 0700, err);
    if (rc < 0)
        return rc;
    journal->lock_fd = sl_lock_acquire(dir, &journal->unclean, err);
    return journal->lock_fd < 0 ? journal->lock_fd : create_file(journal->path, err);
}

static int connect_file(struct sl_journal *journal, struct sl_err *err)
{
    const int access = journal->writer ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    const int code =
        sqlite3_open_v2(journal->path, &journal->db, access | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK)
        return sl_db_fail(journal, code, "open the journal", err);
    (void)sqlite3_extended_result_codes(journal->db, 1);
    (void)sqlite3_busy_timeout(journal->db, BUSY_TIMEOUT_MS);
    return SL_OK;
}

/* WAL lets readers in while we write; some file systems cannot do it. */
static int use_wal(struct sl_journal *journal, struct sl_err *err)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(journal->db, "PRAGMA journal_mode = WAL", -1, &stmt, NULL);
    if (code == SQLITE_OK)
        code = sl_db_step(journal, stmt);
    int rc = SL_OK;
    if (code != SQLITE_ROW)
        rc = sl_db_fail(journal, code, "open the journal", err);
    else if (strcmp((const char *)sqlite3_column_text(stmt, 0), "wal") != 0)
        rc = sl_err_set(err, SL_EJOURNAL,
                        "this file system cannot hold the journal (no shared memory): use "
                        "--state-dir with a local disk: %s",
                        journal->path);
    sqlite3_finalize(stmt);
    return rc;
}

/* After a crash or a power cut, check every page once: damaged data must not decide what is paid
 * for. */
static int check_content(struct sl_journal *journal, struct sl_err *err)
{
    sqlite3_stmt *stmt = NULL;
    int rc = SL_OK;
    int code = sqlite3_prepare_v2(journal->db, "PRAGMA quick_check(1)", -1, &stmt, NULL);
    if (code == SQLITE_OK)
        code = sl_db_step(journal, stmt);
    if (code != SQLITE_ROW)
        rc = sl_db_fail(journal, code, "check the journal", err);
    else if (strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") != 0)
        rc = sl_db_fail(journal, SQLITE_CORRUPT, "check the journal", err);
    sqlite3_finalize(stmt);
    return rc;
}

static int set_up(struct sl_journal *journal, struct sl_err *err)
{
    int rc = sl_db_exec(journal,
                        "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"
                        "PRAGMA cell_size_check = ON; PRAGMA synchronous = FULL",
                        "open the journal", err);
    if (rc == SL_OK && journal->unclean)
        rc = check_content(journal, err);
    if (rc == SL_OK)
        rc = sl_schema_check(journal, err);
    if (rc < 0 || !journal->writer)
        return rc;
    rc = use_wal(journal, err);
    return rc < 0 ? rc : sl_schema_migrate(journal, err);
}

int sl_journal_open(struct sl_journal **out, const char *state_dir, enum sl_journal_mode mode,
                    const struct sl_clock *clock, struct sl_err *err)
{
    struct sl_journal *journal = calloc(1, sizeof *journal);
    if (journal == NULL)
        return sl_err_set(err, SL_ENOMEM, "open the journal: out of memory");
    journal->writer = mode != SL_JOURNAL_READ;
    journal->migrates = mode == SL_JOURNAL_WRITE;
    journal->lock_fd = -1;
    journal->clock = *clock;
    int rc = sl_path_join(journal->path, sizeof journal->path, state_dir, "journal.db", err);
    if (rc == SL_OK && journal->migrates)
        rc = prepare_folder(journal, state_dir, err);
    if (rc == SL_OK)
        rc = check_file(journal->path, err);
    if (rc == SL_OK)
        rc = connect_file(journal, err);
    if (rc == SL_OK)
        rc = set_up(journal, err);
    if (rc < 0) {
        sl_journal_close(journal);
        return rc;
    }
    *out = journal;
    return SL_OK;
}

int sl_journal_open_beside(struct sl_journal **out, const struct sl_journal *writer,
                           struct sl_err *err)
{
    if (!writer->writer)
        return sl_err_set(err, SL_EINVAL, "open the journal: opened for reading");
    struct sl_journal *journal = calloc(1, sizeof *journal);
    if (journal == NULL)
        return sl_err_set(err, SL_ENOMEM, "open the journal: out of memory");
    journal->writer = true;
    journal->lock_fd = -1; /* the writer's lock holds for both */
    journal->clock = writer->clock;
    memcpy(journal->path, writer->path, sizeof journal->path);
    int rc = connect_file(journal, err);
    if (rc == SL_OK)
        rc = set_up(journal, err);
    if (rc < 0) {
        sl_journal_close(journal);
        return rc;
    }
    *out = journal;
    return SL_OK;
}

void sl_journal_set_patience(struct sl_journal *journal, int wait_ms)
{
    (void)sqlite3_busy_timeout(journal->db, wait_ms);
}

bool sl_journal_is_locked(const struct sl_err *err)
{
    return err->code == SL_EJOURNAL && (err->detail & 0xff) == SQLITE_BUSY;
}

/* Move everything written into journal.db, so that a copy of this file alone is complete. A reader
 * that does not let go only delays it to the next time. */
static void gather(struct sl_journal *journal)
{
    (void)sqlite3_busy_timeout(journal->db, GATHER_TIMEOUT_MS);
    (void)sqlite3_wal_checkpoint_v2(journal->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}

void sl_journal_close(struct sl_journal *journal)
{
    if (journal == NULL)
        return;
    if (journal->db != NULL)
        sl_journal_txn_rollback(journal);
    for (int i = 0; i < SL_DB_STATEMENT_COUNT; i++)
        sqlite3_finalize(journal->statements[i]);
    if (journal->lock_fd >= 0 && journal->db != NULL)
        gather(journal);
    (void)sqlite3_close(journal->db); /* all statements are gone: it cannot be busy */
    sl_lock_release(journal->lock_fd);
    free(journal);
}
