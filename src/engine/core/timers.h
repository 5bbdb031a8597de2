/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * timers.h - everything that happens at a time, in one heap by due time. Engine thread only.
 *
 * A timer lives inside its owner, which sets, moves and cancels it. The engine sleeps until the
 * earliest timer is due, then takes out and runs all that are due.
 */
#ifndef SL_ENGINE_TIMERS_H
#define SL_ENGINE_TIMERS_H

#include "core/heap.h"

enum sl_timer_kind {
    SL_TIMER_RETRY, /* of a struct sl_task that is WAITING */
    SL_TIMER_PARTS, /* of a struct sl_split with a part that waits for its next attempt */
    SL_TIMER_HOLD,  /* of a struct sl_worker that holds its connection */
    SL_TIMER_WAKE,  /* of the engine: a turn looks for itself what there is to do */
};

/** Zero-initialise. The first member of its owner, which its kind tells; small, because each job
 * has one. Cancel before the owner is freed. */
struct sl_timer {
    struct sl_heap_node node; /* first */
    enum sl_timer_kind kind;
};

/** Zero-initialise, free with sl_timers_free(). The timers are borrowed. */
struct sl_timers {
    struct sl_heap heap;
};

void sl_timers_free(struct sl_timers *timers);

/** Reserve space for `count` timers in all, so that sl_timers_set() cannot fail. Errors: SL_ENOMEM.
 */
int sl_timers_reserve(struct sl_timers *timers, size_t count, struct sl_err *err) SL_MUST_CHECK;

/** Due at this monotonic time; a timer that is already set moves. INT64_MAX cancels it. */
void sl_timers_set(struct sl_timers *timers, struct sl_timer *timer, enum sl_timer_kind kind,
                   int64_t at_ms);

/** A timer that is not set is left alone. */
void sl_timers_cancel(struct sl_timers *timers, struct sl_timer *timer);

/** Take out the earliest timer that is due; NULL when none is. Timers due at the same time come in
 * any order. */
struct sl_timer *sl_timers_next_due(struct sl_timers *timers, int64_t now_ms);

/** When the earliest timer is due; INT64_MAX when none is set. */
int64_t sl_timers_first_ms(const struct sl_timers *timers);

#endif
