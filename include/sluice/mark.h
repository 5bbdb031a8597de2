/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * mark.h - a file's mark, to detect changes. Layer: base.
 *
 * Size and modification time alone do not show every change: programs set that time back (touch -r,
 * rsync, cp -p). The time of the last change (ctime) cannot be set, and every write moves it, so it
 * is part of the mark. A rename, a new link, or another owner or mode move it too. The bytes may
 * then be the same; callers that must know compare them.
 *
 * File systems without a change time show the modification time in its place: FAT and exFAT, and
 * many behind FUSE (sshfs, rclone). On file systems that may do so, a change time equal to the
 * modification time is not trusted, and the mark has none. Other file systems, NFS and SMB among
 * them, are trusted.
 */
#ifndef SL_MARK_H
#define SL_MARK_H

#include <stdbool.h>
#include <stdint.h>

#include "sluice/err.h"

struct sl_file_mark {
    uint64_t size_bytes;
    int64_t mtime_ns;
    uint64_t device; /* the device number may change with the next mount */
    uint64_t inode;
    int64_t ctime_ns; /* 0: not known; then nothing proves that the bytes are the same */
};

struct stat;
struct sl_file_mark sl_file_mark_of(const struct stat *st);

/** Whether a file system of this type (statfs.f_type) may show the modification time as the time of
 * the last change. */
bool sl_fs_makes_up_ctime(long f_type);
/** The same for the file system of an open file, or of a path. */
bool sl_fd_makes_up_ctime(int fd);
bool sl_path_makes_up_ctime(const char *path);

/** sl_file_mark_of() for a file there (`made_up`: the result of one of the functions above). */
struct sl_file_mark sl_file_mark_on(const struct stat *st, bool made_up);

/**
 * The mark of an open regular file before its first byte is read: any later change shows. Change
 * times move in ticks. If the file changed just now, the function waits for the end of the tick,
 * some 20 ms (2 s if times have whole seconds). Errors: SL_EFILETYPE, SL_ECHANGED (it does not stop
 * changing), SL_EIO.
 */
int sl_file_mark_begin(struct sl_file_mark *out, int fd, struct sl_err *err) SL_MUST_CHECK;

/** Call after its last byte: checks that the open file is still what it was. Errors: SL_ECHANGED,
 * SL_EIO. */
int sl_file_mark_end(const struct sl_file_mark *was, int fd, struct sl_err *err) SL_MUST_CHECK;

/** The same file, unchanged as far as the marks can show. Devices are compared only if the change
 * time is not known. */
bool sl_file_mark_equal(const struct sl_file_mark *a, const struct sl_file_mark *b);

/** sl_file_mark_equal(), and the marks prove that the bytes are the same. */
bool sl_file_mark_same_bytes(const struct sl_file_mark *a, const struct sl_file_mark *b);

/** The marks differ at most in the change time: probably the same bytes. */
bool sl_file_mark_alike(const struct sl_file_mark *a, const struct sl_file_mark *b);

#endif
