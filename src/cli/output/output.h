/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * output.h - the two streams: stdout for results, stderr for people; with tables, errors and the
 * question before money moves. Private to cli.
 *
 * No control byte of a file name or a peer gets to either of them.
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

/** A whole result (lines, an object) to stdout, now. False when stdout is gone or full. */
bool sl_output(const struct sl_buf *text);

/** As sl_output() of a static or built text. */
bool sl_output_str(const char *text);

/** Whether either of these two has written anything. */
bool sl_output_any(void);

/** Why one of these two was false last, as errno; EPIPE: whoever read it has gone. */
int sl_output_errno(void);

/** Append a path so that any terminal can show it; borrowed. */
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

/** The next cell, row by row; whatever it is, it is shown on one line and without control bytes. */
void sl_table_cell(struct sl_table *table, const char *text);

/** Print all rows to stdout. A cell that is very long does not widen its column. False when stdout
 * is gone or full, or memory is out. */
bool sl_table_print(const struct sl_table *table);
void sl_table_free(struct sl_table *table);

/* ---- errors and the exit status ---- */

/** The exit status of a command that ended with this error code. */
enum sl_exit sl_exit_of_code(int code);

/** Say the error on stderr and return its exit status. */
enum sl_exit sl_exit_with(const struct sl_err *err);

/** The error that sl_exit_with() reported last; code 0: none. Borrowed. */
const struct sl_err *sl_exit_last(void);

/** Say that standard output failed, unless its reader has gone (`| head`), and return the exit
 * status for it. */
enum sl_exit sl_exit_no_output(void);

/* ---- a question ---- */

/** Before anything is read, so that a script learns at once what it lacks: SL_EUSAGE when there is
 * no terminal to ask on, and neither --yes nor --dry-run. `what`: "before money moves". */
int sl_confirm_check(const struct sl_args *args, const char *what,
                     struct sl_err *err) SL_MUST_CHECK;

/** "go on? [y/N]"; only "y" and "yes" count. --yes: not asked. Errors: SL_ECANCELED. */
int sl_confirm_ask(const struct sl_args *args, struct sl_err *err) SL_MUST_CHECK;

#endif
