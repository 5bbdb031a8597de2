/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* watch_internal.h - the state of a watch. Only its thread uses it, unless noted otherwise.
 * Private to watch. */
#ifndef SL_WATCH_INTERNAL_H
#define SL_WATCH_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "sluice/watch.h"

#include "marks.h"
#include "settle.h"
#include "tree.h"

enum { SL_WATCH_ITEMS_MAX = 256 };

/** A folder to watch. */
struct sl_root {
    bool skip; /* ignore everything in it */
    bool present;
    uint64_t device; /* at the last walk */
    uint64_t inode;
    char path[SL_PATH_BYTES];
};

/** An item for the reader, or a path to hand out again. */
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
    bool roots_stale; /* a watched folder may have appeared or disappeared */
    bool first;       /* the first walk: report what cannot be read */
    uint64_t links;   /* links that were not followed */
    bool full_told;   /* the limit of inotify watches was reported */
    bool broken;      /* out of memory was reported; the next walk does the rest */
};

#endif
