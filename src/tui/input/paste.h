/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * paste.h - paths in pasted or dropped text. Private to tui.
 *
 * Terminals hand over dropped files in many dresses: bare, in single or double quotes, with
 * backslashes, as file:// URLs; one or several, separated by blanks or line ends. Pasted text is
 * data: nothing in it is ever a key.
 */
#ifndef SL_TUI_PASTE_H
#define SL_TUI_PASTE_H

#include <stdbool.h>
#include <stddef.h>

/** Whether a file with this path exists on this machine. */
typedef bool (*sl_paste_there_fn)(const char *path);

/**
 * Take the next path out of text[*at .. len). Returns its length in `out` (NUL after it), or 0 when
 * none is left. A line that begins with '/' and has no quote or backslash is one path, including
 * its blanks. So is a relative line if `is_there` (NULL: never) accepts it. Paths that do not fit
 * `cap` or contain a NUL are skipped.
 */
size_t sl_paste_next(char *out, size_t cap, const char *text, size_t len, size_t *at,
                     sl_paste_there_fn is_there);

#endif
