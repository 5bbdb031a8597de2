/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* settle.h - files that were seen but may still change. Private to watch. */
#ifndef SL_WATCH_SETTLE_H
#define SL_WATCH_SETTLE_H

#include "marks.h"

struct sl_candidate;

/** All files wait equally long, so the list by due time is the list by arrival. */
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

/** Whether the path already waits: its next check shows whether it changed. */
bool sl_watch_settle_has(const struct sl_settle *settle, const char *path);

/** Add a file that is not waiting yet, with its current mark. Errors: SL_ENOMEM. */
int sl_watch_settle_add(struct sl_settle *settle, const char *path, const struct sl_file_mark *file,
                        int64_t now_ms, struct sl_err *err) SL_MUST_CHECK;

/** When the next file is due; INT64_MAX: none waits. */
int64_t sl_watch_settle_next_ms(const struct sl_settle *settle);

/** The path of the file that is due now, or NULL; borrowed until the next call of one of the
 * following functions. */
const char *sl_watch_settle_due(const struct sl_settle *settle, int64_t now_ms);
/** The due file was checked. True: it did not change, and no longer waits. False: it changed, and
 * waits again. */
bool sl_watch_settle_is_still(struct sl_settle *settle, const struct sl_file_mark *file,
                              int64_t now_ms);
/** The due file is unfinished for another reason: check it again, after a second at the earliest.
 */
void sl_watch_settle_again(struct sl_settle *settle, int64_t now_ms);
/** The due file no longer exists. */
void sl_watch_settle_drop(struct sl_settle *settle);

#endif
