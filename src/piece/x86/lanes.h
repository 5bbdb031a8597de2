/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * lanes.h - the node function over LANES nodes at once, one node a lane of a vector register.
 *
 * The body of a kernel, to be included by a file that has defined: LANES; `vec`, a register of
 * LANES 32-bit words; set1, add, xor3, ch, maj; ROTR and SHR (macros: the distance is a constant);
 * load_words, which spreads LANES messages of 16 big-endian words over 16 registers; store_nodes,
 * which does the reverse for 8 registers and clears the two bits of every node.
 */
#include <string.h>

#include "kernel.h"
#include "sha256.h"

#define INLINE static inline __attribute__((always_inline))

/* The word of the message schedule 16 behind w[i], in its place. */
INLINE void next_word(vec w[16], size_t i)
{
    const vec x = w[(i + 1) % 16];
    const vec y = w[(i + 14) % 16];
    const vec s0 = xor3(ROTR(x, 7), ROTR(x, 18), SHR(x, 3));
    const vec s1 = xor3(ROTR(y, 17), ROTR(y, 19), SHR(y, 10));
    w[i] = add(add(w[i], s0), add(w[(i + 9) % 16], s1));
}

/* Round i (counted from a multiple of 16): the variables stay, their names move on. */
INLINE void one_round(vec s[8], size_t i, vec kw)
{
    vec *const a = &s[(16 - i) % 8], *const b = &s[(17 - i) % 8], *const c = &s[(18 - i) % 8];
    vec *const d = &s[(19 - i) % 8], *const e = &s[(20 - i) % 8], *const f = &s[(21 - i) % 8];
    vec *const g = &s[(22 - i) % 8], *const h = &s[(23 - i) % 8];
    const vec t1 =
        add(add(*h, kw), add(xor3(ROTR(*e, 6), ROTR(*e, 11), ROTR(*e, 25)), ch(*e, *f, *g)));
    *d = add(*d, t1);
    *h = add(t1, add(xor3(ROTR(*a, 2), ROTR(*a, 13), ROTR(*a, 22)), maj(*a, *b, *c)));
}

static void lanes(uint8_t *out, const uint8_t *in)
{
    vec w[16];
    vec s[8];
    vec middle[8];
    load_words(w, in);
    for (size_t i = 0; i < 8; i++)
        s[i] = set1(sl_sha256_init[i]);
    /* each word right behind the round that used the old one: between them both stay busy */
    for (size_t at = 0; at < 48; at += 16) {
#pragma GCC unroll 16
        for (size_t i = 0; i < 16; i++) {
            one_round(s, i, add(w[i], set1(sl_sha256_k[at + i])));
            next_word(w, i);
        }
    }
#pragma GCC unroll 16
    for (size_t i = 0; i < 16; i++)
        one_round(s, i, add(w[i], set1(sl_sha256_k[48 + i])));
    for (size_t i = 0; i < 8; i++)
        middle[i] = s[i] = add(s[i], set1(sl_sha256_init[i]));
    for (size_t at = 0; at < 64; at += 16) {
#pragma GCC unroll 16
        for (size_t i = 0; i < 16; i++)
            one_round(s, i, set1(sl_sha256_pad[at + i]));
    }
    for (size_t i = 0; i < 8; i++)
        s[i] = add(s[i], middle[i]);
    store_nodes(out, s);
}

static void nodes(uint8_t *out, const uint8_t *in, size_t count)
{
    for (; count >= LANES; count -= LANES) {
        lanes(out, in);
        out += (size_t)LANES * SL_NODE_BYTES;
        in += (size_t)LANES * 2 * SL_NODE_BYTES;
    }
    if (count > 0) {
        uint8_t last[LANES * 2 * SL_NODE_BYTES] = {0};
        memcpy(last, in, count * 2 * SL_NODE_BYTES);
        lanes(last, last);
        memcpy(out, last, count * SL_NODE_BYTES);
    }
}
