/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * verify_worker.h - a thread that verifies stored files for the screen, one after the other, as
 * `sluice verify` does: each copy that the journal knows is downloaded and compared, and the local
 * file if it is there. Changes nothing. Private to cli.
 */
#ifndef SL_CLI_VERIFY_WORKER_H
#define SL_CLI_VERIFY_WORKER_H

#include "screen/answers.h"
#include "setup/session.h"

struct sl_verify_worker;

/** Start the thread. The session, and the answers, are borrowed until close. Owned. Errors:
 * SL_ENOMEM. */
int sl_verify_worker_open(struct sl_verify_worker **out, const struct sl_session *session,
                          struct sl_answers *answers, struct sl_err *err) SL_MUST_CHECK;

/** End at once, what is downloaded too. NULL allowed. */
void sl_verify_worker_close(struct sl_verify_worker *worker);

/** Queue a file; a second time while it waits or runs changes nothing. Without memory it is
 * answered as unclear at once. */
void sl_verify_worker_add(struct sl_verify_worker *worker, const struct sl_errand *errand);

/** Verify this job no more; it is answered as stopped, unless it is over already. */
void sl_verify_worker_stop(struct sl_verify_worker *worker, int64_t job_id);

#endif
