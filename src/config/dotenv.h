/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * dotenv.h - reads the lines of a .env file like npm's dotenv. Private to config.
 *
 * NAME=VALUE or NAME: VALUE, optionally after `export`. Lines end with CR, LF or both; a byte order
 * mark may come first. A value stands in ', " or ` (possibly over several lines, with a backslash
 * before a quote), or ends at a # or at the end of the line. Other text is skipped, and so is a
 * sign on another line than its name. Source: LINE and parse() in lib/main.js of dotenv 16.
 */
#ifndef SL_CONFIG_DOTENV_H
#define SL_CONFIG_DOTENV_H

#include <stdbool.h>
#include <stddef.h>

/** A text being read; sl_dotenv_begin(). */
struct sl_dotenv {
    const char *at;
    const char *end;
    unsigned line; /* line number of `at`, from 1 */
};

/** One assignment; the spans are borrowed from the text. */
struct sl_dotenv_entry {
    const char *name;
    size_t name_len;
    const char *value; /* without its quotes, or without white space at both ends */
    size_t value_len;
    char quote;    /* ', " or `; NUL: none. In ", the escapes \n and \r stand for line ends. */
    bool unclosed; /* it begins with a quote that is never closed: dotenv keeps the quote */
    unsigned line;
};

void sl_dotenv_begin(struct sl_dotenv *out, const char *text, size_t len);

/** The next assignment; false at the end. */
bool sl_dotenv_next(struct sl_dotenv *env, struct sl_dotenv_entry *out);

#endif
