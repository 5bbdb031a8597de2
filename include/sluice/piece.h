/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * piece.h - PieceCID of a stream of bytes: hashing, text and bytes, combining. Layer: piece.
 *
 * The payload is zero-filled to 127 * 2^k bytes, spread to 128 * 2^k by Fr32 (two zero bits after
 * every 254), cut into 32-byte leaves and hashed pairwise; each node is SHA-256(left || right)
 * with the top two bits of its last byte cleared.
 * Source: FRC-0069; docs/PROTOCOL.md "PieceCID". Proof: tests/data/vectors/piece-cid.json and
 * shards.json.
 */
#ifndef SL_PIECE_H
#define SL_PIECE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sluice/err.h"

#define SL_PIECE_MIN_BYTES UINT64_C(127)        /* smallest payload a provider takes */
#define SL_PIECE_MAX_BYTES UINT64_C(1065353216) /* largest: 127 * 2^23, height 25 */

enum {
    SL_PIECE_ROOT_BYTES = 32,
    SL_PIECE_HEIGHT_MIN = 2,
    SL_PIECE_HEIGHT_MAX = 50, /* what the chain accepts */
    SL_PIECE_CID_BYTES = 47,  /* longest binary CID v2 */
    SL_PIECE_CID_CHARS = 78,  /* 'b', base32 of SL_PIECE_CID_BYTES, NUL */
    SL_PIECE_V1_BYTES = 39,
    SL_PIECE_V1_CHARS = 65, /* 'b', base32 of SL_PIECE_V1_BYTES, NUL */
};

/** What a PieceCID v2 says. Plain value. */
struct sl_piece_id {
    uint64_t payload_bytes; /* bytes fed, before padding */
    uint8_t height;         /* levels above the leaves: the padded size is 32 << height */
    uint8_t root[SL_PIECE_ROOT_BYTES]; /* node bytes in hash order */
};

bool sl_piece_id_equal(const struct sl_piece_id *a, const struct sl_piece_id *b);

/** Height of the smallest tree that holds the payload: >= 2. Payloads up to 127 * 2^48 bytes. */
uint8_t sl_piece_height(uint64_t payload_bytes);

/** Whether all bytes of the piece are zeros. */
bool sl_piece_is_zeros(const struct sl_piece_id *id);

/** Bytes a tree of this height holds: 127 * 2^(height - 2). */
uint64_t sl_piece_capacity(uint8_t height);

/** Zero bytes between the payload and the capacity of the tree. */
uint64_t sl_piece_padding(const struct sl_piece_id *id);

/**
 * Streaming hasher, opaque; 64 KiB for every six levels of the tree, below 600 KiB in all. One
 * thread at a time; separate ones are independent.
 */
struct sl_piece_hasher;

/** Returns a hasher the caller frees with sl_piece_hasher_free(), or NULL: out of memory. */
struct sl_piece_hasher *sl_piece_hasher_new(void) SL_MUST_CHECK;

/** NULL is allowed. */
void sl_piece_hasher_free(struct sl_piece_hasher *hasher);

/** Start over with an empty stream. */
void sl_piece_hasher_reset(struct sl_piece_hasher *hasher);

/**
 * Feed `len` bytes; any split of the stream gives the same result. `data` is borrowed for the call.
 * Allocates nothing. Errors: SL_EINVAL once finished.
 */
int sl_piece_hasher_add(struct sl_piece_hasher *hasher, const void *data, size_t len,
                        struct sl_err *err) SL_MUST_CHECK;

/** Close the stream and write *out. Errors: SL_EINVAL if already finished. */
int sl_piece_hasher_finish(struct sl_piece_hasher *hasher, struct sl_piece_id *out,
                           struct sl_err *err) SL_MUST_CHECK;

/** Write the base32 CIDv1 text of the PieceCID v2 ("bafkzcib..."), NUL-terminated. */
void sl_piece_cid(char out[static SL_PIECE_CID_CHARS], const struct sl_piece_id *id);

/** Write the binary PieceCID v2 (what contracts take); returns its length, 39 to 47. */
size_t sl_piece_cid_bytes(uint8_t out[static SL_PIECE_CID_BYTES], const struct sl_piece_id *id);

