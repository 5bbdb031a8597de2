/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * dotenv.h - the lines of a .env file, as npm's dotenv reads them. Private to config.
 *
 * NAME=VALUE or NAME: VALUE, `export` before it; lines end with CR, LF or both; a byte order mark
 * may stand first. Values stand in ', " or ` (over several lines, if they like, with a backslash
 * before a quote), or end at a # or the line. What has no such form is passed over; so is a sign
 * that stands on another line than its name. Source: LINE and parse() in lib/main.js of dotenv 16.
 */
#ifndef SL_CONFIG_DOTENV_H
#define SL_CONFIG_DOTENV_H

#include <stdbool.h>
#include <stddef.h>

/** A text that is being read; sl_dotenv_begin(). */
struct sl_dotenv {
    const char *at;
    const char *end;
    unsigned line; /* of `at`, from 1 */
};

/** One assignment; the spans are borrowed from the text. */
struct sl_dotenv_entry {
    const char *name;
    size_t name_len;
    const char *value; /* without its quotes, or without white space at both ends */
    size_t value_len;
    char quote;    /* ', " or `; NUL: none. In " the escapes \n and \r stand for line ends. */
    bool unclosed; /* it begins with a quote that is never closed: dotenv takes the line as it is */
    unsigned line;
};

void sl_dotenv_begin(struct sl_dotenv *out, const char *text, size_t len);

/** The next assignment; false at the end. */
bool sl_dotenv_next(struct sl_dotenv *env, struct sl_dotenv_entry *out);

#endif
