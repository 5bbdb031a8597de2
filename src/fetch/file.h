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

/** Open or make ".NAME.part", lock it, see whether there is room, and read how much of each segment
 * has come. */
int sl_fetch_file_open(struct sl_part_file *file, struct sl_run *run,
                       const struct sl_fetch_target *target, const struct sl_piece_id *whole,
                       struct sl_err *err) SL_MUST_CHECK;
/** Whether the received bytes are the file, if its parts alone do not prove it. Errors: also
 * SL_EFORMAT. */
int sl_fetch_file_check(const struct sl_part_file *file, const struct sl_run *run,
                        const struct sl_piece_id *whole, struct sl_err *err) SL_MUST_CHECK;
/** All was verified: give it its name. */
int sl_fetch_file_commit(struct sl_part_file *file, const struct sl_run *run,
                         const struct sl_fetch_target *target, struct sl_err *err) SL_MUST_CHECK;
/** Close; what is not committed stays for the next run, unless there is nothing in it. */
void sl_fetch_file_close(struct sl_part_file *file, const struct sl_run *run);

/** Note in the table how much of the segment has come. Best effort: it is hashed again anyway. */
void sl_fetch_file_note(const struct sl_run *run, const struct sl_segment *segment);

/** 1 when the target has these very bytes, 0 when there is no such file; errors as
 * sl_fetch_save(). */
int sl_fetch_target_look(const struct sl_fetch_target *target, const struct sl_piece_id *whole,
                         struct sl_fetch *fetch, struct sl_err *err) SL_MUST_CHECK;

#endif
