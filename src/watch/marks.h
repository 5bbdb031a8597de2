/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * marks.h - the files that the watch has reported: the mark of each path in 40 bytes. Private to
 * watch.
 *
 * Paths are kept as 64 bits of a keyed hash: two paths collide once in some billion years of
 * filling disks.
 */
#ifndef SL_WATCH_MARKS_H
#define SL_WATCH_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sluice/job.h"

struct sl_marks {
    struct sl_known {
        uint64_t path_hash; /* 0: a free place */
        uint64_t size_bytes;
        int64_t mtime_ns;
        uint64_t inode;
        int64_t ctime_ns;
    } * places;
    size_t room; /* a power of two */
    size_t count;
    uint64_t seed;
};

void sl_watch_marks_init(struct sl_marks *marks);
void sl_watch_marks_fini(struct sl_marks *marks);

/** Store the mark of a path, replacing an earlier one. Errors: SL_ENOMEM. */
int sl_watch_marks_add(struct sl_marks *marks, const char *path, const struct sl_file_mark *file,
                       struct sl_err *err) SL_MUST_CHECK;

/** Whether the path has this mark. */
bool sl_watch_marks_has(const struct sl_marks *marks, const char *path,
                        const struct sl_file_mark *file);

/** Whether two marks are equal, ignoring the device. */
bool sl_mark_same(const struct sl_file_mark *a, const struct sl_file_mark *b);

#endif
