/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "look.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/log.h"
#include "sluice/walk.h"

#include "items.h"
#include "names.h"

static int64_t now_ms(const struct sl_watch *watch)
{
    return sl_now_ms(&watch->options.clock);
}

/* Lack of memory is no end: what was missed is found by the next walk. */
static void note_oom(struct sl_watch *watch, const struct sl_err *err)
{
    if (!watch->broken)
        sl_watch_push(watch, SL_WATCH_NOTE, "", err);
    watch->broken = true;
}

/* ---- files ---- */

static bool is_own(const struct sl_watch *watch, const char *path)
{
    for (size_t i = 0; i < watch->root_count; i++) {
        if (watch->roots[i].skip && sl_watch_path_is_below(path, watch->roots[i].path))
            return true;
    }
    return false;
}

/* The innermost watched folder that contains the path. */
static const struct sl_root *root_of(const struct sl_watch *watch, const char *path)
{
    const struct sl_root *best = NULL;
    for (size_t i = 0; i < watch->root_count; i++) {
        const struct sl_root *root = &watch->roots[i];
        if (!root->skip && sl_watch_path_is_below(path, root->path) &&
            (best == NULL || strlen(root->path) > strlen(best->path)))
            best = root;
    }
    return best;
}

static void consider(struct sl_watch *watch, const char *path, const struct sl_file_mark *file)
{
    struct sl_err err = {0};
    const struct sl_root *root = root_of(watch, path);
    if (root == NULL ||
        (!watch->options.include_temp && sl_watch_names_unfinished(root->path, path)))
        return;
    if (is_own(watch, path) || file->size_bytes == 0) /* nothing yet */
        return;
    if (sl_watch_settle_has(&watch->settle, path) || sl_watch_marks_has(&watch->marks, path, file))
        return;
    sl_log(SL_LOG_INFO, SL_LOG_WATCH, "found, waiting until it stops changing: name=%s", path);
    if (sl_watch_settle_add(&watch->settle, path, file, now_ms(watch), &err) < 0)
        note_oom(watch, &err);
}

/* Open by a path without links below the watched folder or, if links may be followed, one that ends
 * inside it. Returns a descriptor, or -1. */
static int open_inside(const struct sl_watch *watch, const char *path)
{
    const struct sl_root *root = root_of(watch, path);
    if (root == NULL)
        return -1;
    const int fd = sl_path_open_plain(path, strlen(root->path), 0);
    if (fd >= 0 || errno != ELOOP || !watch->options.follow_links)
        return fd;
    char *top = realpath(root->path, NULL);
    char *target = realpath(path, NULL);
    int by_link = -1;
    if (top != NULL && target != NULL && sl_watch_path_is_below(target, top))
        by_link = sl_path_open_plain(target, strlen(top), 0);
    free(top);
    free(target);
    return by_link;
}

/* A file of another user may be a hard link: anybody who may write into the folder could have made
 * it. */
static bool may_be_taken(const struct sl_watch *watch, const struct stat *st, struct sl_err *err)
{
    const bool guarded = sl_guarded_has(watch->options.guarded, st);
    const bool foreign = st->st_nlink > 1 && st->st_uid != geteuid();
    if (guarded)
        (void)sl_guarded_refuse(err);
    else if (foreign)
        (void)sl_err_set(err, SL_EREFUSED,
                         "skipped: it belongs to another user and has more than one link");
    return !guarded && !foreign;
}

/* False, with *err: there is no file, or none that may be taken. */
static bool look_at_file(const struct sl_watch *watch, const char *path, struct sl_file_mark *file,
                         struct sl_err *err)
{
    struct stat st;
    const int fd = open_inside(watch, path);
    if (fd < 0)
        return false;
    const bool good = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    if (good)
        *file = sl_file_mark_on(&st, sl_fd_makes_up_ctime(fd));
    close(fd);
    return good && may_be_taken(watch, &st, err);
}

void sl_watch_touch(struct sl_watch *watch, const char *path)
{
    struct sl_file_mark file = {0};
    struct sl_err err = {0};
    if (sl_watch_settle_has(&watch->settle, path))
        return;
    if (look_at_file(watch, path, &file, &err) || err.code == SL_EREFUSED)
        consider(watch, path, &file); /* a refusal is reported once the file is still */
}

/* Report it once, as long as the file stays the same. */
static void refuse(struct sl_watch *watch, const char *path, const struct sl_file_mark *file,
                   const struct sl_err *why)
{
    struct sl_err err = {0};
    if (why->code != SL_EREFUSED)
        return;
    if (sl_watch_marks_add(&watch->marks, path, file, &err) < 0)
        note_oom(watch, &err);
    sl_log(SL_LOG_INFO, SL_LOG_WATCH, "%s: name=%s", why->text, path);
    sl_watch_push(watch, SL_WATCH_NOTE, path, why);
}

/* A file is handed out with the mark that was checked: a file that takes its place later has
 * another mark. */
