/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * sha256.h - constants that all kernels share. Private to piece and its tests. Source: FIPS 180-4,
 * sections 4.2.2 and 5.3.3.
 *
 * A node hashes exactly 64 bytes, so its second block is always the same padding (0x80, zeros, the
 * length 512). Its message schedule is therefore a constant, kept here with the round constants
 * already added.
 */
#ifndef SL_SHA256_H
#define SL_SHA256_H

#include <stdint.h>

extern const uint32_t sl_sha256_init[8];
extern const uint32_t sl_sha256_k[64];   /* aligned to 64 bytes */
extern const uint32_t sl_sha256_pad[64]; /* k[i] + w[i] of the padding block; aligned likewise */

/** The two bits that are always zero in a node, as a mask of its last word before the byte swap. */
#define SL_NODE_MASK UINT32_C(0xffffff3f)

#endif
