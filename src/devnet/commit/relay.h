/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* relay.h - sends the queued terminations to the chain. Private to devnet. */
#ifndef SL_DEVNET_RELAY_H
#define SL_DEVNET_RELAY_H

#include "commit/commit.h"

/** terminate.c: send what is queued. Part of the watch. */
void sl_devnet_terminations_relay(struct sl_devnet_provider *provider);

#endif
