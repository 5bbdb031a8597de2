/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* cid_line.h - reading back what sl_output_cid_line() writes: the lines of a list. Private to cli.
 */
#ifndef SL_CLI_CID_LINE_H
#define SL_CLI_CID_LINE_H

#include <stdio.h>

#include "sluice/path.h"
#include "sluice/piece.h"

/* The longest line that can be right: every byte of a path as \xHH. */
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
 * The next line of a list without its end ("\n" or "\r\n"), NUL behind it. Of one that is too long
 * the beginning is given and *whole is false. Returns 1, 0 at the end. Errors: SL_EIO.
 */
int sl_cid_line_read(char line[static SL_CID_LINE_BYTES], size_t *len, bool *whole, FILE *list,
                     struct sl_err *err) SL_MUST_CHECK;

#endif
