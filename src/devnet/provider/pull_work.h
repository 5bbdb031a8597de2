/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * pull_work.h - fetches pieces from another provider: a queue in the database, and one thread that
 * works through the queue.
 */
#ifndef SL_DEVNET_PULL_WORK_H
#define SL_DEVNET_PULL_WORK_H

#include "sluice/piece.h"

#include "provider/provider.h"

enum {
    SL_DEVNET_PULL_PIECES = 40, /* of a request, before today's providers */
    SL_DEVNET_PULL_QUEUE = 120,
    SL_DEVNET_PULL_SOURCE_CHARS = 1024
};

/* As they stand in the database. */
enum sl_devnet_pull_status {
    SL_DEVNET_PULL_PENDING,
    SL_DEVNET_PULL_IN_PROGRESS,
    SL_DEVNET_PULL_RETRYING,
    SL_DEVNET_PULL_COMPLETE,
    SL_DEVNET_PULL_FAILED
};

/** The thread of a provider; what an earlier run left is taken up again. */
int sl_devnet_pulls_start(struct sl_devnet_provider *provider, struct sl_err *err) SL_MUST_CHECK;
void sl_devnet_pulls_stop(struct sl_devnet_provider *provider);

/** There is something new in the queue. */
void sl_devnet_pulls_wake(struct sl_devnet_provider *provider);

#endif
