/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * output.h - results on stdout and messages on stderr, with tables, errors and the question before
 * money moves. Private to cli.
 *
 * Control bytes of file names or peers are escaped on both.
 */
#ifndef SL_CLI_OUTPUT_H
#define SL_CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "sluice/buf.h"
#include "sluice/cli.h"
#include "sluice/err.h"
#include "sluice/metadata.h"
#include "sluice/path.h"
#include "sluice/u256.h"

#include "args.h"

enum { SL_NOTICE_BYTES = 4 * SL_PATH_BYTES + 1 }; /* an escaped path with its NUL */

/** "sluice: TEXT" and a newline on stderr, hostile bytes escaped. */
void sl_notice(const char *fmt, ...) SL_PRINTF(1, 2);

/** Write a whole result (lines, an object) to stdout, and flush. False when stdout is closed or
 * full. */
bool sl_output(const struct sl_buf *text);

/** As sl_output() of a static or built text. */
bool sl_output_str(const char *text);

/** Whether either of these two has written anything. */
bool sl_output_any(void);

/** The errno of the last failure of these two; EPIPE: the reader has gone. */
int sl_output_errno(void);

/** Append a path, escaped for any terminal; borrowed. */
void sl_output_escape(struct sl_buf *out, const char *path);

/**
 * Append "CID  PATH\n" as checksum tools write it: a path with a backslash or with bytes that do
 * not print starts the line with a backslash and has them as \\, \n, \r and \xHH.
 */
void sl_output_cid_line(struct sl_buf *out, const char *cid, const char *path);

/** Append "PATH: VERDICT\n", the path written in the same way. */
void sl_output_verdict(struct sl_buf *out, const char *path, const char *verdict);

/** "12.5M", or "huge" for what no disk holds. */
enum { SL_SHOWN_SIZE_CHARS = 32 };
void sl_show_size(char out[static SL_SHOWN_SIZE_CHARS], struct sl_u256 bytes);

/** Append "key=value key" as the entries are, escaped. */
void sl_show_metadata(struct sl_buf *out, const struct sl_metadata *entries, size_t count);

/** All digits of a sum: "5.25". */
void sl_show_amount(char out[static SL_U256_AMOUNT_CHARS], struct sl_u256 amount);

/* ---- tables ---- */

enum { SL_TABLE_COLUMNS = 12 };

/** Zero-initialise with `columns` (at most SL_TABLE_COLUMNS), free with sl_table_free(). */
struct sl_table {
    size_t columns;
    unsigned right; /* bit i: column i is of numbers, and stands at the right */
    struct sl_buf cells;
    size_t count;
};

/** Add the next cell, row by row; it is printed on one line and without control bytes. */
void sl_table_cell(struct sl_table *table, const char *text);

/** Print all rows to stdout. A cell that is very long does not widen its column. False when stdout
 * is gone or full, or memory is out. */
bool sl_table_print(const struct sl_table *table);
void sl_table_free(struct sl_table *table);

/* ---- errors and the exit status ---- */

/** The exit status of a command that ended with this error code. */
enum sl_exit sl_exit_of_code(int code);

/** Print the error on stderr and return its exit status. */
enum sl_exit sl_exit_with(const struct sl_err *err);

/** The error that sl_exit_with() reported last; code 0: none. Borrowed. */
const struct sl_err *sl_exit_last(void);

/** Report that standard output failed, unless its reader has gone (`| head`), and return the exit
 * status for it. */
enum sl_exit sl_exit_no_output(void);

/* ---- a question ---- */

/** Check that a question can be asked: SL_EUSAGE without a terminal, --yes and --dry-run. Call it
 * before anything is read, so that a script fails at once. `what`: "before money moves". */
int sl_confirm_check(const struct sl_args *args, const char *what,
                     struct sl_err *err) SL_MUST_CHECK;

/** Ask "continue? [y/N]"; only "y" and "yes" count. Not asked with --yes. Errors: SL_ECANCELED. */
int sl_confirm_ask(const struct sl_args *args, struct sl_err *err) SL_MUST_CHECK;

#endif
