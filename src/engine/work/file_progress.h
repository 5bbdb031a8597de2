/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * total.h - what all uploads of the parts of one file have moved together. Shared by the engine and
 * the workers that have a part of it; whoever has a pointer holds a reference.
 *
 * A record is of the attempt that was read before the sum was: the engine takes the bytes of a
 * failed part out first and counts the attempt up then, so a record of the newest attempt never
 * holds bytes that were lost before.
 */
#ifndef SL_TOTAL_H
#define SL_TOTAL_H

#include <stdatomic.h>
#include <stdint.h>

struct sl_total {
    atomic_int refs;
    atomic_int attempt; /* as task.attempts */
    _Atomic uint64_t sent_bytes;
    _Atomic uint64_t acked_bytes;
};

/** With one reference; NULL: out of memory. */
struct sl_total *sl_total_new(int attempt);
struct sl_total *sl_total_ref(struct sl_total *total);
/** NULL allowed. */
void sl_total_unref(struct sl_total *total);

/** A part has moved on; the other way is to take out what failed. */
void sl_total_add(struct sl_total *total, uint64_t sent_bytes, uint64_t acked_bytes);
void sl_total_take(struct sl_total *total, uint64_t sent_bytes, uint64_t acked_bytes);

#endif
