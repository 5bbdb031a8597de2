/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * limits.h - the rate limit for all uploads together, and the time to stop. Private to the engine.
 *
 * A provider ends a request some time after its start. No more uploads start if one of the streams
 * could not finish in time at its share of the limit. A running stream may still need more than its
 * share: the limit was lowered, or the file is large. Such a stream gets the rate that it needs,
 * with a notice to the user; otherwise the bytes sent so far would be lost.
 */
#ifndef SL_LIMITS_H
#define SL_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "sluice/timetable.h"

#include "policy/bucket.h"

struct sl_engine;
struct sl_msg_command;
struct sl_task;

/** Engine thread, except for the bucket. Times are Unix ms unless noted otherwise. */
struct sl_limits {
    struct sl_bucket total; /* shared with the workers */
    struct sl_timetable table;
    int64_t table_next_ms; /* INT64_MAX: no change to come */
    uint64_t normal;       /* bytes a second of the table or of a person, 0: none; as below */
    uint64_t slow;         /* of slow mode */
    bool in_slow_mode;
    bool told;          /* the face knows what holds */
    bool stale;         /* the streams' rates are not those of the limits */
    int streams;        /* number of streams that the current rates assume */
    int64_t stop_at_ms; /* INT64_MAX: never */
    int64_t
        drain_until_ms; /* monotonic: running uploads may finish until then; INT64_MAX: no end */
};

/** Whether `left_bytes` at that rate (0: none) take longer than `left_ms`. Pure. */
bool sl_limit_is_too_low(uint64_t left_bytes, uint64_t bytes_per_s, int64_t left_ms);

/** The rate that brings `left_bytes` across in four fifths of `left_ms`; 0, which is no limit, when
 * there is no time. Pure. */
uint64_t sl_limit_needed(uint64_t left_bytes, int64_t left_ms);

void sl_engine_limits_start(struct sl_engine *engine);

/** LIMIT, SLOW and STOP_AT; true when it was one of them. */
bool sl_engine_limits_command(struct sl_engine *engine, const struct sl_msg_command *command);

/** Apply the times of day that have come: table rows and the stop time. */
void sl_engine_limits_timers(struct sl_engine *engine);

/** Give each running upload its rate. */
void sl_engine_limits_apply(struct sl_engine *engine);

/** Whether one more stream leaves each a share of the limit that is enough. */
bool sl_engine_limits_allow(const struct sl_engine *engine, const struct sl_task *task);

/** Monotonic ms of the next time of the day to look at, INT64_MAX: none. */
int64_t sl_engine_limits_next_ms(const struct sl_engine *engine);

#endif
