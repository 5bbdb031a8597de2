/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* workers.h - the threads that do the screen's errands. Private to cli. */
#ifndef SL_CLI_WORKERS_H
#define SL_CLI_WORKERS_H

#include "sluice/errands.h"

#include "commands/queue/folder_watch.h"
#include "screen/account_reader.h"
#include "screen/deposit_worker.h"
#include "screen/verify_worker.h"
#include "setup/session.h"

/** Zero-initialise; sl_cli_screen_workers_close(). */
struct sl_cli_screen_workers {
    struct sl_errands errands; /* for the screen */
    bool open;
    struct sl_answers answers;
    struct sl_cli_account_reader *account;
    struct sl_verify_worker *verify;
    struct sl_deposit_worker *deposit;
    struct sl_cli_folder_watch folders;
    const struct sl_session *session;
    struct sl_watch_item item; /* the one that was found last */
};

/** Start the threads, and follow the folders of the settings; the session is borrowed until close.
 * Errors: SL_ENOMEM, those of sl_cli_account_reader_open() and sl_cli_folder_watch_open(). */
int sl_cli_screen_workers_open(struct sl_cli_screen_workers *workers,
                               const struct sl_session *session, struct sl_err *err) SL_MUST_CHECK;

/** Stop all threads at once. Also after a failure. */
void sl_cli_screen_workers_close(struct sl_cli_screen_workers *workers);

#endif
