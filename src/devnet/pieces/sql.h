/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* sql.h - helpers for the provider's database: bind, step, report errors. */
#ifndef SL_DEVNET_SQL_H
#define SL_DEVNET_SQL_H

#include <sqlite3.h>

#include "sluice/err.h"

/** Open or make the database at `path` and bring it to the newest schema. Close with sqlite3_close.
 */
int sl_devnet_sql_open(sqlite3 **out, const char *path, struct sl_err *err) SL_MUST_CHECK;

/**
 * Prepare and bind: one letter of `types` a parameter, 't' a const char * (NULL is null; borrowed
 * until the statement is finalized), 'i' an int64_t. *out is owned: sqlite3_finalize().
 */
int sl_devnet_sql_prepare(sqlite3_stmt **out, sqlite3 *db, struct sl_err *err, const char *sql,
                          const char *types, ...) SL_MUST_CHECK;

/** As prepare, then run to the end. Returns the rows changed. */
int sl_devnet_sql_run(sqlite3 *db, struct sl_err *err, const char *sql, const char *types,
                      ...) SL_MUST_CHECK;

/** Returns 1 when there is a row, 0 at the end. */
int sl_devnet_sql_step(sqlite3 *db, sqlite3_stmt *statement, struct sl_err *err) SL_MUST_CHECK;

#endif
