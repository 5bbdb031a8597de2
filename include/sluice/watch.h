/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * watch.h - watches folders for finished files. Layer: watch.
 *
 * A thread follows every folder below the watched ones with inotify. It also walks all of them
 * again from time to time, to find changes that a network mount or an exhausted kernel does not
 * report. A file is handed out once its size and times have been still for `settle_ms`. It is
 * handed out only once while its mark stays the same (size, inode, times of modification and
 * change; not the device, whose number changes with a mount). Hidden names and names of unfinished
 * downloads are left out.
 *
 * A symbolic link below a watched folder is followed only if it stays inside and the options ask
 * for it. A file with several links that belongs to another user is refused. Otherwise anyone who
 * may write into a folder could publish files from elsewhere.
 *
 * A watched folder that is missing (unmounted, removed, not there yet) is waited for: changes of
 * the mounts and of the folder above are noticed.
 */
#ifndef SL_WATCH_H
#define SL_WATCH_H

#include "sluice/clock.h"
#include "sluice/guarded.h"
#include "sluice/job.h"
#include "sluice/path.h"

struct sl_watch_options {
    int64_t settle_ms;   /* 0: as soon as two looks are equal */
    int64_t rescan_ms;   /* between two full walks; 0: 10 min */
    bool include_hidden; /* names with a leading dot */
    bool include_temp;   /* include files that are unfinished by their name (.part, .crdownload), or
                            by their program's notes beside them (.aria2) */
    bool follow_links;   /* follow links to a target in the same watched folder */
    bool no_inotify;     /* walks alone (tests) */
    const struct sl_guarded *guarded; /* files to refuse; borrowed until the watch is freed */
    struct sl_clock clock;
};

struct sl_watch;

/** Owned, sl_watch_free(). Nothing is watched before sl_watch_start(). Errors: SL_ENOMEM, SL_EIO.
 */
int sl_watch_new(struct sl_watch **out, const struct sl_watch_options *options,
                 struct sl_err *err) SL_MUST_CHECK;

/** Before the start: a folder, absolute. It need not exist. Errors: SL_ENOMEM, SL_EINVAL (not
 * absolute), SL_EOVERFLOW. */
int sl_watch_add(struct sl_watch *watch, const char *dir, struct sl_err *err) SL_MUST_CHECK;

/** Before the start: ignore this folder, because it is sluice's own. Errors: as above. */
int sl_watch_skip(struct sl_watch *watch, const char *dir, struct sl_err *err) SL_MUST_CHECK;

/** Before the start: this file was handed out by an earlier run. Errors: SL_ENOMEM. */
int sl_watch_know(struct sl_watch *watch, const char *path, const struct sl_file_mark *file,
                  struct sl_err *err) SL_MUST_CHECK;

/** Errors: SL_ENOMEM. */
int sl_watch_start(struct sl_watch *watch, struct sl_err *err) SL_MUST_CHECK;

/** End the thread, free. NULL allowed. */
void sl_watch_free(struct sl_watch *watch);

enum sl_watch_kind {
    SL_WATCH_FILE, /* path, file: the file is still and has this mark; no link was in its place then
                    */
    SL_WATCH_LINKS, /* links: how many links the first walk did not follow */
    SL_WATCH_NOTE,  /* err: a message for the user; path: the file or folder, or "" */
    SL_WATCH_READY, /* the first walk is complete */
};

struct sl_watch_item {
    enum sl_watch_kind kind;
    struct sl_err err;
    struct sl_file_mark file;
    uint64_t links;
    char path[SL_PATH_BYTES];
};

/** Readable while items wait: for poll(). */
int sl_watch_fd(const struct sl_watch *watch);

/** One thread: the next item, or false when there is none now. The watch holds items back until
 * they are read. */
bool sl_watch_next(struct sl_watch *watch, struct sl_watch_item *item);

/** Any thread: a file that was handed out could not be used, so the next walk may hand it out
 * again. */
void sl_watch_forget(struct sl_watch *watch, const char *path);

/** Any thread: check the clock again, for a clock that tests move. */
void sl_watch_wake(struct sl_watch *watch);

#endif
