/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* interrupt.h - SIGINT, SIGTERM, SIGHUP and SIGUSR2: as a descriptor to poll or, for commands that
 * block inside a call, as a thread that waits for them. Private to cli. */
#ifndef SL_CLI_INTERRUPT_H
#define SL_CLI_INTERRUPT_H

#include <pthread.h>
#include <stdatomic.h>

#include "sluice/err.h"

/**
 * Block these signals for this thread and the threads that it starts, and return a descriptor that
 * is readable when one arrives. An ignored signal (nohup) stays ignored. Close it with close().
 * Errors: SL_EIO.
 */
int sl_cli_signals_open(struct sl_err *err) SL_MUST_CHECK;

/** The next signal that arrived, 0 when there is none. */
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
 * Call `fn` once, on another thread, when SIGINT, SIGTERM or SIGHUP arrives; it cancels the work. A
 * second SIGINT within two seconds ends the program at once. Call this before any other thread
 * starts. End with sl_interrupt_close(), after a failure too. Errors: SL_EIO, SL_ENOMEM.
 */
int sl_interrupt_open(struct sl_interrupt *interrupt, void (*fn)(void *ctx), void *ctx,
                      struct sl_err *err) SL_MUST_CHECK;
void sl_interrupt_close(struct sl_interrupt *interrupt);

/** Whether a signal arrived. */
bool sl_interrupt_came(struct sl_interrupt *interrupt);

#endif
