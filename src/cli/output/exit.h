/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* exit.h - errors to exit statuses. Private to cli. */
#ifndef SL_CLI_EXIT_H
#define SL_CLI_EXIT_H

#include "sluice/cli.h"
#include "sluice/err.h"

/** The exit status of a command that ended with this error code. */
enum sl_exit sl_exit_of_code(int code);

/** Say the error on stderr and return its exit status. */
enum sl_exit sl_exit_with(const struct sl_err *err);

/** The error that sl_exit_with() reported last; code 0: none. Borrowed. */
const struct sl_err *sl_exit_last(void);

/** Say that standard output failed, unless its reader has gone (`| head`), and return the exit
 * status for it. */
enum sl_exit sl_exit_no_output(void);

#endif
