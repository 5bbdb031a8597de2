/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * ledger_db.h - the ledger's hands on its database: statements that are kept, 256-bit numbers and
 * addresses as values.
 *
 * Letters of a binding: 'i' uint64_t (below 2^63), 'u' struct sl_u256, 'a' const struct sl_address
 * *, 'h' const uint8_t * of 32 bytes, 'b' const void * and size_t (a blob), 't' const char *. A row
 * is read with the same letters and pointers to the values ('i' uint64_t *, 'u' struct sl_u256 *,
 * 'a' struct sl_address *, 'h' uint8_t[32]). Numbers of 256 bits stand as 32 bytes, most
 * significant first, so they also sort.
 */
#ifndef SL_DEVNET_LEDGER_DB_H
#define SL_DEVNET_LEDGER_DB_H

#include <stdint.h>

#include <sqlite3.h>

#include "sluice/address.h"
#include "sluice/err.h"
#include "sluice/u256.h"

enum { SL_LEDGER_STATEMENTS = 512 }; /* a power of two, above the number of texts */

/** One kept statement; the text is a literal and known by its address. */
struct sl_ledger_statement {
    const char *sql;
    sqlite3_stmt *statement;
};

struct sl_ledger_db {
    sqlite3 *handle;
    struct sl_ledger_statement statements[SL_LEDGER_STATEMENTS];
};

/** Open or make the file with the newest schema; sl_ledger_db_close() also after a failure. */
int sl_ledger_db_open(struct sl_ledger_db *db, const char *path, struct sl_err *err) SL_MUST_CHECK;
void sl_ledger_db_close(struct sl_ledger_db *db);

/** Texts without values and rows: BEGIN, COMMIT, SAVEPOINT. */
int sl_ledger_db_exec(struct sl_ledger_db *db, const char *sql, struct sl_err *err) SL_MUST_CHECK;

/** Run a kept statement to its end; returns the rows changed. `sql` is a literal. */
int sl_ledger_db_run(struct sl_ledger_db *db, struct sl_err *err, const char *sql, const char *in,
                     ...) SL_MUST_CHECK;

/** Read the first row: the values of `in`, then pointers for `out`, which stay as they are when
 * there is no row. Returns 1 or 0. */
int sl_ledger_db_row(struct sl_ledger_db *db, struct sl_err *err, const char *sql, const char *in,
                     const char *out, ...) SL_MUST_CHECK;

/**
 * Walk rows: begin, then sl_ledger_db_next() until it is not 1 (it ends the walk by itself); a walk
 * that is left early needs sqlite3_reset(). The same text must not be walked twice at once.
 */
int sl_ledger_db_walk(struct sl_ledger_db *db, sqlite3_stmt **out, struct sl_err *err,
                      const char *sql, const char *in, ...) SL_MUST_CHECK;
int sl_ledger_db_next(struct sl_ledger_db *db, sqlite3_stmt *statement,
                      struct sl_err *err) SL_MUST_CHECK;

/** Columns of a walk. A blob of another size counts as zero. */
uint64_t sl_ledger_db_u64(sqlite3_stmt *statement, int column);
struct sl_u256 sl_ledger_db_u256(sqlite3_stmt *statement, int column);
struct sl_address sl_ledger_db_address(sqlite3_stmt *statement, int column);
/** 32 bytes. */
void sl_ledger_db_hash(uint8_t out[static 32], sqlite3_stmt *statement, int column);
/** Never NULL; valid until the next step. */
const void *sl_ledger_db_blob(sqlite3_stmt *statement, int column, size_t *len);

#endif
