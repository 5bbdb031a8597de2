/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * guarded.h - files that are never uploaded: keys, settings and the journal. Layer: base.
 *
 * Everything stored on this network is public and cannot be recalled at once. A file is identified
 * by device and inode, so that another name or a link, symbolic or hard, does not hide it. A file
 * that is no longer at its own path is not guarded: its inode may belong to another file by now.
 */
#ifndef SL_GUARDED_H
#define SL_GUARDED_H

#include <stdbool.h>
#include <stddef.h>

#include "sluice/path.h"

struct stat;
struct sl_guarded; /* immutable once made: any thread may query it */

/**
 * Guard the files that are now in sluice's own folders (except the built-in network's), and the
 * files at `paths`. These need not exist: they are looked up at each query. A leading "~/" is the
 * home folder; "" is ignored. Owned, sl_guarded_free(). Errors: SL_ENOMEM, SL_EOVERFLOW.
 */
int sl_guarded_new(struct sl_guarded **out, const struct sl_paths *own, const char *const *paths,
                   size_t count, struct sl_err *err) SL_MUST_CHECK;
/** NULL allowed. */
void sl_guarded_free(struct sl_guarded *guarded);

/** Whether this file is guarded. `guarded` NULL: it is not. */
bool sl_guarded_has(const struct sl_guarded *guarded, const struct stat *st);

/** Set SL_EREFUSED with a text for people. */
int sl_guarded_refuse(struct sl_err *err);

#endif
