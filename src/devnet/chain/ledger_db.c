/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "chain/ledger_db.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "chain/ledger_schema.h"

static int fail(struct sl_ledger_db *db, struct sl_err *err)
{
    const int code = sqlite3_extended_errcode(db->handle);
    const int rc = sl_err_set(err, (code & 0xff) == SQLITE_FULL ? SL_ENOSPC : SL_EJOURNAL,
                              "the ledger's database: %s", sqlite3_errmsg(db->handle));
    if (err != NULL)
        err->detail = code;
    return rc;
}

int sl_ledger_db_exec(struct sl_ledger_db *db, const char *sql, struct sl_err *err)
{
    return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK ? SL_OK : fail(db, err);
}

static int read_version(struct sl_ledger_db *db, uint64_t *version, struct sl_err *err)
{
    return sl_ledger_db_row(db, err, "PRAGMA user_version", "", "i", version);
}

static int migrate(struct sl_ledger_db *db, struct sl_err *err)
{
    uint64_t version = 0;
    int rc = read_version(db, &version, err);
    if (rc < 0)
        return rc;
    if (version > sl_ledger_schema_version)
        return sl_err_set(err, SL_EJOURNAL, "the ledger's database is of a newer sluice (%llu)",
                          (unsigned long long)version);
    for (rc = SL_OK; rc == SL_OK && version < sl_ledger_schema_version; version++) {
        char *sql = sqlite3_mprintf("BEGIN IMMEDIATE; %s PRAGMA user_version = %d; COMMIT",
                                    sl_ledger_schema[version], (int)version + 1);
        rc = sql != NULL ? sl_ledger_db_exec(db, sql, err)
                         : sl_err_set(err, SL_ENOMEM, "out of memory");
        sqlite3_free(sql);
    }
    return rc;
}

int sl_ledger_db_open(struct sl_ledger_db *db, const char *path, struct sl_err *err)
{
    /* one lock of the ledger serialises every use of the handle */
    const int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
    *db = (struct sl_ledger_db){0};
    if (sqlite3_open_v2(path, &db->handle, flags, NULL) != SQLITE_OK)
        return db->handle != NULL ? fail(db, err) : sl_err_set(err, SL_ENOMEM, "out of memory");
    (void)sqlite3_busy_timeout(db->handle, 5000);
    const int rc = sl_ledger_db_exec(
        db,
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
        "PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY",
        err);
    return rc < 0 ? rc : migrate(db, err);
}

void sl_ledger_db_close(struct sl_ledger_db *db)
{
    for (size_t i = 0; i < SL_LEDGER_STATEMENTS; i++)
        sqlite3_finalize(db->statements[i].statement);
    sqlite3_close(db->handle);
    *db = (struct sl_ledger_db){0};
}

/* Texts are literals, so their address is their name. */
static struct sl_ledger_statement *slot_of(struct sl_ledger_db *db, const char *sql)
{
    size_t at = ((uintptr_t)sql >> 3) * UINT64_C(0x9e3779b97f4a7c15) >> 48;
    for (;; at++) {
        struct sl_ledger_statement *slot = &db->statements[at % SL_LEDGER_STATEMENTS];
        if (slot->sql == sql || slot->sql == NULL)
            return slot;
    }
}

static int statement_of(struct sl_ledger_db *db, sqlite3_stmt **out, const char *sql,
                        struct sl_err *err)
{
    struct sl_ledger_statement *slot = slot_of(db, sql);
    if (slot->sql == NULL) {
        if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &slot->statement,
                               NULL) != SQLITE_OK)
            return fail(db, err);
        slot->sql = sql;
    }
    assert(sqlite3_stmt_busy(slot->statement) == 0);
    *out = slot->statement;
    return SL_OK;
}

static int bind_word(sqlite3_stmt *statement, int at, struct sl_u256 value)
{
    uint8_t bytes[32];
    sl_u256_to_be(bytes, value);
    return sqlite3_bind_blob(statement, at, bytes, sizeof bytes, SQLITE_TRANSIENT);
}

/* The list is walked by this one function alone and then ended by the caller. */
static int bind_one(sqlite3_stmt *statement, int at, char letter, va_list *args)
{
    switch (letter) {
    case 'i':
        return sqlite3_bind_int64(statement, at, (int64_t)va_arg(*args, uint64_t));
    case 'u':
        return bind_word(statement, at, va_arg(*args, struct sl_u256));
    case 'a':
        return sqlite3_bind_blob(statement, at, va_arg(*args, const struct sl_address *)->bytes,
                                 SL_ADDRESS_BYTES, SQLITE_TRANSIENT);
    case 'h':
        return sqlite3_bind_blob(statement, at, va_arg(*args, const uint8_t *), 32,
                                 SQLITE_TRANSIENT);
    case 't':
        return sqlite3_bind_text(statement, at, va_arg(*args, const char *), -1, SQLITE_TRANSIENT);
    default: {
        assert(letter == 'b');
        const void *bytes = va_arg(*args, const void *);
        const size_t len = va_arg(*args, size_t);
        /* a NULL pointer would bind NULL, not the empty blob */
        return sqlite3_bind_blob64(statement, at, bytes != NULL ? bytes : "", len,
                                   SQLITE_TRANSIENT);
    }
    }
}

