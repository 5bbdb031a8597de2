/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "events.h"
#include "items.h"
#include "look.h"

enum { RESCAN_DEFAULT_MS = 10 * 60000 };

/* ---- making ---- */

int sl_watch_new(struct sl_watch **out, const struct sl_watch_options *options, struct sl_err *err)
{
    struct sl_watch *watch = calloc(1, sizeof *watch);
    *out = NULL;
    if (watch == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for the watch");
    watch->options = *options;
    if (watch->options.rescan_ms <= 0)
        watch->options.rescan_ms = RESCAN_DEFAULT_MS;
    pthread_mutex_init(&watch->lock, NULL);
    pthread_cond_init(&watch->space, NULL);
    atomic_init(&watch->stop, false);
    watch->items_end = &watch->items;
    sl_watch_tree_init(&watch->tree, options->no_inotify);
    sl_watch_marks_init(&watch->marks);
    sl_watch_settle_init(&watch->settle, options->settle_ms);
    watch->mounts_fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
    watch->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    watch->item_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (watch->wake_fd < 0 || watch->item_fd < 0) {
        const int why = errno;
        sl_watch_free(watch);
        return sl_err_sys(err, why, "make an eventfd");
    }
    *out = watch;
    return SL_OK;
}

/* Without slashes at its end, as walks report it. */
static int add_root(struct sl_watch *watch, const char *dir, bool skip, struct sl_err *err)
{
    size_t len = strlen(dir);
    if (dir[0] != '/')
        return sl_err_set(err, SL_EINVAL, "not an absolute path: %.80s", dir);
    while (len > 1 && dir[len - 1] == '/')
        len--;
    if (len >= SL_PATH_BYTES)
        return sl_err_set(err, SL_EOVERFLOW, "path too long: %.80s...", dir);
    struct sl_root *roots = realloc(watch->roots, (watch->root_count + 1) * sizeof *roots);
    if (roots == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for a folder");
    watch->roots = roots;
    struct sl_root *root = &roots[watch->root_count++];
    root->skip = skip;
    root->present = false;
    memcpy(root->path, dir, len);
    root->path[len] = '\0';
    return SL_OK;
}

int sl_watch_add(struct sl_watch *watch, const char *dir, struct sl_err *err)
{
    return add_root(watch, dir, false, err);
}

int sl_watch_skip(struct sl_watch *watch, const char *dir, struct sl_err *err)
{
    return add_root(watch, dir, true, err);
}

int sl_watch_know(struct sl_watch *watch, const char *path, const struct sl_file_mark *file,
                  struct sl_err *err)
{
    return sl_watch_marks_add(&watch->marks, path, file, err);
}

/* ---- the thread ---- */

static void mark_forgotten(struct sl_watch *watch)
{
    struct sl_note *next = NULL;
    for (struct sl_note *note = sl_watch_forgotten(watch); note != NULL; note = next) {
        const struct sl_file_mark none = {0};
        next = note->next;
        if (sl_watch_marks_add(&watch->marks, note->path, &none, NULL) < 0)
            watch->broken = true; /* it is taken again when it changes */
        free(note);
    }
}

static int wait_ms(const struct sl_watch *watch)
{
    int64_t at_ms = sl_watch_settle_next_ms(&watch->settle);
    if (watch->rescan_at_ms < at_ms)
        at_ms = watch->rescan_at_ms;
    const int64_t now = sl_now_ms(&watch->options.clock);
    if (at_ms <= now)
        return 0;
    return at_ms - now < INT_MAX ? (int)(at_ms - now) : INT_MAX;
}

static void wait_for_something(struct sl_watch *watch)
{
    uint64_t count = 0;
    struct pollfd fds[] = {{.fd = watch->wake_fd, .events = POLLIN},
                           {.fd = watch->tree.fd, .events = POLLIN},
                           {.fd = watch->mounts_fd, .events = POLLPRI}};
    if (poll(fds, sizeof fds / sizeof fds[0], wait_ms(watch)) <= 0)
        return;
    if (fds[0].revents != 0)
        (void)!read(watch->wake_fd, &count, sizeof count);
    if (fds[1].revents != 0)
        sl_watch_read_events(watch);
    if (fds[2].revents != 0)
        watch->roots_stale = true;
}

static void note_if_blind(struct sl_watch *watch)
{
    struct sl_err err = {0};
    if (watch->tree.fd >= 0 || watch->options.no_inotify)
        return;
    sl_err_set(&err, SL_ENOSPC,
               "the system tells of no changes (inotify): new files are found by looking from time "
               "to time (to change that: sysctl fs.inotify.max_user_instances=1024)");
    sl_watch_push(watch, SL_WATCH_NOTE, "", &err);
}

static void *watch_main(void *arg)
{
    struct sl_watch *watch = arg;
    note_if_blind(watch);
    watch->first = true;
    sl_watch_scan_all(watch);
    watch->first = false;
    if (watch->links > 0)
        sl_watch_push_links(watch, watch->links);
    sl_watch_push(watch, SL_WATCH_READY, "", NULL);
    while (!atomic_load(&watch->stop)) {
        wait_for_something(watch);
        mark_forgotten(watch);
        if (watch->rescan_at_ms <= sl_now_ms(&watch->options.clock))
            sl_watch_scan_all(watch);
        else if (watch->roots_stale)
            sl_watch_check_roots(watch);
        sl_watch_settle(watch);
    }
    return NULL;
}

/* ---- start and end ---- */

int sl_watch_start(struct sl_watch *watch, struct sl_err *err)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all); /* signals are the main thread's */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int why = pthread_create(&watch->thread, NULL, watch_main, watch);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    watch->started = why == 0;
    return why == 0 ? SL_OK : sl_err_sys(err, why, "start a thread");
}

int sl_watch_fd(const struct sl_watch *watch)
{
    return watch->item_fd;
}

void sl_watch_wake(struct sl_watch *watch)
{
    const uint64_t one = 1;
    (void)!write(watch->wake_fd, &one, sizeof one);
}

static void stop(struct sl_watch *watch)
{
    if (!watch->started)
        return;
    pthread_mutex_lock(&watch->lock);
    atomic_store(&watch->stop, true);
    pthread_cond_signal(&watch->space);
    pthread_mutex_unlock(&watch->lock);
    sl_watch_wake(watch);
    pthread_join(watch->thread, NULL);
}

static void close_fd(int fd)
{
    if (fd >= 0)
        close(fd);
}

void sl_watch_free(struct sl_watch *watch)
{
    if (watch == NULL)
        return;
    stop(watch);
    sl_watch_items_fini(watch);
    sl_watch_settle_fini(&watch->settle);
    sl_watch_marks_fini(&watch->marks);
    sl_watch_tree_fini(&watch->tree);
    close_fd(watch->mounts_fd);
    close_fd(watch->wake_fd);
    close_fd(watch->item_fd);
    pthread_cond_destroy(&watch->space);
    pthread_mutex_destroy(&watch->lock);
    free(watch->roots);
    free(watch);
}
