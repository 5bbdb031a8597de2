/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "interrupt.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "sluice/cli.h"
#include "sluice/clock.h"

#include "signals.h"

enum { AGAIN_MS = 2000 };

static void take(struct sl_interrupt *interrupt, int signal, int64_t *last_ms)
{
    const struct sl_clock clock = sl_clock_system();
    const int64_t now_ms = sl_now_ms(&clock);
    if (signal == SIGINT && *last_ms != 0 && now_ms - *last_ms <= AGAIN_MS)
        _exit(SL_EXIT_KILLED); /* what is half there can be gone on with */
    if (signal == SIGINT)
        *last_ms = now_ms;
    if (!atomic_exchange(&interrupt->came, true))
        interrupt->fn(interrupt->ctx);
}

static void *watch(void *arg)
{
    struct sl_interrupt *interrupt = arg;
    int64_t last_ms = 0;
    struct pollfd fds[] = {{.fd = interrupt->signal_fd, .events = POLLIN},
                           {.fd = interrupt->stop_fd, .events = POLLIN}};
    while (fds[1].revents == 0) {
        int signal;
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            break;
        while ((signal = sl_cli_signals_next(interrupt->signal_fd)) != 0)
            take(interrupt, signal, &last_ms);
    }
    return NULL;
}

int sl_interrupt_open(struct sl_interrupt *interrupt, void (*fn)(void *ctx), void *ctx,
                      struct sl_err *err)
{
    *interrupt = (struct sl_interrupt){.signal_fd = -1, .stop_fd = -1, .fn = fn, .ctx = ctx};
    interrupt->signal_fd = sl_cli_signals_open(err);
    if (interrupt->signal_fd < 0)
        return interrupt->signal_fd;
    interrupt->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (interrupt->stop_fd < 0)
        return sl_err_sys(err, errno, "wait for signals");
    if (pthread_create(&interrupt->thread, NULL, watch, interrupt) != 0)
        return sl_err_set(err, SL_ENOMEM, "no thread could be started");
    interrupt->running = true;
    return SL_OK;
}

void sl_interrupt_close(struct sl_interrupt *interrupt)
{
    if (interrupt->running) {
        (void)eventfd_write(interrupt->stop_fd, 1);
        pthread_join(interrupt->thread, NULL);
    }
    if (interrupt->fn != NULL && interrupt->signal_fd >= 0)
        close(interrupt->signal_fd);
    if (interrupt->fn != NULL && interrupt->stop_fd >= 0)
        close(interrupt->stop_fd);
    *interrupt = (struct sl_interrupt){.signal_fd = -1, .stop_fd = -1};
}

bool sl_interrupt_came(struct sl_interrupt *interrupt)
{
    return atomic_load(&interrupt->came);
}
