/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#define _GNU_SOURCE /* O_PATH */ /* NOLINT(bugprone-reserved-identifier,cert-dcl37-c) */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/path.h"

enum { NAME_BYTES = 256, FOLDER = O_PATH | O_DIRECTORY | O_CLOEXEC };

/* Open the start of the walk: "/", the working directory, or the folder that links may lead to. */
static int open_start(const char *path, size_t from)
{
    char start[SL_PATH_BYTES];
    if (from == 0)
        return open(path[0] == '/' ? "/" : ".", FOLDER);
    if (from >= sizeof start) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(start, path, from);
    start[from] = '\0';
    return open(start, FOLDER);
}

/* open(2) reports a link in place of a folder as ENOTDIR, just like a file. */
static int why_not(int at, const char *name)
{
    struct stat st;
    const int why = errno;
    const bool link =
        why == ENOTDIR && fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
    return link ? ELOOP : why;
}

/* Open the next component and return its descriptor; closes `at`. */
static int step(int at, const char *name, int flags)
{
    const int fd = openat(at, name, flags | O_NOFOLLOW);
    const int why = fd < 0 ? why_not(at, name) : 0;
    close(at);
    errno = why;
    return fd;
}

int sl_path_open_plain(const char *path, size_t from, int flags)
{
    const int last = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | flags;
    int at = open_start(path, from);
    const char *next = path + from;
    next += strspn(next, "/");
    if (at >= 0 && *next == '\0')
        return step(at, ".", last);
    while (at >= 0) {
        char name[NAME_BYTES];
        const size_t len = strcspn(next, "/");
        if (len >= sizeof name) {
            close(at);
            errno = ENAMETOOLONG;
            return -1;
        }
        memcpy(name, next, len);
        name[len] = '\0';
        next += len;
        next += strspn(next, "/");
        at = step(at, name, *next == '\0' ? last : FOLDER);
        if (*next == '\0')
            break;
    }
    return at;
}
