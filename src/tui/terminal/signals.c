/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "terminal/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

static const struct {
    int number;
    unsigned bit;
} caught[] = {{SIGTERM, SL_SIGNAL_STOP},    {SIGINT, SL_SIGNAL_INTERRUPT},
              {SIGHUP, SL_SIGNAL_HANGUP},   {SIGWINCH, SL_SIGNAL_RESIZE},
              {SIGTSTP, SL_SIGNAL_SUSPEND}, {SIGCONT, SL_SIGNAL_CONTINUE},
              {SIGUSR2, SL_SIGNAL_SLOW}};
enum { CAUGHT = sizeof caught / sizeof caught[0] };
static const int deadly[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
enum { DEADLY = sizeof deadly / sizeof deadly[0] };

/* A process has one set of signal handlers, so this file has one set of variables for them. */
static atomic_uint pending;
static int wake[2] = {-1, -1};
static struct sigaction before[CAUGHT], before_deadly[DEADLY];
static void (*restore_terminal)(void);

static void on_signal(int number)
{
    const int saved = errno;
    for (int i = 0; i < CAUGHT; i++) {
        if (caught[i].number == number)
            atomic_fetch_or(&pending, caught[i].bit);
    }
    (void)!write(wake[1], "", 1); /* a full pipe is readable anyway */
    errno = saved;
}

static void on_death(int number)
{
    restore_terminal();
    raise(number); /* the default action: the handler was reset */
}

static int make_pipe(struct sl_err *err)
{
    if (pipe(wake) != 0)
        return sl_err_sys(err, errno, "screen: pipe");
    for (int i = 0; i < 2; i++) {
        (void)fcntl(wake[i], F_SETFD, FD_CLOEXEC);
        (void)fcntl(wake[i], F_SETFL, O_NONBLOCK);
    }
    return SL_OK;
}

int sl_signals_open(void (*restore)(void), struct sl_err *err)
{
    const int rc = make_pipe(err);
    if (rc != SL_OK)
        return rc;
    restore_terminal = restore;
    atomic_store(&pending, 0);
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigfillset(&action.sa_mask);
    for (int i = 0; i < CAUGHT; i++)
        sigaction(caught[i].number, &action, &before[i]);
    struct sigaction death = {.sa_handler = on_death, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&death.sa_mask);
    for (int i = 0; i < DEADLY; i++)
        sigaction(deadly[i], &death, &before_deadly[i]);
    return SL_OK;
}

void sl_signals_close(void)
{
    if (wake[0] < 0)
        return;
    for (int i = 0; i < CAUGHT; i++)
        sigaction(caught[i].number, &before[i], NULL);
    for (int i = 0; i < DEADLY; i++)
        sigaction(deadly[i], &before_deadly[i], NULL);
    for (int i = 0; i < 2; i++) {
        close(wake[i]);
        wake[i] = -1;
    }
}

int sl_signals_fd(void)
{
    return wake[0];
}

unsigned sl_signals_read(void)
{
    char bytes[64];
    while (read(wake[0], bytes, sizeof bytes) > 0) {
    }
    return atomic_exchange(&pending, 0);
}

void sl_signals_catch_suspend(bool on)
{
    struct sigaction action = {.sa_handler = on ? on_signal : SIG_DFL, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGTSTP, &action, NULL);
}
