/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * paste.h - paths in pasted or dropped text. Private to tui.
 *
 * Terminals deliver dropped files in several forms: bare, in single or double quotes, with
 * backslashes, or as file:// URLs; one path or several, separated by blanks or line ends. Pasted
 * text is data and never acts as keys.
 */
#ifndef SL_TUI_PASTE_H
#define SL_TUI_PASTE_H

#include <stdbool.h>
#include <stddef.h>

/** Returns whether a file with this path exists on this machine. */
typedef bool (*sl_paste_there_fn)(const char *path);

/**
 * Read the next path from text[*at .. len). Returns its length in `out` (NUL-terminated), or 0 at
 * the end. A line that begins with '/' and has no quote or backslash is one path, including its
 * blanks. A relative line is one path if `is_there` accepts it (NULL: never). Paths that do not fit
 * into `cap` or contain a NUL are skipped.
 */
size_t sl_paste_next(char *out, size_t cap, const char *text, size_t len, size_t *at,
                     sl_paste_there_fn is_there);

#endif
