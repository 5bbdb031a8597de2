/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * deposit_worker.h - a thread that deposits for the wallet pane, as `sluice wallet deposit` and
 * `approve` do: the same calls, the same journal. Private to cli.
 *
 * SL_ERRAND_TRY_PAY sends nothing. SL_ERRAND_PAY is for what a person has agreed to: it never costs
 * more than was told then (twice what the network asked for), and nothing is sent when something of
 * an earlier run was open still: its end changes the sums.
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

/** End at once. What was sent stays in the journal: whoever pays next goes on with it. NULL
 * allowed. */
void sl_deposit_worker_close(struct sl_deposit_worker *payer);

/** One at a time: the screen waits for the answer. */
void sl_deposit_worker_ask(struct sl_deposit_worker *payer, const struct sl_errand *errand);

#endif
