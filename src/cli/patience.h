/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* patience.h - a start that fails for what may pass is tried again for a while. Private to cli. */
#ifndef SL_CLI_PATIENCE_H
#define SL_CLI_PATIENCE_H

#include <stdbool.h>

#include "sluice/clock.h"
#include "sluice/err.h"

struct sl_patience {
    struct sl_clock clock;
    int signal_fd; /* of signals.h: SIGINT and SIGTERM end the wait; -1: signals do what they do */
    int64_t until_ms; /* 0: nothing has failed yet */
    int tries;
};

/** Whether another try may end otherwise within seconds: a network, node or provider that is away.
 */
bool sl_patience_fits(int code);

/** After a failure that fits: 1 when it is time for another try, 0 when patience has ended, and
 * SL_ECANCELED after a signal. The first call begins the time, 30 s. */
int sl_patience_wait(struct sl_patience *patience, struct sl_err *err);

#endif
