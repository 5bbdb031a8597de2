/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#define _GNU_SOURCE /* F_OFD_SETLK */ /* NOLINT(bugprone-reserved-identifier,cert-dcl37-c) */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sluice/path.h"

/* The pid in the file, 0 if there is none (its owner may be about to write it). */
static long holder_of(int fd)
{
    char text[24] = {0};
    const ssize_t n = pread(fd, text, sizeof text - 1, 0);
    const long pid = n > 0 ? strtol(text, NULL, 10) : 0;
    return pid > 0 ? pid : 0;
}

static int held(int fd, const char *dir, struct sl_err *err)
{
    char who[32] = "";
    const long pid = holder_of(fd);
    if (pid > 0)
        snprintf(who, sizeof who, " (pid %ld)", pid);
    return sl_err_set(
        err, SL_EHELD,
        "another sluice%s is using %.120s: `sluice` shows it, `sluice PATH` adds files to "
        "it; or use --state-dir",
        who, dir);
}

/* For people only: the lock holds without it, so a full disk is no reason to stop here. */
static void write_pid(int fd)
{
    char text[24];
    const int len = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) == 0)
        (void)!pwrite(fd, text, (size_t)len, 0);
}

int sl_lock_acquire(const char *dir, bool *unclean, struct sl_err *err)
{
    char path[SL_PATH_BYTES];
    const int rc = sl_path_join(path, sizeof path, dir, "lock", err);
    if (rc < 0)
        return rc;
    const int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    if (fd < 0)
        return sl_err_sys(err, errno, "lock %s", path);
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(fd, F_OFD_SETLK, &whole) == 0) {
        *unclean = holder_of(fd) > 0;
        write_pid(fd);
        return fd;
    }
    const int why = errno;
    const int code =
        why == EAGAIN || why == EACCES ? held(fd, dir, err) : sl_err_sys(err, why, "lock %s", path);
    close(fd);
    return code;
}

void sl_lock_release(int fd)
{
    if (fd < 0)
        return;
    (void)!ftruncate(fd, 0); /* no holder: no pid to report */
    close(fd);
}
