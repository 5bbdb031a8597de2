/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * walk.h - one walk down from a path, on the caller's thread. Layer: engine.
 *
 * Depth first, by byte order of the names within a folder. The given path may itself be a symbolic
 * link. Links below it are followed as `links` says; the others are counted. When links are
 * followed, a folder is not entered again below itself, nor through a second link in one walk: that
 * would report the same files again, or without end. Names with a leading dot are skipped inside
 * folders unless asked for; the given path is always taken. Each item that cannot be uploaded (a
 * FIFO, a device, a socket, a dangling link, an unreadable folder) is one SL_SCAN_ERROR, and the
 * walk goes on. The walk opens only folders, at most two at a time; memory holds the names of the
 * folders on the way to the current one.
 */
#ifndef SL_WALK_H
#define SL_WALK_H

#include <stdatomic.h>

#include "sluice/guarded.h"
#include "sluice/job.h"
#include "sluice/path.h"

enum sl_scan_kind {
    SL_SCAN_FOLDER, /* path: a folder, before its names are read; only when asked for */
    SL_SCAN_FILE,   /* path, file: a regular file; its size is not judged here */
    SL_SCAN_ERROR,  /* path, err: SL_ENOENT, SL_EACCES, SL_EFILETYPE (FIFO, device, socket),
                       SL_EOVERFLOW (a name makes the path too long; path is its folder's),
                       SL_EREFUSED (a `guarded` file), SL_EEMPTY (the given folder has neither a file
                       nor an error in it) ... */
    SL_SCAN_DONE,   /* the walk of the request has ended; files = how many were reported, links =
                       symbolic links that were not followed */
};

struct sl_scan_item {
    enum sl_scan_kind kind;
    uint64_t request_id;
    const char *path; /* borrowed for the call; shorter than SL_PATH_BYTES */
    bool found;       /* FILE, ERROR: in a folder; else the path given is meant */
    struct sl_file_mark file;
    uint64_t files;
    uint64_t links;
    struct sl_err err; /* its text does not repeat the path */
};

/**
 * May block, which holds the walk. A non-zero return abandons the walk: nothing more of it is
 * reported, not its SL_SCAN_DONE either.
 */
typedef int (*sl_scan_fn)(void *ctx, const struct sl_scan_item *item);

/** Which symbolic links below the given path are followed. */
enum sl_links {
    SL_LINKS_NONE,
    SL_LINKS_INSIDE, /* links to a target below the given path, or below `inside_of` */
    SL_LINKS_ALL,
};

struct sl_walk_options {
    enum sl_links links;
    const char *inside_of; /* NULL: the given path */
    bool include_hidden;
    bool report_folders;
    const struct sl_paths *own; /* our folders: keys and journals are not entered when they are
                                   found in another one; NULL: nothing is left out */
    const struct sl_guarded *guarded; /* files refused wherever the walk meets them; NULL: none */
    const atomic_bool *stop;          /* checked before each name */
    sl_scan_fn fn;                    /* called on the walking thread */
    void *ctx;
};

/**
 * Walk a path shorter than SL_PATH_BYTES and not empty, and report all of it, SL_SCAN_DONE last.
 * Reported paths begin with the one given; a relative one needs a working directory that stays.
 * Returns early when `stop` is set or the callback returned non-zero.
 */
void sl_walk(const struct sl_walk_options *options, const char *path, uint64_t request_id);

#endif
