/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "pieces/sql.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* Migration i brings user_version i to i + 1. */
static const char *const migrations[] = {
    "CREATE TABLE piece("
    "  root TEXT PRIMARY KEY," /* hex; the name of the file */
    "  payload_bytes INTEGER NOT NULL,"
    "  stored_ms INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE reference("
    "  id INTEGER PRIMARY KEY,"
    "  root TEXT NOT NULL REFERENCES piece(root),"
    "  made_ms INTEGER NOT NULL,"
    "  ready_ms INTEGER NOT NULL" /* findable from then on */
    ") STRICT;"
    "CREATE INDEX reference_root ON reference(root);"
    "CREATE TABLE session("
    "  uuid TEXT PRIMARY KEY,"
    "  made_ms INTEGER NOT NULL,"
    "  want TEXT," /* PieceCID of the declared form */
    "  got TEXT,"  /* PieceCID of the bytes, after a PUT */
    "  root TEXT REFERENCES piece(root),"
    "  got_ms INTEGER"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX session_root ON session(root);",
    /* the commit side: transactions sent, and what the chain made of them */
    "CREATE TABLE message("
    "  hash TEXT PRIMARY KEY,"              /* as the client was told */
    "  kind INTEGER NOT NULL,"              /* enum sl_devnet_kind */
    "  data_set INTEGER NOT NULL,"          /* 0: not known yet */
    "  chain_hash TEXT,"                    /* under which it was sent */
    "  target TEXT, value TEXT, data TEXT," /* of one that was not sent yet */
    "  send_ms INTEGER NOT NULL,"           /* not before */
    "  lose_ms INTEGER NOT NULL,"           /* given up then; 0: never */
    "  gap_ms INTEGER NOT NULL,"            /* how late its pieces are recorded */
    "  confirmed_ms INTEGER,"               /* null: not included, or lost */
    "  ok INTEGER,"                         /* null: not known yet */
    "  created INTEGER NOT NULL DEFAULT 0," /* the data set is recorded */
    "  added INTEGER NOT NULL DEFAULT 0"    /* the pieces are, or whatever else it was for */
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX message_open ON message(added) WHERE added = 0;"
    "CREATE TABLE message_piece("
    "  hash TEXT NOT NULL REFERENCES message(hash),"
    "  place INTEGER NOT NULL,"
    "  cid TEXT NOT NULL,"
    "  root TEXT NOT NULL,"
    "  piece_id INTEGER,"
    "  PRIMARY KEY(hash, place)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX message_piece_root ON message_piece(root);"
    "CREATE TABLE data_set("
    "  id INTEGER PRIMARY KEY,"
    "  made_ms INTEGER NOT NULL"
    ") STRICT;"
    "CREATE TABLE data_set_piece("
    "  data_set INTEGER NOT NULL REFERENCES data_set(id),"
    "  piece_id INTEGER NOT NULL,"
    "  cid TEXT NOT NULL,"
    "  root TEXT NOT NULL,"
    "  removing INTEGER NOT NULL DEFAULT 0," /* 1: scheduled, 2: gone */
    "  PRIMARY KEY(data_set, piece_id)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX data_set_piece_root ON data_set_piece(root);"
    "CREATE TABLE termination("
    "  data_set INTEGER PRIMARY KEY REFERENCES data_set(id),"
    "  extra TEXT NOT NULL," /* what the client signed */
    "  hash TEXT,"           /* null: queued */
    "  epoch INTEGER"        /* null: not known yet */
    ") STRICT;"
    "CREATE TABLE pull("
    "  id INTEGER PRIMARY KEY,"
    "  key TEXT NOT NULL UNIQUE,"
    "  made_ms INTEGER NOT NULL"
    ") STRICT;"
    "CREATE TABLE pull_piece("
    "  pull INTEGER NOT NULL REFERENCES pull(id) ON DELETE CASCADE,"
    "  cid TEXT NOT NULL,"
    "  cid_v1 TEXT NOT NULL,"
    "  source TEXT NOT NULL,"
    "  status INTEGER NOT NULL," /* enum sl_devnet_pull_status */
    "  tries INTEGER NOT NULL DEFAULT 0,"
    "  next_ms INTEGER NOT NULL,"
    "  PRIMARY KEY(pull, cid_v1, source)"
    ") STRICT, WITHOUT ROWID;",
};

