/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* reader.h - hashes a range of an open file, for one thread or many. Private to piece. */
#ifndef SL_READER_H
#define SL_READER_H

#include "sluice/piece.h"

/** A chunk is hashed right after it was read, while it is in the L2 cache. */
enum { SL_CHUNK_BYTES = 127 * 2048 };

/** What one thread needs to hash: a hasher and the chunk that it reads into. */
struct sl_reader {
    int fd;
    struct sl_piece_hasher *hasher;
    uint8_t *chunk;
};

/** `fd` is borrowed. Errors: SL_ENOMEM. sl_reader_fini() in any case. */
int sl_reader_init(struct sl_reader *reader, int fd, struct sl_err *err) SL_MUST_CHECK;
void sl_reader_fini(struct sl_reader *reader);

/** Called with the size of each chunk once it is hashed; a negative code stops and is returned. */
typedef int (*sl_reader_fn)(void *ctx, size_t chunk_bytes, struct sl_err *err);

/**
 * Hash from `offset` until `limit_bytes` are read or the file ends, whichever is first.
 * Errors: SL_EIO, SL_EACCES, what `fn` returns.
 */
int sl_reader_hash(struct sl_reader *reader, struct sl_piece_id *out, uint64_t offset,
                   uint64_t limit_bytes, sl_reader_fn fn, void *ctx,
                   struct sl_err *err) SL_MUST_CHECK;

#endif
