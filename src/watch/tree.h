/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* tree.h - maps inotify watches to folders. Private to watch. */
#ifndef SL_WATCH_TREE_H
#define SL_WATCH_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "sluice/err.h"

struct sl_tree {
    int fd; /* inotify; -1: there is none */
    struct sl_folder {
        int wd;
        bool above; /* a parent of a watched folder: ignore its files */
        char *path; /* owned */
    } * folders;    /* by wd */
    size_t count;
    size_t room;
};

/** A tree without inotify (fd -1) is valid. */
void sl_watch_tree_init(struct sl_tree *tree, bool no_inotify);
void sl_watch_tree_fini(struct sl_tree *tree);

/** Watch a folder (again). Errors: SL_ENOSPC (the kernel's limit of watches), SL_ENOMEM, and what
 * opening it says. Without inotify it does nothing. */
int sl_watch_tree_add(struct sl_tree *tree, const char *path, bool above,
                      struct sl_err *err) SL_MUST_CHECK;

/** The folder of a watch, or NULL if it is no longer watched. */
const struct sl_folder *sl_watch_tree_find(const struct sl_tree *tree, int wd);

/** The kernel ended this watch. */
void sl_watch_tree_forget(struct sl_tree *tree, int wd);

/** End the watches of a folder and everything below it. */
void sl_watch_tree_drop(struct sl_tree *tree, const char *path);

/** Whether `path` is `dir` or lies below it. */
bool sl_watch_path_is_below(const char *path, const char *dir);

#endif
