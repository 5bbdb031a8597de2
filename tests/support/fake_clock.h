/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* fake_clock.h - a clock that a test moves by hand; safe to read from any thread. */
#ifndef SL_TEST_FAKE_CLOCK_H
#define SL_TEST_FAKE_CLOCK_H

#include <stdatomic.h>
#include <stdint.h>

#include "sluice/clock.h"

struct sl_fake_clock {
    _Atomic int64_t now_ms; /* monotonic time; wall time is this plus wall_offset_ms */
    int64_t wall_offset_ms;
};

struct sl_clock sl_fake_clock(struct sl_fake_clock *fake);

#endif
