/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* piece_cases.h - the hashing cases of the golden vectors, by size; shared by two tests. */
#ifndef SL_TEST_PIECE_CASES_H
#define SL_TEST_PIECE_CASES_H

#include <stdbool.h>
#include <stdint.h>

#include "sluice/piece.h"

/** Whether a payload of this CID could be the minimal tree for its size: what a provider accepts.
 * (The parser takes the wider set that the chain takes.) */
static inline bool sl_piece_is_canonical(const struct sl_piece_id *id)
{
    return id->payload_bytes <= sl_piece_capacity(id->height) &&
           id->height == sl_piece_height(id->payload_bytes);
}

enum { SL_LARGE_BYTES = 64 << 20 }; /* cases above it are left to test_piece_large */

/**
 * Runs every case of piece-cid.json, or of shards.json, whose input has min..max bytes; returns
 * their number.
 */
unsigned sl_piece_cases_run(uint64_t min_bytes, uint64_t max_bytes);
unsigned sl_shard_cases_run(uint64_t min_bytes, uint64_t max_bytes);

#endif
