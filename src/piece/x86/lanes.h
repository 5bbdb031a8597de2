/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * lanes.h - the node function over GROUPS times LANES nodes at once, one node a lane of a vector
 * register.
 *
 * A round can only start when the one before it is done, and the units of a processor do more than
 * one group has for them meanwhile: so the rounds of GROUPS independent groups take turns.
 *
 * The body of a kernel, to be included by a file that has defined: LANES; GROUPS; `vec`, a register
 * of LANES 32-bit words; set1, add, xor3, ch, maj; ROTR and SHR (macros: the distance is a
 * constant); load_words, which spreads LANES messages of 16 big-endian words over 16 registers;
 * store_nodes, which does the reverse for 8 registers and clears the two bits of every node.
 */
#include <stdbool.h>
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

/*
 * Round i (counted from a multiple of 16): the variables stay, their names move on. What waits for
 * e, the newest, is added last: every round waits for the one before it there.
 */
INLINE void one_round(vec s[8], size_t i, vec kw)
{
    vec *const a = &s[(16 - i) % 8], *const b = &s[(17 - i) % 8], *const c = &s[(18 - i) % 8];
    vec *const d = &s[(19 - i) % 8], *const e = &s[(20 - i) % 8], *const f = &s[(21 - i) % 8];
    vec *const g = &s[(22 - i) % 8], *const h = &s[(23 - i) % 8];
    const vec t1 =
        add(add(add(*h, kw), ch(*e, *f, *g)), xor3(ROTR(*e, 6), ROTR(*e, 11), ROTR(*e, 25)));
    *d = add(*d, t1);
    *h = add(t1, add(xor3(ROTR(*a, 2), ROTR(*a, 13), ROTR(*a, 22)), maj(*a, *b, *c)));
}

/* Round i of the first block, whose word is w[i], in all groups; then the word behind it. */
INLINE void message_round(vec s[GROUPS][8], vec w[GROUPS][16], size_t i, uint32_t k, bool more)
{
#pragma GCC unroll 2
    for (size_t group = 0; group < GROUPS; group++) {
        one_round(s[group], i, add(w[group][i], set1(k)));
        if (more)
            next_word(w[group], i);
    }
}

/* Round i of the padding block. */
INLINE void padding_round(vec s[GROUPS][8], size_t i, uint32_t kw)
{
#pragma GCC unroll 2
    for (size_t group = 0; group < GROUPS; group++)
        one_round(s[group], i, set1(kw));
}

static void lanes(uint8_t *out, const uint8_t *in)
{
    vec w[GROUPS][16];
    vec s[GROUPS][8];
    vec middle[GROUPS][8];
#pragma GCC unroll 2
    for (size_t group = 0; group < GROUPS; group++) {
        load_words(w[group], in + group * LANES * 2 * SL_NODE_BYTES);
        for (size_t i = 0; i < 8; i++)
            s[group][i] = set1(sl_sha256_init[i]);
    }
    for (size_t at = 0; at < 48; at += 16) {
#pragma GCC unroll 16
        for (size_t i = 0; i < 16; i++)
            message_round(s, w, i, sl_sha256_k[at + i], true);
    }
#pragma GCC unroll 16
    for (size_t i = 0; i < 16; i++)
        message_round(s, w, i, sl_sha256_k[48 + i], false);
#pragma GCC unroll 2
    for (size_t group = 0; group < GROUPS; group++) {
        for (size_t i = 0; i < 8; i++)
            middle[group][i] = s[group][i] = add(s[group][i], set1(sl_sha256_init[i]));
    }
    for (size_t at = 0; at < 64; at += 16) {
#pragma GCC unroll 16
        for (size_t i = 0; i < 16; i++)
            padding_round(s, i, sl_sha256_pad[at + i]);
    }
#pragma GCC unroll 2
    for (size_t group = 0; group < GROUPS; group++) {
        for (size_t i = 0; i < 8; i++)
            s[group][i] = add(s[group][i], middle[group][i]);
        store_nodes(out + group * LANES * SL_NODE_BYTES, s[group]);
    }
}

static void nodes(uint8_t *out, const uint8_t *in, size_t count)
{
    enum { ROW = LANES * GROUPS };
    for (; count >= ROW; count -= ROW) {
        lanes(out, in);
        out += (size_t)ROW * SL_NODE_BYTES;
        in += (size_t)ROW * 2 * SL_NODE_BYTES;
    }
    if (count > 0) {
        uint8_t last[ROW * 2 * SL_NODE_BYTES] = {0};
        memcpy(last, in, count * 2 * SL_NODE_BYTES);
        lanes(last, last);
        memcpy(out, last, count * SL_NODE_BYTES);
    }
}
