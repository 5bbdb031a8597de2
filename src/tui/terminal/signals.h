/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * signals.h - the signals that the screen handles, as bits for a poll() loop. Private to tui. Main
 * thread.
 */
#ifndef SL_TUI_SIGNALS_H
#define SL_TUI_SIGNALS_H

#include <stdbool.h>

#include "sluice/err.h"

/** Signals as bits. */
enum {
    SL_SIGNAL_STOP = 1,      /* SIGTERM */
    SL_SIGNAL_INTERRUPT = 2, /* SIGINT */
    SL_SIGNAL_HANGUP = 4,    /* SIGHUP */
    SL_SIGNAL_RESIZE = 8,    /* SIGWINCH */
    SL_SIGNAL_SUSPEND = 16,  /* SIGTSTP */
    SL_SIGNAL_CONTINUE = 32, /* SIGCONT */
    SL_SIGNAL_SLOW = 64,     /* SIGUSR2 */
};

/** Catch the signals. A deadly signal first calls `restore`, which must be async-signal-safe.
 * Errors: SL_EIO. */
int sl_signals_open(void (*restore)(void), struct sl_err *err) SL_MUST_CHECK;
/** Restore the earlier handlers. */
void sl_signals_close(void);
/** A descriptor for poll(): readable when a signal arrived. */
int sl_signals_fd(void);
unsigned sl_signals_read(void);
/** Catch SIGTSTP (true), or restore its default action (false). */
void sl_signals_catch_suspend(bool on);

#endif
