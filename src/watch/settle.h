/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* settle.h - files that were seen and are not known to be still yet. Private to watch. */
#ifndef SL_WATCH_SETTLE_H
#define SL_WATCH_SETTLE_H

#include "marks.h"

struct sl_candidate;

/** All have the same time to wait, so the list by that time is one by arrival. */
struct sl_settle {
    struct sl_candidate **buckets;
    size_t room; /* a power of two */
    size_t count;
    struct sl_candidate *first; /* due next */
    struct sl_candidate *last;
    int64_t settle_ms;
};

void sl_watch_settle_init(struct sl_settle *settle, int64_t settle_ms);
void sl_watch_settle_fini(struct sl_settle *settle);

/** Whether the path waits already: its next look tells whether it changed. */
bool sl_watch_settle_has(const struct sl_settle *settle, const char *path);

/** A file that is not waiting yet, as it is now. Errors: SL_ENOMEM. */
int sl_watch_settle_add(struct sl_settle *settle, const char *path, const struct sl_file_mark *file,
                        int64_t now_ms, struct sl_err *err) SL_MUST_CHECK;

/** When the next one is due, INT64_MAX: none waits. */
int64_t sl_watch_settle_next_ms(const struct sl_settle *settle);

/** The path of the one that is due now, NULL when none is; borrowed until one of the next two. */
const char *sl_watch_settle_due(const struct sl_settle *settle, int64_t now_ms);
/** It was looked at: true when it is as it was, and no longer waits; else it waits anew. */
bool sl_watch_settle_is_still(struct sl_settle *settle, const struct sl_file_mark *file,
                              int64_t now_ms);
/** The file is unfinished for another reason: look at it again, after a second at the earliest. */
void sl_watch_settle_again(struct sl_settle *settle, int64_t now_ms);
/** It is gone. */
void sl_watch_settle_drop(struct sl_settle *settle);

#endif
