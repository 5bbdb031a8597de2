/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * listing.h - what the add pane lists below its path line: a folder, or pasted paths. Private to
 * tui. No other part of the screen reads the file system.
 */
#ifndef SL_TUI_LISTING_H
#define SL_TUI_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sluice/path.h"

enum { SL_LISTING_MAX = 20000 };

struct sl_entry {
    char *name; /* owned; the whole path if it was pasted */
    uint64_t size_bytes;
    bool folder;
    bool missing; /* pasted, but not on this machine */
    bool marked;
};

/** Zero-initialise, end with sl_listing_clear(). */
struct sl_listing {
    struct sl_entry *entries; /* folders first, then by name */
    size_t count;
    size_t cap;
    bool pasted;
    bool cut;                    /* the folder holds more than SL_LISTING_MAX */
    char why[SL_ERR_TEXT_BYTES]; /* why the folder could not be read, else empty */
    char folder[SL_PATH_BYTES];  /* as typed ("~/" stays), with a slash at the end */
};

void sl_listing_clear(struct sl_listing *listing);

/**
 * List the folder of a typed path: everything up to the last slash, or the working directory; ~ is
 * $HOME. Only names that begin with the rest of the path are listed, and hidden names only if that
 * rest begins with a dot. A folder that cannot be read gives an empty listing with `why`.
 */
void sl_listing_of_line(struct sl_listing *listing, const char *typed);

/** Add one pasted path; marked if it exists. */
void sl_listing_add_pasted(struct sl_listing *listing, const char *path);

/** Extend the typed path by what all listed names have in common. A single folder gets its slash.
 * False: nothing to extend. */
bool sl_listing_complete(const struct sl_listing *listing, char *out, size_t cap,
                         const char *typed);

/** The working directory with a slash at the end: where browsing begins. */
void sl_listing_start(char *out, size_t cap);

/** Whether the path exists; true also when that is unknown. */
bool sl_listing_is_there(const char *typed);

/** A typed path for the engine, with ~ replaced. False: it does not fit. */
bool sl_listing_expand(char *out, size_t cap, const char *typed);

#endif
