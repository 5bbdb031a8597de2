/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * account_reader.h - a thread that reads the account and prices the queue for the wallet pane.
 * Private to cli.
 *
 * It shows the same sums as `sluice wallet status` and `sluice cost`. It owns its connection to the
 * chain, holds no key and signs nothing.
 */
#ifndef SL_CLI_ACCOUNT_READER_H
#define SL_CLI_ACCOUNT_READER_H

#include "screen/answers.h"
#include "setup/upload_target.h"

struct sl_cli_account_reader;

/** Start the thread. `target` is open; it, with its settings, and the answers are borrowed until
 * close. Owned. Errors: SL_ENOMEM, those of sl_chain_new(). */
int sl_cli_account_reader_open(struct sl_cli_account_reader **out,
                               const struct sl_cli_upload_target *target,
                               struct sl_answers *answers, struct sl_err *err) SL_MUST_CHECK;

/** Stop at once, even during a read. NULL allowed. */
void sl_cli_account_reader_close(struct sl_cli_account_reader *reader);

/** Never blocks. Of several errands the newest counts; a read that was asked for is still done. */
void sl_cli_account_reader_ask(struct sl_cli_account_reader *reader,
                               const struct sl_errand *errand);

#endif
