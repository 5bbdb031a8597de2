/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* cid_line.h - parses the lines of a list that sl_output_cid_line() writes. Private to cli. */
#ifndef SL_CLI_CID_LINE_H
#define SL_CLI_CID_LINE_H

#include <stdio.h>

#include "sluice/path.h"
#include "sluice/piece.h"

/* The longest valid line: every byte of a path as \xHH. */
enum { SL_CID_LINE_BYTES = SL_PIECE_CID_CHARS + 4 * SL_PATH_BYTES + 8 };

struct sl_cid_line {
    bool v1;                  /* the root alone is known */
    struct sl_piece_id piece; /* of a v1: root */
    char path[SL_PATH_BYTES];
};

/**
 * Take "CID  PATH" apart: two blanks or a blank and an asterisk; after a backslash in front the
 * path has \\, \n, \r and \xHH. The CID is of either version. Errors: SL_EFORMAT.
 */
int sl_cid_line_parse(struct sl_cid_line *out, const char *line, size_t len,
                      struct sl_err *err) SL_MUST_CHECK;

/**
 * Read the next line of a list, without its end ("\n" or "\r\n") and with a NUL. Of a line that is
 * too long, only the beginning is read and *whole is false. Returns 1, or 0 at the end. Errors:
 * SL_EIO.
 */
int sl_cid_line_read(char line[static SL_CID_LINE_BYTES], size_t *len, bool *whole, FILE *list,
                     struct sl_err *err) SL_MUST_CHECK;

#endif
