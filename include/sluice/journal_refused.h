/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * journal_refused.h - paths that were not queued, and why: too small, not readable, not a file.
 * Layer: store.
 *
 * Each path is stored once, with its last reason, until it is queued or SL_REFUSED_DAYS have
 * passed. Errors of all: as journal.h.
 */
#ifndef SL_JOURNAL_REFUSED_H
#define SL_JOURNAL_REFUSED_H

#include "sluice/journal.h"

enum { SL_REFUSED_DAYS = 30, SL_REFUSED_MOST = 10000 };

/** Borrowed for the call. */
struct sl_journal_refused {
    const char *path; /* absolute */
    int64_t at_ms;    /* Unix ms */
    bool skipped;     /* found in a folder, with nothing to store in it: not a failure */
    struct sl_err err;
};

/** Note a path that was refused now; sets at_ms of the stored record. */
int sl_journal_refuse(struct sl_journal *journal, const struct sl_journal_refused *refused,
                      struct sl_err *err) SL_MUST_CHECK;
/** Remove the record of a path that was queued after all. */
int sl_journal_unrefuse(struct sl_journal *journal, const char *path,
                        struct sl_err *err) SL_MUST_CHECK;
/** Remove records that are too old, and the oldest above SL_REFUSED_MOST. Returns how many are
 * left. */
int sl_journal_prune_refused(struct sl_journal *journal, struct sl_err *err) SL_MUST_CHECK;

/** Non-zero stops. */
typedef int (*sl_journal_refused_fn)(void *ctx, const struct sl_journal_refused *refused);
/** All records, by path. Returns the callback's non-zero value, or 0. */
int sl_journal_each_refused(struct sl_journal *journal, sl_journal_refused_fn fn, void *ctx,
                            struct sl_err *err) SL_MUST_CHECK;

#endif
