/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * scan.h - the scanner thread: walks folders and reports files, oldest request first.
 * Private to the engine.
 *
 * Depth first, by byte order of the names within a folder. Links to files are followed, and links
 * to folders, but a folder is not entered again below itself, nor by a second link in one request:
 * that would report the same files again, or for ever. Names with a leading dot are skipped inside
 * folders unless asked for; a path given directly is always taken. What cannot be uploaded (a
 * FIFO, a device, a socket, a dangling link, an unreadable folder) is one SL_SCAN_ERROR each, and
 * the walk goes on. Opens nothing but folders, at most two at a time; memory holds the names of the
 * folders on the way to the current one.
 */
#ifndef SL_SCAN_H
#define SL_SCAN_H

#include "sluice/job.h"

enum sl_scan_kind {
    SL_SCAN_FILE,  /* path, file: a regular file; its size is not judged here */
    SL_SCAN_ERROR, /* path, err: SL_ENOENT, SL_EACCES, SL_EFILETYPE (FIFO, device, socket),
                      SL_EOVERFLOW (a name makes the path too long; path is its folder's),
                      SL_EEMPTY (a folder, given directly, without a file or an error in it) ... */
    SL_SCAN_DONE,  /* the request is walked to its end; files = how many were reported */
};

struct sl_scan_item {
    enum sl_scan_kind kind;
    uint64_t request_id;
    const char *path; /* borrowed for the call; shorter than SL_PATH_BYTES */
    struct sl_file_mark file;
    uint64_t files;
    struct sl_err err; /* its text does not repeat the path */
};

/**
 * Scanner thread; may block, which holds the walk. A non-zero return abandons the request: nothing
 * more of it is reported, not its SL_SCAN_DONE either.
 */
typedef int (*sl_scan_fn)(void *ctx, const struct sl_scan_item *item);

struct sl_scanner;

/** Owned, end with sl_scanner_stop(). Errors: SL_ENOMEM, SL_EIO (no thread). */
int sl_scanner_start(struct sl_scanner **out, bool include_hidden, sl_scan_fn fn, void *ctx,
                     struct sl_err *err) SL_MUST_CHECK;

/**
 * Any thread: walk an absolute path after the earlier requests. Errors: SL_ENOMEM, SL_EOVERFLOW
 * (SL_PATH_BYTES or longer), SL_EINVAL (not absolute).
 */
int sl_scanner_add(struct sl_scanner *scanner, const char *path, uint64_t request_id,
                   struct sl_err *err) SL_MUST_CHECK;

/** Abandon what is left, join, free. The callback must be able to return. NULL allowed. */
void sl_scanner_stop(struct sl_scanner *scanner);

#endif
