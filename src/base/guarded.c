/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/guarded.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    DEPTH_MAX = 4,
    FILES_MAX = 20000,
    NAMED_MOST_BYTES = 1 << 24, /* no key or settings file is larger: skips media */
};

static const char built_in_network[] = "local"; /* its pieces are not the user's secrets */

struct identity {
    dev_t device;
    ino_t inode;
};

/* The path is asked again on a match: the system gives the inode of a file that is gone, such as
 * the journal's log, to the next one that is made, and that may be a user's. */
struct own_file {
    struct identity identity;
    char *path;
};

struct sl_guarded {
    struct own_file *files;
    size_t count;
    size_t room;
    char (*paths)[SL_PATH_BYTES];
    size_t path_count;
};

static bool same(struct identity a, const struct stat *st)
{
    return a.device == st->st_dev && a.inode == st->st_ino;
}

static bool is_still(const char *path, const struct stat *st)
{
    struct stat now;
    return stat(path, &now) == 0 && same((struct identity){now.st_dev, now.st_ino}, st);
}

static int no_memory(struct sl_err *err)
{
    return sl_err_set(err, SL_ENOMEM, "out of memory for the list of own files");
}

static int add(struct sl_guarded *guarded, const FTSENT *entry, struct sl_err *err)
{
    if (guarded->count == guarded->room) {
        const size_t room = guarded->room * 2 + 32;
        struct own_file *files = realloc(guarded->files, room * sizeof *files);
        if (files == NULL)
            return no_memory(err);
        guarded->files = files;
        guarded->room = room;
    }
    char *path = strdup(entry->fts_path);
    if (path == NULL)
        return no_memory(err);
    const struct stat *st = entry->fts_statp;
    guarded->files[guarded->count++] = (struct own_file){{st->st_dev, st->st_ino}, path};
    return SL_OK;
}

/* A link in one of our folders guards its target. */
static int add_entry(struct sl_guarded *guarded, FTS *tree, FTSENT *entry, struct sl_err *err)
{
    const bool leaves = entry->fts_level >= DEPTH_MAX ||
                        (entry->fts_level > 0 && strcmp(entry->fts_name, built_in_network) == 0);
    if (entry->fts_info == FTS_D && leaves)
        (void)fts_set(tree, entry, FTS_SKIP);
    return entry->fts_info == FTS_F ? add(guarded, entry, err) : SL_OK;
}

/* A folder that does not exist or cannot be read holds nothing to guard. */
static int add_folder(struct sl_guarded *guarded, char *dir, struct sl_err *err)
{
    char *const roots[] = {dir, NULL};
    FTS *tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, NULL);
    if (tree == NULL)
        return errno == ENOMEM ? no_memory(err) : SL_OK;
    int rc = SL_OK;
    FTSENT *entry = NULL;
    while (rc == SL_OK && guarded->count < FILES_MAX && (entry = fts_read(tree)) != NULL)
        rc = add_entry(guarded, tree, entry, err);
    fts_close(tree);
    return rc;
}

static int add_folders(struct sl_guarded *guarded, const struct sl_paths *own, struct sl_err *err)
{
    char dir[SL_PATH_BYTES];
    const char *const dirs[] = {own->config, own->state, own->data};
    int rc = SL_OK;
    for (size_t i = 0; rc == SL_OK && i < sizeof dirs / sizeof dirs[0]; i++) {
        memcpy(dir, dirs[i], sizeof dir); /* fts(3) wants a writable string */
        rc = dir[0] != '\0' ? add_folder(guarded, dir, err) : SL_OK;
    }
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
    struct sl_guarded *guarded = calloc(1, sizeof *guarded);
    if (guarded == NULL)
        return no_memory(err);
    guarded->paths = calloc(count + 1, sizeof *guarded->paths);
    int rc = guarded->paths != NULL ? add_folders(guarded, own, err) : no_memory(err);
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
    for (size_t i = 0; i < guarded->count; i++)
        free(guarded->files[i].path);
    free(guarded->files);
    free(guarded->paths);
    free(guarded);
}

bool sl_guarded_has(const struct sl_guarded *guarded, const struct stat *st)
{
    if (guarded == NULL)
        return false;
    for (size_t i = 0; i < guarded->count; i++) {
        if (same(guarded->files[i].identity, st) && is_still(guarded->files[i].path, st))
            return true;
    }
    for (size_t i = 0; st->st_size <= NAMED_MOST_BYTES && i < guarded->path_count; i++) {
        if (is_still(guarded->paths[i], st))
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
