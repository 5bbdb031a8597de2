/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * mark.h - how a file is told from what it was at another time. Layer: base.
 *
 * Size and time of modification alone do not show a change: programs set that time back (touch -r,
 * rsync, cp -p). The time of the last change (ctime) cannot be set: every write moves it on, so it
 * belongs to the mark. A rename, a new link, another owner or mode move it, too: then the bytes may
 * be the same, and whoever needs to know compares them.
 *
 * File systems that have no such time show that of modification in its place: FAT and exFAT, and
 * many behind FUSE (sshfs, rclone). On those that may do so, a time of change that equals the time
 * of modification is not believed, and the mark has none. Others, NFS and SMB among them, are
 * believed.
 */
#ifndef SL_MARK_H
#define SL_MARK_H

#include <stdbool.h>
#include <stdint.h>

#include "sluice/err.h"

struct sl_file_mark {
    uint64_t size_bytes;
    int64_t mtime_ns;
    uint64_t device; /* its number may be another one after the next mount */
    uint64_t inode;
    int64_t ctime_ns; /* 0: not known; nothing proves then that the bytes are the same */
};

struct stat;
struct sl_file_mark sl_file_mark_of(const struct stat *st);

/** Whether a file system of this type (statfs.f_type) may show the time of modification as that of
 * the last change. */
bool sl_fs_makes_up_ctime(long f_type);
/** The same of where an open file, or a path, is. */
bool sl_fd_makes_up_ctime(int fd);
bool sl_path_makes_up_ctime(const char *path);

/** sl_file_mark_of() of a file there (`made_up`: as told by one of those above). */
struct sl_file_mark sl_file_mark_on(const struct stat *st, bool made_up);

/**
 * The mark of an open regular file before its first byte is read: from now on every change shows.
 * Times of change move in ticks: of a file that changed just now the end of the tick is waited for,
 * some 20 ms (2 s where times have whole seconds). Errors: SL_EFILETYPE, SL_ECHANGED (it does not
 * stop changing), SL_EIO.
 */
int sl_file_mark_begin(struct sl_file_mark *out, int fd, struct sl_err *err) SL_MUST_CHECK;

/** After its last byte: whether the open file is what it was at the beginning. Errors: SL_ECHANGED,
 * SL_EIO. */
int sl_file_mark_end(const struct sl_file_mark *was, int fd, struct sl_err *err) SL_MUST_CHECK;

/** The same file, unchanged as far as the marks can tell. Devices are compared only where the time
 * of change is not known. */
bool sl_file_mark_equal(const struct sl_file_mark *a, const struct sl_file_mark *b);

/** sl_file_mark_equal(), and it proves that the bytes are the same. */
bool sl_file_mark_same_bytes(const struct sl_file_mark *a, const struct sl_file_mark *b);

/** Nothing but the time of change may tell them apart: probably the same bytes. */
bool sl_file_mark_alike(const struct sl_file_mark *a, const struct sl_file_mark *b);

#endif
