/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* keep.h - files that were named go into the journal although no run can begin yet. Private to cli.
 */
#ifndef SL_CLI_KEEP_H
#define SL_CLI_KEEP_H

#include "session.h"

/**
 * Queue what lies at these paths, folders walked, in the journal that the session holds: files that
 * it does not know yet. `next` gives the path behind one, the first for NULL. Returns how many were
 * queued, or an error of the journal; what cannot be queued is told by the run that comes.
 */
int64_t sl_keep_paths(struct sl_journal *journal, const struct sl_session *session,
                      const char *(*next)(void *ctx, const char *path), void *ctx,
                      struct sl_err *err) SL_MUST_CHECK;

#endif
