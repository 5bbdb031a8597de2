/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* lane_io.h - what a lane needs from the world: time, waiting, a provider's client, events. Layer:
 * commit, private. */
#ifndef SL_COMMIT_LANE_IO_H
#define SL_COMMIT_LANE_IO_H

#include "commit_internal.h"

/** Monotonic. */
int64_t sl_lane_now_ms(const struct sl_lane *lane);
/** How often a lane asks about something that is under way. */
int64_t sl_lane_poll_ms(const struct sl_lane *lane);
/** Wait before try number `tries` (from 1) is repeated, at least as long as the peer asked for. */
int64_t sl_lane_backoff_ms(struct sl_lane *lane, int tries, int64_t least_ms);
/** Under the commit's lock: sleep until a wake-up or this time; INT64_MAX: only a wake-up. */
void sl_lane_sleep_until(struct sl_lane *lane, int64_t until_ms);
/** Let time pass. A user's wake-up ends the wait early. SL_ECANCELED: the commit ends. */
int sl_lane_wait(struct sl_lane *lane, int64_t wait_ms, struct sl_err *err) SL_MUST_CHECK;

/** Point lane->sp at this provider: keep the client that is open, or open a new one. */
int sl_lane_client(struct sl_lane *lane, const char *url, struct sl_err *err) SL_MUST_CHECK;

/** Send an event to the owner of the commits, as this lane's. */
void sl_lane_emit(struct sl_lane *lane, const struct sl_commit_event *event);

#endif
