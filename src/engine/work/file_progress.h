/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * file_progress.h - the bytes that all parts of one file have moved together. The engine and the
 * workers that upload its parts share it; each pointer holds a reference.
 *
 * A record names the attempt that was read before the sum. The engine first subtracts the bytes of
 * a failed part and then increments the attempt. So a record of the newest attempt never holds
 * bytes that were lost earlier.
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

/** Add a part's new bytes; sl_total_take() subtracts the bytes of a failed part. */
void sl_total_add(struct sl_total *total, uint64_t sent_bytes, uint64_t acked_bytes);
void sl_total_take(struct sl_total *total, uint64_t sent_bytes, uint64_t acked_bytes);

#endif
