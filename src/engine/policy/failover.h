/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* failover.h - failover of the first copy: look for a replacement provider and switch to it. */
#ifndef SL_ENGINE_FAILOVER_H
#define SL_ENGINE_FAILOVER_H

#include "core/engine_internal.h"

void sl_engine_sought(struct sl_engine *engine);

/** Look for another provider if it is time to, and go there when one was found. May commit the
 * turn's transaction and begin another. */
void sl_engine_change(struct sl_engine *engine);

/** Monotonic ms when there is something to do for that; INT64_MAX: never. */
int64_t sl_engine_change_ms(const struct sl_engine *engine);

/** Join what looks for one. */
void sl_engine_stop_seek(struct sl_engine *engine);

#endif
