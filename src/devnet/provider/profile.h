/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* profile.h - how the providers of the emulated network behave. Private to devnet. */
#ifndef SL_DEVNET_PROFILE_H
#define SL_DEVNET_PROFILE_H

#include "http/server.h"
#include "provider/provider.h"

/** From the end of an upload to find answering 200: providers of today list a piece at once, those
 * before had two loops to run first. */
int64_t sl_devnet_park_ms(const struct sl_devnet_provider *provider);

/** Whether the provider talks as those before today's did. */
bool sl_devnet_is_old(const struct sl_devnet_request *request);

#endif