/** Write the PieceCID v1 ("baga6ea4seaq..."), which carries the root alone. */
void sl_piece_cid_v1(char out[static SL_PIECE_V1_CHARS],
                     const uint8_t root[static SL_PIECE_ROOT_BYTES]);

/**
 * Strict parser of PieceCID v2 text of `len` characters: prefix, minimal varint, lengths, height
 * 2..50, padding below the capacity. Errors: SL_EFORMAT with what is wrong; *out untouched then.
 */
int sl_piece_parse(struct sl_piece_id *out, const char *text, size_t len,
                   struct sl_err *err) SL_MUST_CHECK;

/** Like sl_piece_parse(), but also accepts the id of an empty file, which makes no piece:
 * payload_bytes is 0. */
int sl_piece_parse_file(struct sl_piece_id *out, const char *text, size_t len,
                        struct sl_err *err) SL_MUST_CHECK;

/** Like sl_piece_parse(), for the binary form. */
int sl_piece_parse_bytes(struct sl_piece_id *out, const uint8_t *bytes, size_t len,
                         struct sl_err *err) SL_MUST_CHECK;

/** Strict parser of PieceCID v1 text. Errors: SL_EFORMAT. */
int sl_piece_parse_v1(uint8_t root[static SL_PIECE_ROOT_BYTES], const char *text, size_t len,
                      struct sl_err *err) SL_MUST_CHECK;

/**
 * Accepts either version. A PieceCID v1 names only the root: *out then has height 0 and no payload.
 * Errors: SL_EFORMAT, as sl_piece_parse().
 */
int sl_piece_parse_either(struct sl_piece_id *out, const char *text, size_t len,
                          struct sl_err *err) SL_MUST_CHECK;

/**
 * The PieceCID of a whole file from the PieceCIDs of its consecutive shards. Each shard has
 * `shard_bytes` = 127 * 2^k bytes; only the last may be shorter. Errors: SL_EINVAL (no shard, a
 * shard size that is not 127 * 2^k, another size before the last shard), SL_ENOMEM.
 */
int sl_piece_combine(struct sl_piece_id *out, const struct sl_piece_id *shards, size_t count,
                     uint64_t shard_bytes, struct sl_err *err) SL_MUST_CHECK;

/**
 * Hash an open file from `offset` to its end (or `limit_bytes`, 0 = no limit) in chunks. `cancel`
 * (may be NULL) is called after each chunk with the total so far; returning true stops with
 * SL_ECANCELED. Errors: SL_EIO, SL_EACCES, SL_ENOMEM.
 */
typedef bool (*sl_piece_progress_fn)(void *ctx, uint64_t hashed_bytes);
int sl_piece_of_fd(struct sl_piece_id *out, int fd, uint64_t offset, uint64_t limit_bytes,
                   sl_piece_progress_fn cancel, void *ctx, struct sl_err *err) SL_MUST_CHECK;

/**
 * Like sl_piece_of_fd(), on `threads` cores (0: all), including the calling thread; takes about 1
 * MiB of memory per thread. Hashes the bytes that the file has at the start of the call. `cancel`
 * is called only on the calling thread, with the total of all threads; the bytes it counts need not
 * be consecutive. The last call gets the full size. Errors: as sl_piece_of_fd(); SL_ECHANGED if the
 * file becomes shorter.
 */
int sl_piece_of_fd_threads(struct sl_piece_id *out, int fd, uint64_t offset, uint64_t limit_bytes,
                           unsigned threads, sl_piece_progress_fn cancel, void *ctx,
                           struct sl_err *err) SL_MUST_CHECK;

/** Like sl_piece_of_fd_threads() for a whole regular file, but also proves that it did not change
 * (sluice/mark.h). Errors: also SL_ECHANGED (it changed), SL_EFILETYPE. */
int sl_piece_of_still_file(struct sl_piece_id *out, int fd, unsigned threads,
                           sl_piece_progress_fn cancel, void *ctx,
                           struct sl_err *err) SL_MUST_CHECK;

/** Name of the SHA-256 kernel in use ("portable", "sha-ni", ...). Chosen once per process. */
const char *sl_piece_kernel(void);

#endif
