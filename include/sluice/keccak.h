/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * keccak.h - Keccak-256, the original padding (0x01), not NIST SHA3-256. Layer: eth.
 *
 * Source: docs/PROTOCOL.md "Signing"; proven by tests/data/vectors/keccak256.json.
 */
#ifndef SL_KECCAK_H
#define SL_KECCAK_H

#include <stddef.h>
#include <stdint.h>

enum { SL_KECCAK_BYTES = 32, SL_KECCAK_RATE = 136 };

/** A plain value; sl_keccak_init() before use. */
struct sl_keccak {
    uint64_t state[25];
    uint8_t block[SL_KECCAK_RATE];
    size_t used;
};

void sl_keccak_init(struct sl_keccak *hash);
void sl_keccak_add(struct sl_keccak *hash, const void *data, size_t len);
/** Writes the digest; the context must be initialised again before it is used again. */
void sl_keccak_end(uint8_t out[static SL_KECCAK_BYTES], struct sl_keccak *hash);

/** All at once. `out` may lie inside `data`. */
void sl_keccak256(uint8_t out[static SL_KECCAK_BYTES], const void *data, size_t len);

#endif
