/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * hashing.h - a piece hasher on a thread of its own, so that an upload hashes while it sends.
 *
 * The owner fills one buffer of a small ring after the other and gives each away. Where the hasher
 * does not keep up, asking for a buffer waits: memory stays constant, and the disk is read no
 * faster than the slower of the hasher and the line. The thread sleeps until half of the ring is
 * full, and so wakes once for several buffers; nothing polls.
 */
#ifndef SL_HASHING_H
#define SL_HASHING_H

#include <stdint.h>

#include "sluice/piece.h"

enum { SL_HASHING_BYTES = 65536 }; /* of a buffer */

/** Opaque; 512 KiB and a piece hasher. All calls by the thread that made it. */
struct sl_hashing;

/** Owned, free with sl_hashing_free(). Errors: SL_ENOMEM (also: no more threads). */
int sl_hashing_new(struct sl_hashing **out, struct sl_err *err) SL_MUST_CHECK;

/** Waits for the buffer that is being hashed, at most. NULL is allowed. */
void sl_hashing_free(struct sl_hashing *hashing);

/** Start over with an empty stream; what was given away and not hashed yet is forgotten. */
void sl_hashing_reset(struct sl_hashing *hashing);

/** A buffer of SL_HASHING_BYTES to fill; the same one until it is given away. Waits for it. */
uint8_t *sl_hashing_buffer(struct sl_hashing *hashing);

/** Gives the first `len` bytes of that buffer away. */
void sl_hashing_add(struct sl_hashing *hashing, size_t len);

/** Bytes hashed so far. */
uint64_t sl_hashing_bytes(const struct sl_hashing *hashing);

/** Waits for what was given away, closes the stream and writes *out. Errors: SL_EINVAL. */
int sl_hashing_finish(struct sl_hashing *hashing, struct sl_piece_id *out,
                      struct sl_err *err) SL_MUST_CHECK;

#endif
