/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* signals.h - SIGINT, SIGTERM, SIGHUP and SIGUSR2 as something to poll. Private to cli. */
#ifndef SL_CLI_SIGNALS_H
#define SL_CLI_SIGNALS_H

#include "sluice/err.h"

/**
 * Block them for this thread and those it starts from now on, and return a descriptor that is
 * readable when one has come. One that is ignored (nohup) stays ignored. Close it with close().
 * Errors: SL_EIO.
 */
int sl_cli_signals_open(struct sl_err *err) SL_MUST_CHECK;

/** The next signal that came, 0 when there is none. */
int sl_cli_signals_next(int fd);

#endif
