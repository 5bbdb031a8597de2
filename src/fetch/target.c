/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* target.c - names from outside become files only below the folder that was meant. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/copies.h"
#include "sluice/path.h"

enum { NAME_BYTES = 255 };

static bool is_component(const char *name, size_t len)
{
    const bool dots = (len == 1 || len == 2) && memcmp(name, "..", len) == 0;
    return len > 0 && len <= NAME_BYTES && !dots;
}

bool sl_copies_name_is_plain(const char *name)
{
    return strchr(name, '/') == NULL && is_component(name, strlen(name));
}

bool sl_copies_name_is_below(const char *name)
{
    if (strlen(name) >= SL_PATH_BYTES)
        return false;
    for (;;) {
        const size_t len = strcspn(name, "/");
        if (!is_component(name, len))
            return false;
        if (name[len] == '\0')
            return true;
        name += len + 1;
    }
}

bool sl_copies_name_ends_with(const char *path, const char *name)
{
    const size_t path_len = strlen(path);
    const size_t len = strlen(name);
    return path_len > len && path[path_len - len - 1] == '/' &&
           strcmp(path + path_len - len, name) == 0;
}

bool sl_copies_name_is_hidden(const char *name)
{
    return name[0] == '.' || strstr(name, "/.") != NULL;
}

/* Returns the descriptor of the folder, made if need be. */
static int enter(int dir_fd, const char *name, mode_t mode, struct sl_err *err)
{
    const bool made = mkdirat(dir_fd, name, mode) == 0;
    if (!made && errno != EEXIST)
        return sl_err_sys(err, errno, "make the folder %.100s", name);
    const int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0 && made)
        (void)fchmod(fd, mode); /* whatever the process keeps from others otherwise */
    if (fd >= 0)
        return fd;
    if (errno == ELOOP || errno == ENOTDIR)
        return sl_err_set(err, SL_EFILETYPE, "%.100s is in the way: it is no folder", name);
    return sl_err_sys(err, errno, "open the folder %.100s", name);
}

int sl_folder_below(const char **base, int dir_fd, const char *name, unsigned mode,
                    struct sl_err *err)
{
    char component[NAME_BYTES + 1];
    *base = sl_path_base(name);
    if (!sl_copies_name_is_below(name))
        return sl_err_set(err, SL_EFORMAT, "a name that leaves the folder, or is none");
    int at = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (at < 0)
        return sl_err_sys(err, errno, "open the folder");
    while (at >= 0 && name != *base) {
        const size_t len = strcspn(name, "/");
        memcpy(component, name, len);
        component[len] = '\0';
        const int next = enter(at, component, (mode_t)mode, err);
        close(at);
        at = next;
        name += len + 1;
    }
    return at;
}
