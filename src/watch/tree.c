/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

enum {
    CHANGES = IN_CLOSE_WRITE | IN_CREATE | IN_MODIFY | IN_ATTRIB | IN_MOVED_FROM | IN_MOVED_TO |
              IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR,
    ARRIVALS = IN_CREATE | IN_MOVED_TO | IN_ONLYDIR | IN_MASK_ADD,
};

void sl_watch_tree_init(struct sl_tree *tree, bool no_inotify)
{
    *tree = (struct sl_tree){.fd = no_inotify ? -1 : inotify_init1(IN_NONBLOCK | IN_CLOEXEC)};
}

void sl_watch_tree_fini(struct sl_tree *tree)
{
    for (size_t i = 0; i < tree->count; i++)
        free(tree->folders[i].path);
    free(tree->folders);
    if (tree->fd >= 0)
        close(tree->fd);
    *tree = (struct sl_tree){.fd = -1};
}

/* Where the watch is, or would be put. */
static size_t place_of(const struct sl_tree *tree, int wd)
{
    size_t low = 0, high = tree->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (tree->folders[middle].wd < wd)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct sl_folder *sl_watch_tree_find(const struct sl_tree *tree, int wd)
{
    const size_t at = place_of(tree, wd);
    return at < tree->count && tree->folders[at].wd == wd ? &tree->folders[at] : NULL;
}

static bool grow(struct sl_tree *tree)
{
    if (tree->count < tree->room)
        return true;
    const size_t room = tree->room == 0 ? 64 : tree->room * 2;
    struct sl_folder *folders = realloc(tree->folders, room * sizeof *folders);
    if (folders == NULL)
        return false;
    tree->folders = folders;
    tree->room = room;
    return true;
}

/* New watches have growing numbers, so this is nearly always the end. */
static int insert(struct sl_tree *tree, int wd, const char *path, bool above, struct sl_err *err)
{
    const size_t at = place_of(tree, wd);
    char *copy = strdup(path);
    if (copy == NULL || !grow(tree)) {
        free(copy);
        return sl_err_set(err, SL_ENOMEM, "out of memory to watch a folder");
    }
    if (at < tree->count && tree->folders[at].wd == wd) { /* known, maybe by another name */
        free(tree->folders[at].path);
        above = above && tree->folders[at].above;
    } else {
        memmove(&tree->folders[at + 1], &tree->folders[at],
                (tree->count - at) * sizeof *tree->folders);
        tree->count++;
    }
    tree->folders[at] = (struct sl_folder){wd, above, copy};
    return SL_OK;
}

int sl_watch_tree_add(struct sl_tree *tree, const char *path, bool above, struct sl_err *err)
{
    if (tree->fd < 0)
        return SL_OK;
    const int wd = inotify_add_watch(tree->fd, path, above ? ARRIVALS : CHANGES);
    if (wd < 0)
        return sl_err_sys(err, errno, "watch the folder");
    return insert(tree, wd, path, above, err);
}

void sl_watch_tree_forget(struct sl_tree *tree, int wd)
{
    const size_t at = place_of(tree, wd);
    if (at == tree->count || tree->folders[at].wd != wd)
        return;
    free(tree->folders[at].path);
    tree->count--;
    memmove(&tree->folders[at], &tree->folders[at + 1], (tree->count - at) * sizeof *tree->folders);
}

bool sl_watch_path_is_below(const char *path, const char *dir)
{
    const size_t len = strlen(dir);
    return strncmp(path, dir, len) == 0 &&
           (path[len] == '\0' || path[len] == '/' || (len > 0 && dir[len - 1] == '/'));
}

void sl_watch_tree_drop(struct sl_tree *tree, const char *path)
{
    size_t kept = 0;
    for (size_t i = 0; i < tree->count; i++) {
        if (!tree->folders[i].above && sl_watch_path_is_below(tree->folders[i].path, path)) {
            (void)inotify_rm_watch(tree->fd, tree->folders[i].wd);
            free(tree->folders[i].path);
        } else {
            tree->folders[kept++] = tree->folders[i];
        }
    }
    tree->count = kept;
}
