/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * fr32.h - spreads the payload so that every leaf is below 2^254: 127 bytes become 128. Private to
 * piece and its tests. Source: FRC-0069. Proof: piece-cid.json, "fr32".
 */
#ifndef SL_FR32_H
#define SL_FR32_H

#include <stddef.h>
#include <stdint.h>

enum { SL_QUAD_BYTES = 127, SL_QUAD_SPREAD_BYTES = 128, SL_QUAD_LEAVES = 4 };

/**
 * Spread `quads` groups of 127 bytes into as many groups of 128. Any alignment, no overlap. Reads
 * nothing after the last group.
 */
void sl_fr32(uint8_t *out, const uint8_t *in, size_t quads);

#endif
