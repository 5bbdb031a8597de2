/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * sha256.h - constants that all kernels share. Private to the piece room and its tests.
 * Source: FIPS 180-4, sections 4.2.2 and 5.3.3.
 *
 * A node hashes exactly 64 bytes, so its second block is always the same padding (0x80, zeros, the
 * length 512): its message schedule is a constant, kept here with the round constants added in.
 */
#ifndef SL_SHA256_H
#define SL_SHA256_H

#include <stdint.h>

extern const uint32_t sl_sha256_init[8];
extern const uint32_t sl_sha256_k[64];   /* aligned to 64 bytes */
extern const uint32_t sl_sha256_pad[64]; /* k[i] + w[i] of the padding block; aligned likewise */

/** The two bits that a node may not have, as a mask of its last word before it is byte-swapped. */
#define SL_NODE_MASK UINT32_C(0xffffff3f)

#endif
