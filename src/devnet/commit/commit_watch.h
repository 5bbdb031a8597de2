/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* commit_watch.h - follows the provider's transactions on the chain. Private to devnet. */
#ifndef SL_DEVNET_COMMIT_WATCH_H
#define SL_DEVNET_COMMIT_WATCH_H

#include "commit/commit.h"

/** Process what happened on chain: send held transactions, record confirmed ones. Any thread. */
void sl_devnet_commit_watch(struct sl_devnet_provider *provider);

/** Delete uploads that were not committed in time; works every five minutes at most. */
void sl_devnet_commit_clean(struct sl_devnet_provider *provider);

#endif
