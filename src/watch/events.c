/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "events.h"

#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "look.h"

enum { BUFFER_BYTES = 32768 };

static void on_folder(struct sl_watch *watch, const char *path, uint32_t mask)
{
    sl_watch_tree_drop(&watch->tree, path); /* what was watched by this name is elsewhere now */
    if ((mask & (IN_CREATE | IN_MOVED_TO)) != 0)
        sl_watch_scan(watch, path);
}

static bool is_root(const struct sl_watch *watch, const char *path)
{
    for (size_t i = 0; i < watch->root_count; i++) {
        if (strcmp(watch->roots[i].path, path) == 0)
            return true;
    }
    return false;
}

/* Something with a name, in a folder of ours. */
static void on_name(struct sl_watch *watch, const struct sl_folder *folder,
                    const struct inotify_event *event)
{
    char path[SL_PATH_BYTES];
    if (event->name[0] == '.' && !watch->options.include_hidden)
        return;
    if (sl_path_join(path, sizeof path, folder->path, event->name, NULL) < 0)
        return;
    if (is_root(watch, path))
        watch->roots_stale = true;
    if ((event->mask & IN_ISDIR) == 0)
        sl_watch_touch(watch, path);
    else if ((event->mask & (IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE)) != 0)
        on_folder(watch, path, event->mask);
}

static void on_event(struct sl_watch *watch, const struct inotify_event *event)
{
    if ((event->mask & IN_Q_OVERFLOW) != 0) {
        watch->rescan_at_ms = INT64_MIN; /* what was lost is found by a walk */
        return;
    }
    const struct sl_folder *folder = sl_watch_tree_find(&watch->tree, event->wd);
    if (folder == NULL)
        return;
    if (folder->above || (event->mask & (IN_UNMOUNT | IN_DELETE_SELF | IN_MOVE_SELF)) != 0)
        watch->roots_stale = true;
    if ((event->mask & IN_IGNORED) != 0)
        sl_watch_tree_forget(&watch->tree, event->wd);
    else if (!folder->above && event->len > 0)
        on_name(watch, folder, event);
}

void sl_watch_read_events(struct sl_watch *watch)
{
    _Alignas(struct inotify_event) char buffer[BUFFER_BYTES];
    ssize_t len;
    while (!atomic_load(&watch->stop) && (len = read(watch->tree.fd, buffer, sizeof buffer)) > 0) {
        for (const char *at = buffer; at < buffer + len;) {
            const struct inotify_event *event = (const void *)at;
            on_event(watch, event);
            at += sizeof *event + event->len;
        }
    }
}
