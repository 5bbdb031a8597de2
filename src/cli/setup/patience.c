/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "setup/patience.h"

#include <poll.h>
#include <signal.h>

#include "signals.h"

enum { PATIENCE_MS = 30000, FIRST_MS = 500, MOST_MS = 5000 };

bool sl_patience_fits(int code)
{
    return code == SL_ENET || code == SL_ESTALLED || code == SL_EBUSY || code == SL_ESERVER;
}

static bool is_stopped(const struct sl_patience *patience)
{
    int signal;
    while (patience->signal_fd >= 0 && (signal = sl_cli_signals_next(patience->signal_fd)) != 0) {
        if (signal == SIGINT || signal == SIGTERM)
            return true;
    }
    return false;
}

int sl_patience_wait(struct sl_patience *patience, struct sl_err *err)
{
    const int64_t now_ms = sl_now_ms(&patience->clock);
    int64_t wait_ms = FIRST_MS;
    if (patience->until_ms == 0)
        patience->until_ms = now_ms + PATIENCE_MS;
    if (now_ms >= patience->until_ms)
        return 0;
    for (int i = 0; i < patience->tries && wait_ms < MOST_MS; i++)
        wait_ms *= 2;
    patience->tries++;
    struct pollfd fd = {.fd = patience->signal_fd, .events = POLLIN};
    const int64_t end_ms = now_ms + (wait_ms < MOST_MS ? wait_ms : MOST_MS);
    for (int64_t left_ms = end_ms - now_ms; left_ms > 0;
         left_ms = end_ms - sl_now_ms(&patience->clock)) {
        (void)poll(&fd, 1, (int)left_ms);
        if (is_stopped(patience))
            return sl_err_set(err, SL_ECANCELED, "stopped before the start");
    }
    return 1;
}
