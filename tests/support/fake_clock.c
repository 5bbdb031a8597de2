/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "support/fake_clock.h"

static int64_t fake_now(void *ctx)
{
    struct sl_fake_clock *fake = ctx;
    return atomic_load(&fake->now_ms);
}

static int64_t fake_wall(void *ctx)
{
    struct sl_fake_clock *fake = ctx;
    return atomic_load(&fake->now_ms) + fake->wall_offset_ms;
}

struct sl_clock sl_fake_clock(struct sl_fake_clock *fake)
{
    return (struct sl_clock){fake_now, fake_wall, fake};
}
