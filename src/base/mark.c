/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/mark.h"

#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <time.h>

#define SECOND_NS INT64_C(1000000000)
#define MS_NS     INT64_C(1000000)

/* Kernels move the change time in ticks of 1 to 10 ms, exFAT in 10 ms. File systems with whole
 * seconds use 1 or 2 s (ext3, FAT). */
enum { TICK_MS = 20, COARSE_TICK_MS = 2100, LOOKS = 5 };

static int64_t ns_of(const struct timespec *at)
{
    /* unsigned: a file system may report a time that does not fit in 64 bits of nanoseconds */
    return (int64_t)((uint64_t)at->tv_sec * (uint64_t)SECOND_NS + (uint64_t)at->tv_nsec);
}

struct sl_file_mark sl_file_mark_of(const struct stat *st)
{
    return (struct sl_file_mark){
        .size_bytes = st->st_size > 0 ? (uint64_t)st->st_size : 0,
        .mtime_ns = ns_of(&st->st_mtim),
        .device = (uint64_t)st->st_dev,
        .inode = (uint64_t)st->st_ino,
        .ctime_ns = ns_of(&st->st_ctim),
    };
}

/* ---- file systems ---- */

bool sl_fs_makes_up_ctime(long f_type)
{
    /* linux/magic.h has these, but not in every release */
    static const unsigned long types[] = {
        0x65735546, /* FUSE: the file system behind it is not visible */
        0x4d44,     /* FAT */
        0x2011bab0, /* exFAT */
        0x4244,     /* HFS */
        0x15013346, /* UDF */
    };
    for (unsigned i = 0; i < sizeof types / sizeof types[0]; i++) {
        if ((unsigned long)f_type == types[i])
            return true;
    }
    return false;
}

bool sl_fd_makes_up_ctime(int fd)
{
    struct statfs fs;
    return fstatfs(fd, &fs) != 0 || sl_fs_makes_up_ctime((long)fs.f_type);
}

bool sl_path_makes_up_ctime(const char *path)
{
    struct statfs fs;
    return statfs(path, &fs) != 0 || sl_fs_makes_up_ctime((long)fs.f_type);
}

struct sl_file_mark sl_file_mark_on(const struct stat *st, bool made_up)
{
    struct sl_file_mark mark = sl_file_mark_of(st);
    if (made_up && mark.ctime_ns == mark.mtime_ns)
        mark.ctime_ns = 0;
    return mark;
}

/* ---- at the start of reading ---- */

/* How long a further change could still get the file's current change time; 0: it no longer can. A
 * future time comes from another clock, or from a clock that was set back; no change will get it
 * soon. */
static int tick_left_ms(const struct sl_file_mark *mark)
{
    struct timespec now;
    if (mark->ctime_ns == 0 || clock_gettime(CLOCK_REALTIME, &now) != 0)
        return 0;
    const int64_t tick_ns = (mark->ctime_ns % SECOND_NS == 0 ? COARSE_TICK_MS : TICK_MS) * MS_NS;
    const int64_t age_ns = ns_of(&now) - mark->ctime_ns;
    return age_ns < -tick_ns || age_ns >= tick_ns ? 0 : (int)((tick_ns - age_ns) / MS_NS + 1);
}

int sl_file_mark_begin(struct sl_file_mark *out, int fd, struct sl_err *err)
{
    const bool made_up = sl_fd_makes_up_ctime(fd);
    for (int i = 0; i < LOOKS; i++) {
        struct stat st;
        if (fstat(fd, &st) != 0)
            return sl_err_sys(err, errno, "look at the file");
        if (!S_ISREG(st.st_mode))
            return sl_err_set(err, SL_EFILETYPE, "it is not a regular file any more");
        *out = sl_file_mark_on(&st, made_up);
        const int wait_ms = tick_left_ms(out);
        if (wait_ms == 0)
            return SL_OK;
        (void)poll(NULL, 0, wait_ms); /* waits for the clock: nothing else signals the next tick */
    }
    return sl_err_set(err, SL_ECHANGED,
                      "the file is being written to: add it again once it is complete");
}

int sl_file_mark_end(const struct sl_file_mark *was, int fd, struct sl_err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return sl_err_sys(err, errno, "look at the file");
    const struct sl_file_mark is = sl_file_mark_on(&st, sl_fd_makes_up_ctime(fd));
    if (sl_file_mark_equal(was, &is))
        return SL_OK;
    return sl_err_set(err, SL_ECHANGED, "the file changed while it was read: try again");
}

/* ---- comparing ---- */

bool sl_file_mark_alike(const struct sl_file_mark *a, const struct sl_file_mark *b)
{
    return a->size_bytes == b->size_bytes && a->mtime_ns == b->mtime_ns && a->inode == b->inode;
}

bool sl_file_mark_equal(const struct sl_file_mark *a, const struct sl_file_mark *b)
{
    return sl_file_mark_alike(a, b) && a->ctime_ns == b->ctime_ns &&
           (a->ctime_ns != 0 || a->device == b->device);
}

bool sl_file_mark_same_bytes(const struct sl_file_mark *a, const struct sl_file_mark *b)
{
    return a->ctime_ns != 0 && sl_file_mark_equal(a, b);
}
