/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* line_edit.h - one line that the user edits: a path, a command, a search. Private to tui. */
#ifndef SL_TUI_LINE_EDIT_H
#define SL_TUI_LINE_EDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sluice/path.h"

/** The bytes as typed or pasted. A path may hold any byte, so escape the text only for display. */
struct sl_line_edit {
    char text[SL_PATH_BYTES];
    size_t len;
    size_t cursor; /* byte offset, at the start of a character */
};

void sl_line_edit_set(struct sl_line_edit *line, const char *text);

/** Insert at the cursor. False: the bytes do not fit, and none was inserted. */
bool sl_line_edit_insert(struct sl_line_edit *line, const char *bytes, size_t len);

/** Handle an editing key (arrows, Home, End, Backspace, Delete, Ctrl-A E U W K) or a character.
 * False: the key has no meaning in a line. */
bool sl_line_edit_key(struct sl_line_edit *line, int32_t key);

#endif
