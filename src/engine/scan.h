/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * scan.h - the scanner thread: walks folders and reports files, oldest request first.
 * Private to the engine.
 *
 * Recursive, by name order within a folder; follows links to files, and to folders unless that
 * would loop (device and inode of the folders above); skips names with a leading dot inside folders
 * unless asked; a path given directly is always taken. Opens nothing but folders.
 */
#ifndef SL_SCAN_H
#define SL_SCAN_H

#include "sluice/job.h"

enum sl_scan_kind {
    SL_SCAN_FILE,  /* path, file: a regular file; its size is not judged here */
    SL_SCAN_ERROR, /* path, err: SL_ENOENT, SL_EACCES, SL_EFILETYPE (FIFO, device, socket),
                      SL_EEMPTY (a folder, given directly, without a file in it) ... */
    SL_SCAN_DONE,  /* the request is walked to its end; files = how many were reported */
};

struct sl_scan_item {
    enum sl_scan_kind kind;
    uint64_t request_id;
    const char *path; /* borrowed for the call */
    struct sl_file_mark file;
    uint64_t files;
    struct sl_err err;
};

/** Scanner thread; may block, which holds the walk. A non-zero return abandons the request. */
typedef int (*sl_scan_fn)(void *ctx, const struct sl_scan_item *item);

struct sl_scanner;

int sl_scanner_start(struct sl_scanner **out, bool include_hidden, sl_scan_fn fn, void *ctx,
                     struct sl_err *err) SL_MUST_CHECK;

/** Any thread: walk an absolute path after the earlier requests. */
int sl_scanner_add(struct sl_scanner *scanner, const char *path, uint64_t request_id,
                   struct sl_err *err) SL_MUST_CHECK;

/** Abandon what is left, join, free. The callback must be able to return. NULL allowed. */
void sl_scanner_stop(struct sl_scanner *scanner);

#endif