static int bind_all(struct sl_ledger_db *db, sqlite3_stmt **out, struct sl_err *err,
                    const char *sql, const char *in, va_list *args)
{
    int rc = statement_of(db, out, sql, err);
    for (int i = 0; rc == SL_OK && in[i] != '\0'; i++) {
        if (bind_one(*out, i + 1, in[i], args) != SQLITE_OK)
            rc = fail(db, err);
    }
    return rc;
}

int sl_ledger_db_next(struct sl_ledger_db *db, sqlite3_stmt *statement, struct sl_err *err)
{
    const int step = sqlite3_step(statement);
    if (step == SQLITE_ROW)
        return 1;
    const int rc = step == SQLITE_DONE ? 0 : fail(db, err);
    sqlite3_reset(statement);
    return rc;
}

int sl_ledger_db_walk(struct sl_ledger_db *db, sqlite3_stmt **out, struct sl_err *err,
                      const char *sql, const char *in, ...)
{
    va_list args;
    va_start(args, in);
    const int rc = bind_all(db, out, err, sql, in, &args);
    va_end(args);
    return rc;
}

int sl_ledger_db_run(struct sl_ledger_db *db, struct sl_err *err, const char *sql, const char *in,
                     ...)
{
    sqlite3_stmt *statement = NULL;
    va_list args;
    va_start(args, in);
    int rc = bind_all(db, &statement, err, sql, in, &args);
    va_end(args);
    if (rc < 0)
        return rc;
    while ((rc = sl_ledger_db_next(db, statement, err)) == 1)
        ;
    return rc < 0 ? rc : sqlite3_changes(db->handle);
}

uint64_t sl_ledger_db_u64(sqlite3_stmt *statement, int column)
{
    return (uint64_t)sqlite3_column_int64(statement, column);
}

struct sl_u256 sl_ledger_db_u256(sqlite3_stmt *statement, int column)
{
    uint8_t bytes[32];
    struct sl_u256 value = {0};
    sl_ledger_db_hash(bytes, statement, column);
    return sl_u256_from_be(&value, bytes, sizeof bytes) ? value : sl_u256(0);
}

static void copy_exact(void *out, size_t want, sqlite3_stmt *statement, int column)
{
    size_t len;
    const void *bytes = sl_ledger_db_blob(statement, column, &len);
    memset(out, 0, want);
    if (len == want)
        memcpy(out, bytes, want);
}

struct sl_address sl_ledger_db_address(sqlite3_stmt *statement, int column)
{
    struct sl_address address;
    copy_exact(address.bytes, sizeof address.bytes, statement, column);
    return address;
}

void sl_ledger_db_hash(uint8_t out[static 32], sqlite3_stmt *statement, int column)
{
    copy_exact(out, 32, statement, column);
}

const void *sl_ledger_db_blob(sqlite3_stmt *statement, int column, size_t *len)
{
    const void *bytes = sqlite3_column_blob(statement, column);
    *len = (size_t)sqlite3_column_bytes(statement, column);
    return bytes != NULL ? bytes : "";
}

static void read_one(sqlite3_stmt *statement, int column, char letter, va_list *args)
{
    switch (letter) {
    case 'i':
        *va_arg(*args, uint64_t *) = sl_ledger_db_u64(statement, column);
        break;
    case 'u':
        *va_arg(*args, struct sl_u256 *) = sl_ledger_db_u256(statement, column);
        break;
    case 'a':
        *va_arg(*args, struct sl_address *) = sl_ledger_db_address(statement, column);
        break;
    default:
        assert(letter == 'h');
        sl_ledger_db_hash(va_arg(*args, uint8_t *), statement, column);
    }
}

int sl_ledger_db_row(struct sl_ledger_db *db, struct sl_err *err, const char *sql, const char *in,
                     const char *out, ...)
{
    sqlite3_stmt *statement = NULL;
    va_list args;
    va_start(args, out);
    int rc = bind_all(db, &statement, err, sql, in, &args);
    if (rc == SL_OK)
        rc = sl_ledger_db_next(db, statement, err);
    if (rc == 1) {
        for (int i = 0; out[i] != '\0'; i++)
            read_one(statement, i, out[i], &args);
        sqlite3_reset(statement);
    }
    va_end(args);
    return rc;
}
