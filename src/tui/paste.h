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

/** Whether there is a file of this path on this machine. */
typedef bool (*sl_paste_there_fn)(const char *path);

/**
 * Take the next path out of text[*at .. len). Returns its length in `out` (NUL behind), 0 when
 * there is none left. A line that begins with '/' and holds no quote or backslash is one path with
 * its blanks, and so is a relative one when `is_there` (NULL: never) knows it. Paths that do not
 * fit `cap` or hold a NUL are left out.
 */
size_t sl_paste_next(char *out, size_t cap, const char *text, size_t len, size_t *at,
                     sl_paste_there_fn is_there);

#endif
