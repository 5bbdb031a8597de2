/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * deposit_worker.h - a thread that deposits for the wallet pane, with the calls and the journal of
 * `sluice wallet deposit` and `approve`. Private to cli.
 *
 * SL_ERRAND_TRY_PAY sends nothing. SL_ERRAND_PAY needs the user's consent: it never costs more than
 * was shown then (twice the network's estimate). It sends nothing if a transaction of an earlier
 * run was still open, because its end changes the sums.
 */
#ifndef SL_CLI_DEPOSIT_WORKER_H
#define SL_CLI_DEPOSIT_WORKER_H

#include "screen/answers.h"
#include "setup/session.h"

struct sl_deposit_worker;

/** Start the thread. The session, and the answers, are borrowed until close. Owned. Errors:
 * SL_ENOMEM, those of sl_chain_new(). */
int sl_deposit_worker_open(struct sl_deposit_worker **out, const struct sl_session *session,
                           struct sl_answers *answers, struct sl_err *err) SL_MUST_CHECK;

/** Stop at once. What was sent stays in the journal: the next payment settles it. NULL allowed. */
void sl_deposit_worker_close(struct sl_deposit_worker *worker);

/** One at a time: the screen waits for the answer. */
void sl_deposit_worker_ask(struct sl_deposit_worker *worker, const struct sl_errand *errand);

#endif
