/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * ring.h - lock-free ring of fixed-size records, one producer and one consumer. Layer: engine.
 *
 * Power-of-two slots, C17 atomics with acquire and release, the two indices on cache lines of their
 * own. A full ring never makes its producer wait: sl_ring_push() drops the record and counts it, so
 * records carry cumulative totals.
 */
#ifndef SL_RING_H
#define SL_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sluice/err.h"

struct sl_ring;

/** `slots` is rounded up to a power of two; slots are aligned for any type. Owned, free with
 * sl_ring_free(). Errors: SL_ENOMEM, SL_EINVAL (zero). */
int sl_ring_new(struct sl_ring **out, size_t record_bytes, size_t slots,
                struct sl_err *err) SL_MUST_CHECK;
/** When both sides have ended. NULL is allowed. */
void sl_ring_free(struct sl_ring *ring);

/** Producer: copy a record in. False when full: the record is dropped and counted. */
bool sl_ring_push(struct sl_ring *ring, const void *record);

/** Producer, for large records: a free slot to fill in place, NULL when full (nothing counted). */
void *sl_ring_reserve(struct sl_ring *ring);
/** Producer: hand over the slot of the last sl_ring_reserve(). */
void sl_ring_commit(struct sl_ring *ring);

/** Consumer: copy the oldest record out. False when empty. */
bool sl_ring_pop(struct sl_ring *ring, void *record);

/** Consumer, in place: the oldest record, NULL when empty; valid until sl_ring_release(). */
const void *sl_ring_peek(struct sl_ring *ring);
void sl_ring_release(struct sl_ring *ring);

/** Any thread: records dropped so far. */
uint64_t sl_ring_dropped(const struct sl_ring *ring);

#endif
