/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* scan_seen.h - a folder to scan and what the scanner reported of it, for its tests. */
#ifndef SL_TEST_SCAN_SEEN_H
#define SL_TEST_SCAN_SEEN_H

#include <pthread.h>
#include <stdbool.h>

#include "sluice/path.h"

#include "engine/work/scan.h"

struct line {
    enum sl_scan_kind kind;
    uint64_t request_id;
    uint64_t files;
    uint64_t links;
    struct sl_file_mark file;
    struct sl_err err;
    char *path;
};

struct seen {
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct line *lines;
    size_t count;
    size_t size;
    size_t done;         /* SL_SCAN_DONE so far */
    size_t abandon_at;   /* return non-zero at this many lines; 0: never */
    bool held;           /* the callback waits until released */
    bool waiting;        /* the callback is waiting */
    enum sl_links links; /* this and the two below: options of the walk */
    const struct sl_paths *own;
    const struct sl_guarded *guarded;
    char dir[SL_PATH_BYTES];
};

int setup(void **state);
int teardown(void **state);

/* The callback: ctx is a struct seen. */
int take(void *ctx, const struct sl_scan_item *item);
void wait_for_done(struct seen *seen, size_t requests);
void forget(struct seen *seen);
struct sl_scanner *start(struct seen *seen, bool hidden);
/* One request, walked to its end. */
void scan_as(struct seen *seen, const char *path, bool hidden);
void scan(struct seen *seen, const char *path);
const char *at(const struct seen *seen, const char *name);
void make_folder(const struct seen *seen, const char *name);
void make_link(const struct seen *seen, const char *target, const char *name);
void expect_file(const struct seen *seen, size_t i, const char *name);
void expect_error(const struct seen *seen, size_t i, const char *name, int code);
void expect_done(const struct seen *seen, size_t i, uint64_t files);

#endif