void sl_watch_settle(struct sl_watch *watch)
{
    const char *due;
    char path[SL_PATH_BYTES];
    while (!atomic_load(&watch->stop) &&
           (due = sl_watch_settle_due(&watch->settle, now_ms(watch))) != NULL) {
        struct sl_file_mark file = {0};
        struct sl_err err = {0};
        memcpy(path, due, strlen(due) + 1);
        if (!look_at_file(watch, path, &file, &err) || file.size_bytes == 0) {
            sl_watch_settle_drop(&watch->settle);
            refuse(watch, path, &file, &err);
        } else if (!watch->options.include_temp && sl_watch_names_have_notes(path)) {
            sl_watch_settle_again(&watch->settle, now_ms(watch));
        } else if (sl_watch_settle_is_still(&watch->settle, &file, now_ms(watch))) {
            if (sl_watch_marks_add(&watch->marks, path, &file, &err) < 0)
                note_oom(watch, &err);
            sl_log(SL_LOG_INFO, SL_LOG_WATCH, "unchanged for long enough, queueing: name=%s", path);
            sl_watch_push_file(watch, path, &file);
        }
    }
}

/* ---- walks ---- */

static void follow(struct sl_watch *watch, const char *path)
{
    struct sl_err err = {0};
    const int rc = is_own(watch, path) ? SL_OK : sl_watch_tree_add(&watch->tree, path, false, &err);
    if (rc == SL_ENOMEM)
        note_oom(watch, &err);
    if (rc != SL_ENOSPC || watch->full_told)
        return;
    watch->full_told = true;
    sl_err_set(
        &err, SL_ENOSPC,
        "the limit of watched folders (inotify) is reached: changes in other folders are found "
        "by scanning from time to time (to raise it: sysctl "
        "fs.inotify.max_user_watches=1048576)");
    sl_watch_push(watch, SL_WATCH_NOTE, path, &err);
}

static int on_walk(void *ctx, const struct sl_scan_item *item)
{
    struct sl_watch *watch = ctx;
    if (item->kind == SL_SCAN_FOLDER)
        follow(watch, item->path);
    else if (item->kind == SL_SCAN_FILE)
        consider(watch, item->path, &item->file);
    else if (item->kind == SL_SCAN_ERROR && watch->first && item->err.code != SL_EEMPTY)
        sl_watch_push(watch, SL_WATCH_NOTE, item->path, &item->err);
    else if (item->kind == SL_SCAN_DONE && watch->first)
        watch->links += item->links;
    return 0;
}

void sl_watch_scan(struct sl_watch *watch, const char *path)
{
    const struct sl_root *root = root_of(watch, path);
    const struct sl_walk_options options = {.links = watch->options.follow_links ? SL_LINKS_INSIDE
                                                                                 : SL_LINKS_NONE,
                                            .inside_of = root != NULL ? root->path : NULL,
                                            .include_hidden = watch->options.include_hidden,
                                            .report_folders = true,
                                            .stop = &watch->stop,
                                            .fn = on_walk,
                                            .ctx = watch};
    sl_walk(&options, path, 0);
}

/* ---- the watched folders ---- */

/* A folder that is not there is waited for in the nearest one above that is. */
static void wait_above(struct sl_watch *watch, const char *path)
{
    char above[SL_PATH_BYTES];
    memcpy(above, path, strlen(path) + 1);
    for (char *slash = strrchr(above, '/'); slash != NULL; slash = strrchr(above, '/')) {
        slash[slash == above] = '\0';
        if (sl_watch_tree_add(&watch->tree, above, true, NULL) >= 0 || above[1] == '\0')
            return;
    }
}

static void lose(struct sl_watch *watch, struct sl_root *root, int why)
{
    struct sl_err err = {0};
    const bool news = root->present || watch->first;
    root->present = false;
    sl_watch_tree_drop(&watch->tree, root->path);
    wait_above(watch, root->path);
    if (!news)
        return;
    sl_err_sys(&err, why, "the folder is not there; waiting for it");
    sl_watch_push(watch, SL_WATCH_NOTE, root->path, &err);
}

static void find(struct sl_watch *watch, struct sl_root *root, const struct stat *st)
{
    struct sl_err err = {0};
    const bool same = root->present && root->device == st->st_dev && root->inode == st->st_ino;
    if (same)
        return;
    if (!watch->first) {
        sl_err_set(&err, SL_OK, "%s: looked through",
                   root->present ? "another folder is here now" : "the folder is there");
        sl_watch_push(watch, SL_WATCH_NOTE, root->path, &err);
    }
    root->present = true;
    root->device = st->st_dev;
    root->inode = st->st_ino;
    sl_watch_tree_drop(&watch->tree, root->path);
    sl_watch_scan(watch, root->path);
}

/* 0, or why it is no folder. */
static int look_at(struct stat *st, const char *path)
{
    if (stat(path, st) != 0)
        return errno;
    return S_ISDIR(st->st_mode) ? 0 : ENOTDIR;
}

static void check(struct sl_watch *watch, struct sl_root *root)
{
    struct stat st;
    const int why = look_at(&st, root->path);
    if (why != 0)
        lose(watch, root, why);
    /* it may have come back before its coming was watched for */
    if (why == 0 || look_at(&st, root->path) == 0)
        find(watch, root, &st);
}

void sl_watch_check_roots(struct sl_watch *watch)
{
    watch->roots_stale = false;
    for (size_t i = 0; i < watch->root_count; i++) {
        if (!watch->roots[i].skip)
            check(watch, &watch->roots[i]);
    }
}

void sl_watch_scan_all(struct sl_watch *watch)
{
    watch->broken = false;
    watch->rescan_at_ms = now_ms(watch) + watch->options.rescan_ms;
    sl_watch_check_roots(watch);
    for (size_t i = 0; !watch->first && i < watch->root_count; i++) {
        if (watch->roots[i].present)
            sl_watch_scan(watch, watch->roots[i].path);
    }
}
