/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * throttle.h - how fast one stream may go: not faster than its share of the total, and not faster
 * than its own rate. Private to the engine.
 */
#ifndef SL_THROTTLE_H
#define SL_THROTTLE_H

#include "policy/bucket.h"

struct sl_throttle {
    struct sl_bucket *total; /* immutable; NULL: there is none */
    /* any thread */
    struct sl_bucket own; /* its file's limit, or what it needs to be in time */
    atomic_bool exempt;   /* the total does not hold for it */
    /* the stream: written by its thread, read by the engine */
    _Atomic uint64_t body_bytes;
    _Atomic uint64_t sent_bytes;
    _Atomic int64_t started_ms; /* monotonic; 0: not yet */
    /* its thread */
    struct sl_grant of_own;
    struct sl_grant of_total;
};

void sl_throttle_init(struct sl_throttle *throttle, struct sl_bucket *total);
void sl_throttle_fini(struct sl_throttle *throttle);

/** Engine, before the thread has it: it will send that much, without a rate of its own so far. */
void sl_throttle_expect(struct sl_throttle *throttle, uint64_t body_bytes);

/** Its thread: a request with a body of that size begins. */
void sl_throttle_begin(struct sl_throttle *throttle, uint64_t body_bytes, int64_t now_ms);

/** Its thread: how many of `want` bytes (> 0) may be sent now; 0: ask again in *wait_ms. */
size_t sl_throttle_room(struct sl_throttle *throttle, size_t want, int64_t now_ms,
                        int64_t *wait_ms);

/** Its thread: that many were. */
void sl_throttle_use(struct sl_throttle *throttle, size_t bytes);

#endif