enum { VERSION = sizeof migrations / sizeof migrations[0] };

static int fail(sqlite3 *db, struct sl_err *err)
{
    const int code = sqlite3_extended_errcode(db);
    const int rc = sl_err_set(err, (code & 0xff) == SQLITE_FULL ? SL_ENOSPC : SL_EJOURNAL,
                              "the provider's database: %s", sqlite3_errmsg(db));
    if (err != NULL)
        err->detail = code;
    return rc;
}

static int bind_all(sqlite3_stmt *statement, const char *types, va_list args)
{
    int rc = SQLITE_OK;
    for (int i = 0; types[i] != '\0' && rc == SQLITE_OK; i++) {
        if (types[i] == 't')
            rc = sqlite3_bind_text(statement, i + 1, va_arg(args, const char *), -1, SQLITE_STATIC);
        else
            rc = sqlite3_bind_int64(statement, i + 1, va_arg(args, int64_t));
    }
    return rc;
}

static int prepare(sqlite3_stmt **out, sqlite3 *db, struct sl_err *err, const char *sql,
                   const char *types, va_list args)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK ||
        bind_all(statement, types, args) != SQLITE_OK) {
        const int rc = fail(db, err);
        sqlite3_finalize(statement);
        return rc;
    }
    *out = statement;
    return SL_OK;
}

int sl_devnet_sql_prepare(sqlite3_stmt **out, sqlite3 *db, struct sl_err *err, const char *sql,
                          const char *types, ...)
{
    va_list args;
    va_start(args, types);
    const int rc = prepare(out, db, err, sql, types, args);
    va_end(args);
    return rc;
}

int sl_devnet_sql_step(sqlite3 *db, sqlite3_stmt *statement, struct sl_err *err)
{
    const int step = sqlite3_step(statement);
    if (step == SQLITE_ROW)
        return 1;
    return step == SQLITE_DONE ? 0 : fail(db, err);
}

int sl_devnet_sql_run(sqlite3 *db, struct sl_err *err, const char *sql, const char *types, ...)
{
    sqlite3_stmt *statement = NULL;
    va_list args;
    va_start(args, types);
    int rc = prepare(&statement, db, err, sql, types, args);
    va_end(args);
    while (rc >= 0 && (rc = sl_devnet_sql_step(db, statement, err)) == 1)
        ;
    sqlite3_finalize(statement);
    return rc < 0 ? rc : sqlite3_changes(db);
}

static int exec(sqlite3 *db, const char *sql, struct sl_err *err)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? SL_OK : fail(db, err);
}

static int read_version(sqlite3 *db, int *version, struct sl_err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = sl_devnet_sql_prepare(&statement, db, err, "PRAGMA user_version", "");
    if (rc == SL_OK)
        rc = sl_devnet_sql_step(db, statement, err);
    if (rc == 1)
        *version = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return rc < 0 ? rc : SL_OK;
}

static int migrate(sqlite3 *db, struct sl_err *err)
{
    int version = 0;
    int rc = read_version(db, &version, err);
    if (rc == SL_OK && (version < 0 || version > (int)VERSION))
        rc = sl_err_set(err, SL_EJOURNAL, "the provider's database is of a newer sluice (%d)",
                        version);
    for (; rc == SL_OK && version < (int)VERSION; version++) {
        char *sql = sqlite3_mprintf("BEGIN IMMEDIATE; %s PRAGMA user_version = %d; COMMIT",
                                    migrations[version], version + 1);
        rc = sql != NULL ? exec(db, sql, err) : sl_err_set(err, SL_ENOMEM, "out of memory");
        sqlite3_free(sql);
    }
    return rc;
}

int sl_devnet_sql_open(sqlite3 **out, const char *path, struct sl_err *err)
{
    sqlite3 *db = NULL;
    /* one lock of ours serialises every use of the handle */
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int rc = sqlite3_open_v2(path, &db, flags, NULL) == SQLITE_OK ? SL_OK : fail(db, err);
    if (rc == SL_OK) {
        /* the cache is kept small: the database is a few rows a piece */
        rc = exec(db,
                  "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                  "PRAGMA cache_size = -256; PRAGMA trusted_schema = OFF",
                  err);
    }
    if (rc == SL_OK)
        rc = migrate(db, err);
    if (rc < 0) {
        sqlite3_close(db);
        return rc;
    }
    *out = db;
    return SL_OK;
}
