/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* blake2b.h - BLAKE2b of one short message, for the checksum of Filecoin addresses (RFC 7693). */
#ifndef SL_ETH_BLAKE2B_H
#define SL_ETH_BLAKE2B_H

#include <stddef.h>
#include <stdint.h>

enum { SL_BLAKE2B_BLOCK = 128 };

/** Unkeyed; len <= SL_BLAKE2B_BLOCK, 1 <= out_len <= 64. */
void sl_blake2b(uint8_t *out, size_t out_len, const uint8_t *data, size_t len);

#endif
