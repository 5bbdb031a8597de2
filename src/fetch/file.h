/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* file.h - ".NAME.part" beside the target, and the target itself. Private to fetch. */
#ifndef SL_FETCH_FILE_H
#define SL_FETCH_FILE_H

#include "fetch_internal.h"

struct sl_part_file {
    int dir_fd;
    bool own_dir; /* dir_fd is ours */
    int fd;
    char name[256];
    char part_name[256];
    uint64_t resumed_bytes;
};

/** Open or create ".NAME.part", lock it, check the free space, and read how much of each segment
 * is there. */
int sl_fetch_file_open(struct sl_part_file *file, struct sl_run *run,
                       const struct sl_fetch_target *target, const struct sl_piece_id *whole,
                       struct sl_err *err) SL_MUST_CHECK;
/** Whether the received bytes are the file, if its parts alone do not prove it. Errors: also
 * SL_EFORMAT. */
int sl_fetch_file_check(const struct sl_part_file *file, const struct sl_run *run,
                        const struct sl_piece_id *whole, struct sl_err *err) SL_MUST_CHECK;
/** Everything is verified: rename the file. */
int sl_fetch_file_commit(struct sl_part_file *file, const struct sl_run *run,
                         const struct sl_fetch_target *target, struct sl_err *err) SL_MUST_CHECK;
/** Close the file. An unfinished one stays for the next run, unless it is empty. */
void sl_fetch_file_close(struct sl_part_file *file, const struct sl_run *run);

/** Write the received size of the segment to the table. Best effort: the bytes are hashed again
 * anyway. */
void sl_fetch_file_note(const struct sl_run *run, const struct sl_segment *segment);

/** 1 if the target already has these bytes, 0 if there is no such file; errors as sl_fetch_save().
 */
int sl_fetch_target_look(const struct sl_fetch_target *target, const struct sl_piece_id *whole,
                         struct sl_fetch *fetch, struct sl_err *err) SL_MUST_CHECK;

#endif
