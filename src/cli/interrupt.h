/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* interrupt.h - SIGINT, SIGTERM, SIGHUP and SIGUSR2: as a descriptor to poll, or, for commands that
 * wait inside a call, as a thread that waits for them. Private to cli. */
#ifndef SL_CLI_INTERRUPT_H
#define SL_CLI_INTERRUPT_H

#include <pthread.h>
#include <stdatomic.h>

#include "sluice/err.h"

/**
 * Block them for this thread and those it starts from now on, and return a descriptor that is
 * readable when one has come. One that is ignored (nohup) stays ignored. Close it with close().
 * Errors: SL_EIO.
 */
int sl_cli_signals_open(struct sl_err *err) SL_MUST_CHECK;

/** The next signal that came, 0 when there is none. */
int sl_cli_signals_next(int fd);

struct sl_interrupt {
    pthread_t thread;
    int signal_fd;
    int stop_fd;
    bool running;
    void (*fn)(void *ctx);
    void *ctx;
    atomic_bool came;
};

/**
 * From now on `fn` is called, on another thread, when SIGINT, SIGTERM or SIGHUP comes: once, it
 * cancels. A second SIGINT within two seconds ends the program at once. Call it before any other
 * thread is started. End with sl_interrupt_close(), after a failure too. Errors: SL_EIO, SL_ENOMEM.
 */
int sl_interrupt_open(struct sl_interrupt *interrupt, void (*fn)(void *ctx), void *ctx,
                      struct sl_err *err) SL_MUST_CHECK;
void sl_interrupt_close(struct sl_interrupt *interrupt);

/** Whether one came. */
bool sl_interrupt_came(struct sl_interrupt *interrupt);

#endif
