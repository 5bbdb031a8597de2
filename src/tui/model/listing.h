/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * listing.h - what the add pane shows below its path line: a folder, or pasted paths. Private to
 * tui. The only part of the screen that looks at the file system.
 */
#ifndef SL_TUI_LISTING_H
#define SL_TUI_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sluice/path.h"

enum { SL_LISTING_MAX = 20000 };

struct sl_entry {
    char *name; /* owned; of pasted paths the whole path */
    uint64_t size_bytes;
    bool folder;
    bool missing; /* pasted, but not here */
    bool marked;
};

/** Zero-initialise, end with sl_listing_clear(). */
struct sl_listing {
    struct sl_entry *entries; /* folders first, then by name */
    size_t count;
    size_t cap;
    bool pasted;
    bool cut;                    /* the folder holds more than SL_LISTING_MAX */
    char why[SL_ERR_TEXT_BYTES]; /* why it could not be read; empty when it could */
    char folder[SL_PATH_BYTES];  /* of a folder; ends in a slash, as typed ("~/" stays) */
};

void sl_listing_clear(struct sl_listing *listing);

/**
 * List the folder part of a typed path (everything up to the last slash; the working directory when
 * there is none; ~ is $HOME) with the names that begin with the rest. Hidden names only when the
 * rest begins with a dot. A folder that cannot be read gives an empty listing with `why`.
 */
void sl_listing_of_line(struct sl_listing *listing, const char *typed);

/** One pasted path, marked when it exists. */
void sl_listing_add_pasted(struct sl_listing *listing, const char *path);

/** The typed path made longer by what all listed names have in common; a single folder gets its
 * slash. False when nothing can be added. */
bool sl_listing_complete(const struct sl_listing *listing, char *out, size_t cap,
                         const char *typed);

/** Where browsing begins: the working directory with a slash behind. */
void sl_listing_start(char *out, size_t cap);

/** Whether something is there; true when that cannot be told. */
bool sl_listing_is_there(const char *typed);

/** A typed path as the engine wants it: ~ replaced. False when it does not fit. */
bool sl_listing_expand(char *out, size_t cap, const char *typed);

#endif
