/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* thread.h - starting the engine's threads: small stacks, no signals. */
#ifndef SL_THREAD_H
#define SL_THREAD_H

#include <pthread.h>

#include "sluice/err.h"

/** Start a joinable thread that leaves all signals to the main thread. Errors: SL_ENOMEM. */
int sl_thread_start(pthread_t *out, void *(*fn)(void *), void *arg,
                    struct sl_err *err) SL_MUST_CHECK;

#endif
