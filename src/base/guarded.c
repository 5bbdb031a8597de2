/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/guarded.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MAX = 4, FILES_MAX = 20000 };

static const char built_in_network[] = "local"; /* its pieces are no secrets of the user */

struct identity {
    dev_t device;
    ino_t inode;
};

struct sl_guarded {
    struct identity *files;
    size_t count;
    size_t room;
    char (*paths)[SL_PATH_BYTES];
    size_t path_count;
};

static bool same(struct identity a, const struct stat *st)
{
    return a.device == st->st_dev && a.inode == st->st_ino;
}

static int add(struct sl_guarded *guarded, const struct stat *st, struct sl_err *err)
{
    if (guarded->count == guarded->room) {
        const size_t room = guarded->room * 2 + 32;
        struct identity *files = realloc(guarded->files, room * sizeof *files);
        if (files == NULL)
            return sl_err_set(err, SL_ENOMEM, "out of memory for the list of own files");
        guarded->files = files;
        guarded->room = room;
    }
    guarded->files[guarded->count++] = (struct identity){st->st_dev, st->st_ino};
    return SL_OK;
}

static int add_folder(struct sl_guarded *guarded, int at, const char *name, int depth,
                      struct sl_err *err);

/* A link in one of our folders guards what it leads to. */
static int add_one(struct sl_guarded *guarded, int at, const char *name, int depth,
                   struct sl_err *err)
{
    struct stat st;
    if (name[0] == '.' && (name[1] == '\0' || strcmp(name, "..") == 0))
        return SL_OK;
    if (fstatat(at, name, &st, 0) != 0 || guarded->count >= FILES_MAX)
        return SL_OK;
    if (S_ISREG(st.st_mode))
        return add(guarded, &st, err);
    const bool enters =
        S_ISDIR(st.st_mode) && depth < DEPTH_MAX && strcmp(name, built_in_network) != 0;
    return enters ? add_folder(guarded, at, name, depth + 1, err) : SL_OK;
}

/* One that is not there, or cannot be read, holds nothing to guard. */
static int add_folder(struct sl_guarded *guarded, int at, const char *name, int depth,
                      struct sl_err *err)
{
    const int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    int rc = SL_OK;
    if (dir == NULL) {
        if (fd >= 0)
            close(fd);
        return SL_OK;
    }
    const struct dirent *entry = NULL;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): this stream belongs to this thread alone */
    while (rc == SL_OK && (entry = readdir(dir)) != NULL)
        rc = add_one(guarded, fd, entry->d_name, depth, err);
    closedir(dir);
    return rc;
}

static int add_path(struct sl_guarded *guarded, const char *path, struct sl_err *err)
{
    if (path == NULL || path[0] == '\0')
        return SL_OK;
    const int rc = sl_path_expand_home(guarded->paths[guarded->path_count], path, err);
    guarded->path_count += rc >= 0;
    return rc;
}

int sl_guarded_new(struct sl_guarded **out, const struct sl_paths *own, const char *const *paths,
                   size_t count, struct sl_err *err)
{
    const char *const dirs[] = {own->config, own->state, own->data};
    struct sl_guarded *guarded = calloc(1, sizeof *guarded);
    if (guarded != NULL)
        guarded->paths = calloc(count + 1, sizeof *guarded->paths);
    int rc = guarded != NULL && guarded->paths != NULL
                 ? SL_OK
                 : sl_err_set(err, SL_ENOMEM, "out of memory for the list of own files");
    for (size_t i = 0; rc == SL_OK && i < sizeof dirs / sizeof dirs[0]; i++)
        rc = dirs[i][0] != '\0' ? add_folder(guarded, AT_FDCWD, dirs[i], 0, err) : SL_OK;
    for (size_t i = 0; rc == SL_OK && i < count; i++)
        rc = add_path(guarded, paths[i], err);
    if (rc < 0) {
        sl_guarded_free(guarded);
        return rc;
    }
    *out = guarded;
    return SL_OK;
}

void sl_guarded_free(struct sl_guarded *guarded)
{
    if (guarded == NULL)
        return;
    free(guarded->files);
    free(guarded->paths);
    free(guarded);
}

bool sl_guarded_has(const struct sl_guarded *guarded, const struct stat *st)
{
    if (guarded == NULL)
        return false;
    for (size_t i = 0; i < guarded->count; i++) {
        if (same(guarded->files[i], st))
            return true;
    }
    for (size_t i = 0; i < guarded->path_count; i++) {
        struct stat named;
        if (stat(guarded->paths[i], &named) == 0 &&
            same((struct identity){named.st_dev, named.st_ino}, st))
            return true;
    }
    return false;
}

int sl_guarded_refuse(struct sl_err *err)
{
    return sl_err_set(
        err, SL_EREFUSED,
        "a file of sluice's own (a key, the settings or the journal): never uploaded");
}
