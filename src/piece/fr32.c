/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "fr32.h"

#include <string.h>

static uint64_t load_le(const uint8_t *p)
{
    uint64_t x;
    memcpy(&x, p, sizeof x);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    x = __builtin_bswap64(x);
#endif
    return x;
}

static void store_le(uint8_t *p, uint64_t x)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    x = __builtin_bswap64(x);
#endif
    memcpy(p, &x, sizeof x);
}

enum { LEAF_BYTES = 32 };
static const uint64_t top_mask = UINT64_MAX >> 2;

/*
 * Leaf j of a quad starts 2 * j bits before byte 32 * j. A word of it is the word there shifted up
 * by 2 * j, and below it the bits of the byte before: the word one byte earlier, shifted down.
 * (Where the two overlap they agree.)
 */
static void leaf(uint8_t *out, const uint8_t *in, unsigned shift)
{
    uint64_t word = 0;
    for (size_t i = 0; i < LEAF_BYTES; i += 8) {
        word = load_le(in + i) << shift | load_le(in + i - 1) >> (8 - shift);
        store_le(out + i, word);
    }
    store_le(out + LEAF_BYTES - 8, word & top_mask);
}

static void quad(uint8_t *out, const uint8_t *in)
{
    memcpy(out, in, LEAF_BYTES);
    out[LEAF_BYTES - 1] &= 0x3f;
    leaf(out + 32, in + 32, 2);
    leaf(out + 64, in + 64, 4);
    /* the last leaf has only 31 bytes: its last word is shifted down whole */
    for (size_t i = 96; i < 120; i += 8)
        store_le(out + i, load_le(in + i) << 6 | load_le(in + i - 1) >> 2);
    store_le(out + 120, load_le(in + 119) >> 2);
}

void sl_fr32(uint8_t *out, const uint8_t *in, size_t quads)
{
    for (size_t i = 0; i < quads; i++)
        quad(out + SL_QUAD_SPREAD_BYTES * i, in + SL_QUAD_BYTES * i);
}
