/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/path.h"

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

/* A whole file beside `path`, which is on the disk when it returns. Returns an errno, or 0. */
static int write_beside(const char *tmp, const void *data, size_t len, mode_t mode)
{
    const int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd < 0)
        return errno;
    int why = 0;
    if (fchmod(fd, mode) != 0 || write_all(fd, data, len) != 0 || fsync(fd) != 0)
        why = errno;
    if (close(fd) != 0 && why == 0)
        why = errno;
    if (why != 0)
        unlink(tmp);
    return why;
}

static int name_beside(char tmp[static SL_PATH_BYTES], const char *path, struct sl_err *err)
{
    const int n = snprintf(tmp, SL_PATH_BYTES, "%s.tmp-%ld", path, (long)getpid());
    if (n < 0 || n >= SL_PATH_BYTES)
        return sl_err_set(err, SL_EOVERFLOW, "path too long: %.80s...", path);
    return SL_OK;
}

int sl_file_write_atomic(const char *path, const void *data, size_t len, unsigned mode,
                         struct sl_err *err)
{
    char tmp[SL_PATH_BYTES];
    const int rc = name_beside(tmp, path, err);
    if (rc < 0)
        return rc;
    int why = write_beside(tmp, data, len, (mode_t)mode);
    if (why == 0 && (rename(tmp, path) != 0 || sync_folder_of(path) != 0)) {
        why = errno;
        unlink(tmp);
    }
    return why == 0 ? SL_OK : sl_err_sys(err, why, "write %s", path);
}

int sl_file_write_new(const char *path, const void *data, size_t len, unsigned mode,
                      struct sl_err *err)
{
    char tmp[SL_PATH_BYTES];
    const int rc = name_beside(tmp, path, err);
    if (rc < 0)
        return rc;
    int why = write_beside(tmp, data, len, (mode_t)mode);
    if (why == 0) {
        /* unlike rename(), link() refuses a name that is taken */
        if (link(tmp, path) != 0)
            why = errno;
        unlink(tmp);
    }
    if (why == 0 && sync_folder_of(path) != 0)
        why = errno;
    if (why == EEXIST)
        return sl_err_set(err, SL_EHELD, "%s is there already", path);
    return why == 0 ? SL_OK : sl_err_sys(err, why, "write %s", path);
}

static int read_open(char **out, size_t *len, int fd, const char *path, size_t cap,
                     struct sl_err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return sl_err_sys(err, errno, "read %s", path);
    if (!S_ISREG(st.st_mode))
        return sl_err_set(err, SL_EFILETYPE, "read %s: not a regular file", path);
    if (st.st_size < 0 || (uint64_t)st.st_size > cap)
        return sl_err_set(err, SL_ETOOBIG, "read %s: larger than %zu bytes", path, cap);
    const size_t want = (size_t)st.st_size;
    char *data = malloc(want + 1);
    if (data == NULL)
        return sl_err_set(err, SL_ENOMEM, "read %s: out of memory", path);
    size_t got = 0;
    while (got < want) {
        const ssize_t n = read(fd, data + got, want - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            const int why = errno;
            free(data);
            return sl_err_sys(err, why, "read %s", path);
        }
        if (n == 0)
            break;
        got += (size_t)n;
    }
    data[got] = '\0';
    *out = data;
    *len = got;
    return SL_OK;
}

int sl_file_read(char **out, size_t *len, const char *path, size_t cap, struct sl_err *err)
{
    /* O_NONBLOCK: opening a FIFO must not wait for its writer */
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return sl_err_sys(err, errno, "read %s", path);
    const int rc = read_open(out, len, fd, path, cap, err);
    close(fd);
    return rc;
}
