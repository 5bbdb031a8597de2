/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * path.h - where sluice keeps its files, and how it writes them. Layer: base.
 * Source: XDG Base Directory Specification 0.8.
 */
#ifndef SL_PATH_H
#define SL_PATH_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#include "sluice/err.h"

enum { SL_PATH_BYTES = 4096 }; /* Linux PATH_MAX with its NUL */

/** The folders of one user; absolute, without a trailing slash. */
struct sl_paths {
    char config[SL_PATH_BYTES]; /* config.ini, themes */
    char state[SL_PATH_BYTES];  /* journal, log, lock */
    char data[SL_PATH_BYTES];   /* keystores, the local network's pieces */
};

/**
 * $XDG_CONFIG_HOME/sluice and so on, with the defaults below $HOME; relative XDG values are ignored
 * as the specification says. `state_dir` (may be NULL) moves all three to DIR/config, DIR/state and
 * DIR/data. Creates nothing. Errors: SL_ECONFIG (no HOME, too long).
 */
int sl_paths_find(struct sl_paths *out, const char *state_dir, struct sl_err *err) SL_MUST_CHECK;

/** mkdir -p; folders it makes get `mode`. Errors: SL_EACCES, SL_EIO, SL_ENOSPC ... with the path.
 */
int sl_path_make(const char *dir, unsigned mode, struct sl_err *err) SL_MUST_CHECK;

/** "DIR/NAME" into `out` (one slash between). Errors: SL_EOVERFLOW. */
int sl_path_join(char *out, size_t cap, const char *dir, const char *name,
                 struct sl_err *err) SL_MUST_CHECK;

/** Copy `path`; a leading "~/" becomes $HOME/, as in a shell. Errors: SL_EOVERFLOW. */
int sl_path_expand_home(char out[static SL_PATH_BYTES], const char *path,
                        struct sl_err *err) SL_MUST_CHECK;

/**
 * Open a file for reading by a path without symbolic links, neither on the way nor at its end;
 * never waits on a FIFO. `flags`: more flags for open(2). `from` > 0: the first `from` bytes of the
 * path are a folder that links may lead to. Returns the descriptor, owned, or -1 with errno: ELOOP
 * if there is a link.
 */
int sl_path_open_plain(const char *path, size_t from, int flags);

/** The part behind the last slash; borrowed from `path`. */
const char *sl_path_base(const char *path);

/** The number of bytes, of the first `len` bytes of `first` (which end with a slash), that form a
 * folder of `path` too: up to and including a slash, or 0. */
size_t sl_path_shared(const char *first, size_t len, const char *path);

/** Write a whole file: temporary file beside it, fsync, rename, fsync of the folder. */
int sl_file_write_atomic(const char *path, const void *data, size_t len, unsigned mode,
                         struct sl_err *err) SL_MUST_CHECK;

/** Like sl_file_write_atomic(), but never replaces a file. Errors: also SL_EHELD: the file exists.
 */
int sl_file_write_new(const char *path, const void *data, size_t len, unsigned mode,
                      struct sl_err *err) SL_MUST_CHECK;

/** Read a whole file of at most `cap` bytes into *out (owned, NUL behind). Returns 0. */
int sl_file_read(char **out, size_t *len, const char *path, size_t cap,
                 struct sl_err *err) SL_MUST_CHECK;

/** Fill with random bytes of the kernel (getrandom). Cannot fail on a running system. */
void sl_random(void *out, size_t len);

enum { SL_UUID_CHARS = 37 };

/** A random UUID (version 4), lower case. */
void sl_uuid(char out[static SL_UUID_CHARS]);

#endif
