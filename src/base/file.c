/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/path.h"
#include "sluice/trust.h"

static int write_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        const ssize_t n = write(fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        data += n;
        len -= (size_t)n;
    }
    return 0;
}

/* The rename itself must survive a power cut: the folder is synced too. */
static int sync_folder_of(const char *path)
{
    char dir[SL_PATH_BYTES];
    const size_t len = (size_t)(sl_path_base(path) - path);
    if (len == 0 || len >= sizeof dir) {
        memcpy(dir, ".", 2);
    } else {
        memcpy(dir, path, len);
        dir[len] = '\0';
    }
    const int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    const int rc = fsync(fd);
    close(fd);
    return rc;
}

enum { TRIES = 4, RANDOM_CHARS = 16 };

/* Create a new file in the folder of `path` under an unpredictable name, so that an existing file,
 * or a link above all, is never written to. Returns its descriptor. */
static int open_beside(char tmp[static SL_PATH_BYTES], const char *path, struct sl_err *err)
{
    const int folder = (int)(sl_path_base(path) - path);
    for (int i = 0; i < TRIES; i++) {
        uint64_t random = 0;
        sl_random(&random, sizeof random);
        const int n = snprintf(tmp, SL_PATH_BYTES, "%.*s.sluice-%0*" PRIx64 ".tmp", folder, path,
                               RANDOM_CHARS, random);
        if (n < 0 || n >= SL_PATH_BYTES)
            return sl_err_set(err, SL_EOVERFLOW, "path too long: %.80s...", path);
        const int fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd >= 0)
            return fd;
        if (errno != EEXIST)
            break;
    }
    return sl_err_sys(err, errno, "write %s", path);
}

/* Write a whole file beside `path`; it is on disk when this returns. */
static int write_beside(char tmp[static SL_PATH_BYTES], const char *path, const void *data,
                        size_t len, mode_t mode, struct sl_err *err)
{
    const int fd = open_beside(tmp, path, err);
    if (fd < 0)
        return fd;
    int why = 0;
    if (fchmod(fd, mode) != 0 || write_all(fd, data, len) != 0 || fsync(fd) != 0)
        why = errno;
    if (close(fd) != 0 && why == 0)
        why = errno;
    if (why == 0)
        return SL_OK;
    unlink(tmp);
    return sl_err_sys(err, why, "write %s", path);
}

int sl_file_write_atomic(const char *path, const void *data, size_t len, unsigned mode,
                         struct sl_err *err)
{
    char tmp[SL_PATH_BYTES];
    const int rc = write_beside(tmp, path, data, len, (mode_t)mode, err);
    if (rc < 0)
        return rc;
    if (rename(tmp, path) == 0 && sync_folder_of(path) == 0)
        return SL_OK;
    const int why = errno;
    unlink(tmp);
    return sl_err_sys(err, why, "write %s", path);
}

int sl_file_write_new(const char *path, const void *data, size_t len, unsigned mode,
                      struct sl_err *err)
{
    char tmp[SL_PATH_BYTES];
    const int rc = write_beside(tmp, path, data, len, (mode_t)mode, err);
    if (rc < 0)
        return rc;
    /* unlike rename(), link() fails if the name exists */
    int why = link(tmp, path) != 0 ? errno : 0;
    unlink(tmp);
    if (why == 0 && sync_folder_of(path) != 0)
        why = errno;
    if (why == EEXIST)
        return sl_err_set(err, SL_EHELD, "%s is there already", path);
    return why == 0 ? SL_OK : sl_err_sys(err, why, "write %s", path);
}

/* Read until `cap` bytes or the end. Returns an errno, or 0. */
static int read_to_end(int fd, char *data, size_t cap, size_t *len)
{
    *len = 0;
    while (*len < cap) {
        const ssize_t n = read(fd, data + *len, cap - *len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno;
        if (n == 0)
            break;
        *len += (size_t)n;
    }
    return 0;
}

/* How much to read: a regular file up to its size; a pipe, whose size is unknown, up to one byte
 * more than `cap`. */
static int size_of(size_t *want, int fd, bool pipes, const char *path, size_t cap,
                   struct sl_err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return sl_err_sys(err, errno, "read %s", path);
    if (pipes && S_ISFIFO(st.st_mode) && sl_trust_is_nameless_pipe(fd)) {
        const int flags = fcntl(fd, F_GETFL);
        if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) != 0)
            return sl_err_sys(err, errno, "read %s", path);
        *want = cap + 1;
        return SL_OK;
    }
    if (!S_ISREG(st.st_mode))
        return sl_err_set(err, SL_EFILETYPE, "read %s: not a regular file", path);
    if (st.st_size < 0 || (uint64_t)st.st_size > cap)
        return sl_err_set(err, SL_ETOOBIG, "read %s: larger than %zu bytes", path, cap);
    *want = (size_t)st.st_size;
    return SL_OK;
}

static int read_open(char **out, size_t *len, int fd, bool pipes, const char *path, size_t cap,
                     struct sl_err *err)
{
    size_t want = 0;
    const int rc = size_of(&want, fd, pipes, path, cap, err);
    if (rc < 0)
        return rc;
    char *data = malloc(want + 1);
    if (data == NULL)
        return sl_err_set(err, SL_ENOMEM, "read %s: out of memory", path);
    const int why = read_to_end(fd, data, want, len);
    if (why != 0 || *len > cap) {
        free(data);
        return why != 0 ? sl_err_sys(err, why, "read %s", path)
                        : sl_err_set(err, SL_ETOOBIG, "read %s: larger than %zu bytes", path, cap);
    }
    data[*len] = '\0';
    *out = data;
    return SL_OK;
}

/* O_NONBLOCK: opening a FIFO must not wait for its writer. */
static int open_file(const char *path, struct sl_err *err)
{
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    return fd >= 0 ? fd : sl_err_sys(err, errno, "read %s", path);
}

int sl_file_read(char **out, size_t *len, const char *path, size_t cap, struct sl_err *err)
{
    const int fd = open_file(path, err);
    if (fd < 0)
        return fd;
    const int rc = read_open(out, len, fd, false, path, cap, err);
    close(fd);
    return rc;
}

int sl_file_read_judged(char **out, size_t *len, struct sl_distrust *distrust, const char *path,
                        size_t cap, struct sl_err *err)
{
    const int fd = open_file(path, err);
    if (fd < 0)
        return fd;
    const bool trusted = sl_trusted(distrust, fd, path);
    const int rc = read_open(out, len, fd, trusted, path, cap, err);
    close(fd);
    return rc;
}

int sl_file_read_trusted(char **out, size_t *len, const char *what, const char *path, size_t cap,
                         struct sl_err *err)
{
    struct sl_distrust distrust;
    const int rc = sl_file_read_judged(out, len, &distrust, path, cap, err);
    if (rc < 0 || distrust.why == SL_TRUSTED)
        return rc;
    free(*out);
    *out = NULL;
    return sl_distrust_err(err, what, path, &distrust);
}
