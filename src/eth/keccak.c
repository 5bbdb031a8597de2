/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/keccak.h"

#include <string.h>

#include <nettle/sha3.h>

void sl_keccak_init(struct sl_keccak *hash)
{
    memset(hash, 0, sizeof *hash);
}

static void absorb(struct sl_keccak *hash)
{
    struct sha3_state state;
    for (size_t i = 0; i < SL_KECCAK_RATE; i++)
        hash->state[i / 8] ^= (uint64_t)hash->block[i] << (8 * (i % 8));
    memcpy(state.a, hash->state, sizeof state.a);
    sha3_permute(&state);
    memcpy(hash->state, state.a, sizeof state.a);
    hash->used = 0;
}

void sl_keccak_add(struct sl_keccak *hash, const void *data, size_t len)
{
    const uint8_t *at = data;
    while (len > 0) {
        const size_t room = SL_KECCAK_RATE - hash->used;
        const size_t n = len < room ? len : room;
        memcpy(hash->block + hash->used, at, n);
        hash->used += n;
        at += n;
        len -= n;
        if (hash->used == SL_KECCAK_RATE)
            absorb(hash);
    }
}

void sl_keccak_end(uint8_t out[static SL_KECCAK_BYTES], struct sl_keccak *hash)
{
    memset(hash->block + hash->used, 0, SL_KECCAK_RATE - hash->used);
    hash->block[hash->used] = 0x01;
    hash->block[SL_KECCAK_RATE - 1] |= 0x80;
    absorb(hash);
    for (size_t i = 0; i < SL_KECCAK_BYTES; i++)
        out[i] = (uint8_t)(hash->state[i / 8] >> (8 * (i % 8)));
}

void sl_keccak256(uint8_t out[static SL_KECCAK_BYTES], const void *data, size_t len)
{
    struct sl_keccak hash;
    sl_keccak_init(&hash);
    sl_keccak_add(&hash, data, len);
    sl_keccak_end(out, &hash);
}
