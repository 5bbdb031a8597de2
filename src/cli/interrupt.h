/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * interrupt.h - Ctrl-C for commands that wait inside a call: a thread looks for it. Private to cli.
 */
#ifndef SL_CLI_INTERRUPT_H
#define SL_CLI_INTERRUPT_H

#include <pthread.h>
#include <stdatomic.h>

#include "sluice/err.h"

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
