/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "db.h"

#include <errno.h>
#include <string.h>

static const char *const statements[SL_DB_STATEMENT_COUNT] = {
#define SL_DB_ROW(id, sql) [id] = (sql),
    SL_DB_STATEMENTS(SL_DB_ROW)
#undef SL_DB_ROW
};

/* ---- errors ---- */

static bool disk_is_full(const struct sl_journal *journal, int sqlite_code)
{
    const int sys = journal->db != NULL ? sqlite3_system_errno(journal->db) : 0;
    return (sqlite_code & 0xff) == SQLITE_FULL ||
           ((sqlite_code & 0xff) == SQLITE_IOERR && (sys == ENOSPC || sys == EDQUOT));
}

/* The disk failed to read a page: the content itself may be sound. */
static bool could_not_be_read(const struct sl_journal *journal, int sqlite_code)
{
    const int sys = journal->sys_errno;
    switch (sqlite_code & 0xff) {
    case SQLITE_IOERR:
        return true;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return sys == EIO || sys == ENXIO ||
               sys == ERANGE; /* the same errnos as in SQLite's unixRead() */
    default:
        return false;
    }
}

/* The remedy stands before the path: a long path is cut at the end. */
static int damaged(const struct sl_journal *journal, const char *what, const char *how,
                   struct sl_err *err)
{
    return sl_err_set(err, SL_EJOURNAL,
                      "%s: the journal is damaged (%s): move it away with its -wal and add "
                      "the files again, what is stored is not sent twice: %s",
                      what, how, journal->path);
}

static int unreadable(const struct sl_journal *journal, const char *what, struct sl_err *err)
{
    const int sys = journal->sys_errno != 0 ? journal->sys_errno : EIO;
    char why[64] = "";
    (void)strerror_r(sys, why, sizeof why);
    return sl_err_set(err, SL_EJOURNAL,
                      "%s: the journal could not be read or written (%s): look at its disk, then "
                      "run this again: %s",
                      what, why, journal->path);
}

int sl_db_damaged(const struct sl_journal *journal, const char *what, struct sl_err *err)
{
    const int code = sqlite3_extended_errcode(journal->db);
    if ((code & 0xff) == SQLITE_NOMEM || could_not_be_read(journal, code))
        return sl_db_fail(journal, code, what, err);
    return damaged(journal, what, "unknown content", err);
}

int sl_db_fail(const struct sl_journal *journal, int sqlite_code, const char *what,
               struct sl_err *err)
{
    const char *text = sqlite3_errstr(sqlite_code);
    /* the connection knows more, as long as it speaks of the same failure */
    if (journal->db != NULL && sqlite3_extended_errcode(journal->db) == sqlite_code)
        text = sqlite3_errmsg(journal->db);
    int code = SL_EJOURNAL;
    switch (sqlite_code & 0xff) {
    case SQLITE_NOMEM:
        code = sl_err_set(err, SL_ENOMEM, "%s: out of memory", what);
        break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        if (could_not_be_read(journal, sqlite_code))
            code = unreadable(journal, what, err);
        else
            code = damaged(journal, what, text, err);
        break;
    default:
        if (disk_is_full(journal, sqlite_code))
            code = sl_err_set(err, SL_ENOSPC, "%s: the disk is full: make room on it: %s", what,
                              journal->path);
        else if (could_not_be_read(journal, sqlite_code))
            code = unreadable(journal, what, err);
        else
            code = sl_err_set(err, SL_EJOURNAL, "%s: %s: %s", what, text, journal->path);
        break;
    }
    if (err != NULL)
        err->detail = sqlite_code;
    return code;
}

/* ---- calls ---- */

int sl_db_step(struct sl_journal *journal, sqlite3_stmt *stmt)
{
    errno = 0;
    const int code = sqlite3_step(stmt);
    journal->sys_errno = errno;
    return code;
}

struct sl_db_call sl_db_call(struct sl_journal *journal, enum sl_db_statement statement)
{
    struct sl_db_call call = {.journal = journal};
    sqlite3_stmt **kept = &journal->statements[statement];
    if (*kept == NULL)
        call.failed = sqlite3_prepare_v3(journal->db, statements[statement], -1,
                                         SQLITE_PREPARE_PERSISTENT, kept, NULL);
    else if (sqlite3_stmt_busy(*kept)) /* from within its own callback */
        call.failed = SQLITE_MISUSE;
    if (call.failed == SQLITE_OK)
        call.stmt = *kept;
    return call;
}

