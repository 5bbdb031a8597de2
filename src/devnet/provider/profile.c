/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* How the providers of the emulated network behave, by its profile. */
#include "provider/profile.h"

#include "network.h"

enum { PARK_DELAY_MS = 250 };

bool sl_devnet_is_old(const struct sl_devnet_request *request)
{
    return request->server->net->profile == SL_DEVNET_1_3;
}

int64_t sl_devnet_park_ms(const struct sl_devnet_provider *provider)
{
    if (provider->park_delay_ms >= 0)
        return provider->park_delay_ms;
    return provider->net->profile == SL_DEVNET_1_3 ? PARK_DELAY_MS : 0;
}
