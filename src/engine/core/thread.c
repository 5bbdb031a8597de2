/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "core/thread.h"

#include <signal.h>

enum { STACK_BYTES = 512 * 1024 }; /* TLS handshakes take the most */

int sl_thread_start(pthread_t *out, void *(*fn)(void *), void *arg, struct sl_err *err)
{
    sigset_t all;
    sigset_t before;
    pthread_attr_t attr;
    sigfillset(&all);
    pthread_attr_init(&attr);
    (void)pthread_attr_setstacksize(&attr, STACK_BYTES); /* refused: the system's default */
    pthread_sigmask(SIG_SETMASK, &all, &before);         /* inherited by the new thread */
    const int why = pthread_create(out, &attr, fn, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attr);
    return why == 0 ? SL_OK : sl_err_sys(err, why, "start a thread");
}
