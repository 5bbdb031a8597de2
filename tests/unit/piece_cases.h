/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* piece_cases.h - the hashing cases of the golden vectors, by size; shared by two tests. */
#ifndef SL_TEST_PIECE_CASES_H
#define SL_TEST_PIECE_CASES_H

#include <stdint.h>

enum { SL_LARGE_BYTES = 64 << 20 }; /* cases above it are left to test_piece_large */

/**
 * Runs every case of piece-cid.json, or of shards.json, whose input has min..max bytes; returns
 * their number.
 */
unsigned sl_piece_cases_run(uint64_t min_bytes, uint64_t max_bytes);
unsigned sl_shard_cases_run(uint64_t min_bytes, uint64_t max_bytes);

#endif
