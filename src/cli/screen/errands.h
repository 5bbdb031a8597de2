/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* errands.h - who runs the screen's errands. Private to cli. */
#ifndef SL_CLI_ERRANDS_H
#define SL_CLI_ERRANDS_H

#include "sluice/errands.h"

#include "commands/queue/folder_watch.h"
#include "screen/account_reader.h"
#include "screen/deposit_worker.h"
#include "screen/verify_worker.h"
#include "setup/session.h"

/** Zero-initialise; sl_errands_close(). */
struct sl_runners {
    struct sl_errands door; /* for the screen */
    bool open;
    struct sl_answers answers;
    struct sl_account_reader *account;
    struct sl_verify_worker *verify;
    struct sl_deposit_worker *deposit;
    struct sl_folder_watch watched;
    const struct sl_session *session;
    struct sl_watch_item item; /* the one that was found last */
};

/** Start the threads, and follow the folders of the settings; the session is borrowed until close.
 * Errors: SL_ENOMEM, those of sl_account_reader_open() and sl_folder_watch_open(). */
int sl_errands_open(struct sl_runners *runners, const struct sl_session *session,
                    struct sl_err *err) SL_MUST_CHECK;

/** End what runs, at once. Also after a failure. */
void sl_errands_close(struct sl_runners *runners);

#endif
