/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * guarded.h - files that are never uploaded: keys, settings and the journal. Layer: base.
 *
 * What is stored on this network is public and cannot be called back at once. A file is known by
 * device and inode, so that neither another name nor a link, symbolic or hard, hides it.
 */
#ifndef SL_GUARDED_H
#define SL_GUARDED_H

#include <stdbool.h>
#include <stddef.h>

#include "sluice/path.h"

struct stat;
struct sl_guarded; /* unchangeable once made: any thread may ask */

/**
 * The files that are in sluice's own folders now (but for those of the built-in network), and those
 * of these paths, which need not exist: they are looked up each time. "~/" in front of one is the
 * home folder, "" is none. Owned, sl_guarded_free(). Errors: SL_ENOMEM, SL_EOVERFLOW.
 */
int sl_guarded_new(struct sl_guarded **out, const struct sl_paths *own, const char *const *paths,
                   size_t count, struct sl_err *err) SL_MUST_CHECK;
/** NULL allowed. */
void sl_guarded_free(struct sl_guarded *guarded);

/** Whether this is one of them. `guarded` NULL: it is none. */
bool sl_guarded_has(const struct sl_guarded *guarded, const struct stat *st);

/** SL_EREFUSED with a text for people. */
int sl_guarded_refuse(struct sl_err *err);

#endif
