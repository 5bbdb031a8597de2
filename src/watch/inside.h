/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* inside.h - the watch's own structure, shared by its files. Its thread's, but where said. */
#ifndef SL_WATCH_INSIDE_H
#define SL_WATCH_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>

#include "sluice/watch.h"

#include "marks.h"
#include "settle.h"
#include "tree.h"

enum { SL_WATCH_ITEMS_MAX = 256 };

/** A folder to watch. */
struct sl_root {
    bool skip; /* nothing in it counts */
    bool present;
    uint64_t device; /* as it was when it was looked through */
    uint64_t inode;
    char path[SL_PATH_BYTES];
};

/** An item on its way, or a path whose file is to be taken again. */
struct sl_note {
    struct sl_note *next;
    enum sl_watch_kind kind;
    struct sl_err err;
    struct sl_file_mark file;
    uint64_t links;
    char path[];
};

struct sl_watch {
    /* immutable once started */
    struct sl_watch_options options;
    struct sl_root *roots;
    size_t root_count;
    pthread_t thread;
    bool started;
    int wake_fd;   /* eventfd: end the thread's wait */
    int item_fd;   /* eventfd: readable while items wait */
    int mounts_fd; /* tells when mounts change; -1: unknown here */

    /* any thread */
    atomic_bool stop;

    pthread_mutex_t lock;
    pthread_cond_t space;
    /* under lock */
    struct sl_note *items;
    struct sl_note **items_end;
    size_t item_count;
    struct sl_note *forgotten; /* paths to take again */

    /* the thread's */
    struct sl_tree tree;
    struct sl_marks marks;
    struct sl_settle settle;
    int64_t rescan_at_ms;
    bool roots_stale; /* one of them may have come or gone */
    bool first;       /* the first walk: what cannot be read is said */
    uint64_t links;   /* links that were not followed */
    bool full_told;   /* that the kernel watches no more folders */
    bool broken;      /* out of memory: that was said, the rest is left to the next walk */
};

/* ---- items.c ---- */

/** Waits while too many are unread; lost when the watch ends. */
void sl_watch_push(struct sl_watch *watch, enum sl_watch_kind kind, const char *path,
                   const struct sl_err *err);
void sl_watch_push_file(struct sl_watch *watch, const char *path, const struct sl_file_mark *file);
void sl_watch_push_links(struct sl_watch *watch, uint64_t links);
/** The paths of sl_watch_forget() so far; owned. */
struct sl_note *sl_watch_forgotten(struct sl_watch *watch);
void sl_watch_items_fini(struct sl_watch *watch);

/* ---- look.c: what is there ---- */

/** Walk everything, after a look at whether it is there. */
void sl_watch_scan_all(struct sl_watch *watch);
/** Walk from a path down. */
void sl_watch_scan(struct sl_watch *watch, const char *path);
/** Which of the watched folders have come or gone. */
void sl_watch_check_roots(struct sl_watch *watch);
/** A file may be new or changed. */
void sl_watch_touch(struct sl_watch *watch, const char *path);
/** Hand out what has been still for long enough. */
void sl_watch_settle(struct sl_watch *watch);

/* ---- events.c ---- */

void sl_watch_read_events(struct sl_watch *watch);

#endif
