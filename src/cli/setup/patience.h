/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* patience.h - retries a start for a while if its failure may pass by itself. Private to cli. */
#ifndef SL_CLI_PATIENCE_H
#define SL_CLI_PATIENCE_H

#include <stdbool.h>

#include "sluice/clock.h"
#include "sluice/err.h"

struct sl_patience {
    struct sl_clock clock;
    int signal_fd;    /* from signals.h: SIGINT and SIGTERM end the wait; -1: signals keep their
                         default action */
    int64_t until_ms; /* 0: nothing has failed yet */
    int tries;
};

/** Whether a retry may succeed within seconds: a network, node or provider is away. */
bool sl_patience_fits(int code);

/** Call after a failure that fits. 1: retry now. 0: patience is over. SL_ECANCELED after a signal.
 * The first call starts the period of 30 s. */
int sl_patience_wait(struct sl_patience *patience, struct sl_err *err);

#endif
