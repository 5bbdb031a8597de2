/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* commit_watch.h - what a provider learns from the chain. Private to devnet. */
#ifndef SL_DEVNET_COMMIT_WATCH_H
#define SL_DEVNET_COMMIT_WATCH_H

#include "commit/commit.h"

/** Look at what the chain did since, send what was held, record what is due. Any thread. */
void sl_devnet_commit_watch(struct sl_devnet_provider *provider);

/** Throw away uploads that nobody committed in time; does so every five minutes at most. */
void sl_devnet_commit_clean(struct sl_devnet_provider *provider);

#endif
