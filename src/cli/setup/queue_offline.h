/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* queue_offline.h - queues the named files in the journal although no run can begin yet. Private to
 * cli. */
#ifndef SL_CLI_QUEUE_OFFLINE_H
#define SL_CLI_QUEUE_OFFLINE_H

#include "setup/session.h"

/**
 * Queue the files at these paths, with folders walked, in the journal that the session holds. Files
 * that the journal knows already are skipped. `next` returns the path after the given one; the
 * first for NULL. Returns how many were queued, or an error of the journal. Paths that cannot be
 * queued are reported by the next run.
 */
int64_t sl_queue_offline(struct sl_journal *journal, const struct sl_session *session,
                         const char *(*next)(void *ctx, const char *path), void *ctx,
                         struct sl_err *err) SL_MUST_CHECK;

#endif
