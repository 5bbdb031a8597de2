/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * text.h - text for people: escaped, measured, cut; sizes, rates and times in words. Layer: base.
 *
 * Whatever came from outside (file names, server answers) passes sl_text_escape() before it reaches
 * a terminal. Widths are terminal columns by utf8proc, never by the locale.
 */
#ifndef SL_TEXT_H
#define SL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sluice/err.h"

/**
 * Make `len` hostile bytes printable UTF-8: control bytes (C0, DEL, C1), invalid UTF-8, unassigned,
 * private and surrogate code points, line and paragraph separators, zero-width and bidirectional
 * controls become "\n", "\t", "\x1b" or "\u{202e}" forms; a backslash stays as it is.
 * Combining marks stay on their base, at most 8 of them; one without a base is escaped. Writes at
 * most cap - 1 bytes, whole characters only, and a NUL. Returns the bytes written without the NUL.
 * Escaping its own output again changes nothing.
 */
size_t sl_text_escape(char *out, size_t cap, const char *in, size_t len);

/** Position state within a text: it decides which code points may follow. Zero-initialise. */
struct sl_text_run {
    int32_t last;   /* the last base character that was printed, 0 when none was */
    int marks_left; /* how many more combining marks the base may take */
};

/** Whether sl_text_escape() prints the next code point unchanged; never for -1, an invalid byte. */
bool sl_text_prints(struct sl_text_run *run, int32_t code_point);

/**
 * Whether a joiner (U+200C, U+200D) after `run` and before `next` shapes text: within a multi-part
 * emoji, or between letters of Arabic and Indic scripts. Such a joiner hides nothing, but its width
 * depends on the terminal. So print it only in text without columns.
 */
bool sl_text_joins(const struct sl_text_run *run, int32_t code_point, int32_t next);

/** Columns that printable UTF-8 `text` takes; combining marks take 0, wide characters 2. */
int sl_text_width(const char *text);

/**
 * Decode the next code point of `len` bytes. Returns the bytes it takes (>= 1) and sets
 * *code_point, or 1 and *code_point = -1 for an invalid byte. 0 only when len is 0.
 */
size_t sl_text_next(int32_t *code_point, const char *text, size_t len);

/** Whether every byte belongs to a valid code point. */
bool sl_text_is_utf8(const char *text);

/** Columns of one printable code point: 0, 1 or 2. */
int sl_text_columns(int32_t code_point);

/**
 * Cut printable `text` to at most `columns`, an ellipsis ("…", or "..." when `ascii`) in the middle
 * and the extension (".mkv", at most 8 columns) kept whole when there is room. Never splits a
 * character from its combining marks. Returns the columns written.
 */
int sl_text_cut_middle(char *out, size_t cap, const char *text, int columns, bool ascii);

/** Cut at the end instead, with an ellipsis. Returns the columns written. */
int sl_text_cut_end(char *out, size_t cap, const char *text, int columns, bool ascii);

enum { SL_TEXT_SHORT = 24 };

/** "0 B", "999 B", "1.0 K", "233.1 M", "1.9 G", "12.0 T": powers of 1000, at most 7 columns. */
void sl_text_size(char out[static SL_TEXT_SHORT], uint64_t bytes);

/** "84.2 MB/s", "0 B/s". */
void sl_text_rate(char out[static SL_TEXT_SHORT], uint64_t bytes_per_s);

/** "2s", "1:07", "11:04", "1:52:10", "3d 04h"; "-" when negative (not known). */
void sl_text_duration(char out[static SL_TEXT_SHORT], int64_t ms);

/**
 * Parse "500", "10M", "1.5G", "64KiB": K M G T are powers of 1000, Ki Mi Gi Ti of 1024, an optional
 * B behind. Errors: SL_EFORMAT, SL_EOVERFLOW.
 */
int sl_text_parse_size(uint64_t *bytes, const char *text, struct sl_err *err) SL_MUST_CHECK;

#endif
