/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * output.h - the two streams: stdout for results, stderr for people. Private to cli.
 *
 * No control byte of a file name or a peer gets to either of them.
 */
#ifndef SL_CLI_OUTPUT_H
#define SL_CLI_OUTPUT_H

#include <stdbool.h>

#include "sluice/buf.h"
#include "sluice/metadata.h"
#include "sluice/path.h"
#include "sluice/u256.h"

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

#endif