void sl_db_int(struct sl_db_call *call, int64_t value)
{
    if (call->failed == SQLITE_OK)
        call->failed = sqlite3_bind_int64(call->stmt, ++call->index, value);
}

void sl_db_u64(struct sl_db_call *call, uint64_t value)
{
    sl_db_int(call, (int64_t)value);
}

void sl_db_text(struct sl_db_call *call, const char *text)
{
    if (call->failed == SQLITE_OK)
        call->failed = sqlite3_bind_text(call->stmt, ++call->index, text, -1, SQLITE_STATIC);
}

void sl_db_bytes(struct sl_db_call *call, const void *data, size_t len)
{
    if (call->failed == SQLITE_OK)
        call->failed = sqlite3_bind_blob64(call->stmt, ++call->index, data, len, SQLITE_STATIC);
}

void sl_db_end(struct sl_db_call *call)
{
    if (call->stmt == NULL)
        return;
    (void)sqlite3_reset(call->stmt); /* repeats the code of the last step */
    (void)sqlite3_clear_bindings(call->stmt);
    call->stmt = NULL;
}

int sl_db_row(struct sl_db_call *call, const char *what, struct sl_err *err)
{
    if (call->failed == SQLITE_OK) {
        const int code = sl_db_step(call->journal, call->stmt);
        if (code == SQLITE_ROW || code == SQLITE_DONE) {
            call->index = 0;
            return code == SQLITE_ROW;
        }
        call->failed = code;
    }
    return sl_db_fail(call->journal, call->failed, what, err);
}

int sl_db_run(struct sl_db_call *call, const char *what, struct sl_err *err)
{
    int rc = sl_db_row(call, what, err);
    if (rc >= 0)
        rc = sqlite3_changes(call->journal->db);
    sl_db_end(call);
    return rc;
}

int64_t sl_db_next_int(struct sl_db_call *call)
{
    return sqlite3_column_int64(call->stmt, call->index++);
}

uint64_t sl_db_next_u64(struct sl_db_call *call)
{
    return (uint64_t)sl_db_next_int(call);
}

const char *sl_db_next_text(struct sl_db_call *call, size_t *len)
{
    const int column = call->index++;
    const char *text = (const char *)sqlite3_column_text(call->stmt, column);
    *len = text != NULL ? (size_t)sqlite3_column_bytes(call->stmt, column) : 0;
    return text;
}

const void *sl_db_next_bytes(struct sl_db_call *call, size_t *len)
{
    const int column = call->index++;
    const void *data = sqlite3_column_blob(call->stmt, column);
    *len = data != NULL ? (size_t)sqlite3_column_bytes(call->stmt, column) : 0;
    return data;
}

bool sl_db_copy_bytes(struct sl_db_call *call, void *out, size_t want)
{
    size_t len;
    const void *bytes = sl_db_next_bytes(call, &len);
    if (bytes == NULL || len != want)
        return false;
    memcpy(out, bytes, want);
    return true;
}

bool sl_db_copy_text(struct sl_db_call *call, char *out, size_t cap)
{
    size_t len;
    const char *text = sl_db_next_text(call, &len);
    if (text == NULL || len >= cap)
        return false;
    memcpy(out, text, len + 1);
    return true;
}

bool sl_db_sound(const struct sl_db_call *call)
{
    return sqlite3_errcode(call->journal->db) != SQLITE_NOMEM;
}

/* ---- fixed SQL ---- */

int sl_db_exec(struct sl_journal *journal, const char *sql, const char *what, struct sl_err *err)
{
    errno = 0;
    const int code = sqlite3_exec(journal->db, sql, NULL, NULL, NULL);
    journal->sys_errno = errno;
    return code == SQLITE_OK ? SL_OK : sl_db_fail(journal, code, what, err);
}

int sl_db_ask(struct sl_journal *journal, const char *sql, int64_t *value, const char *what,
              struct sl_err *err)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(journal->db, sql, -1, &stmt, NULL);
    if (code == SQLITE_OK)
        code = sl_db_step(journal, stmt);
    *value = code == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
    const int rc = code == SQLITE_ROW ? SL_OK : sl_db_fail(journal, code, what, err);
    sqlite3_finalize(stmt);
    return rc;
}
