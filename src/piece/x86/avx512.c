/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Two times sixteen nodes at once with AVX-512 (F and BW): rotates and three-operand logic are one
 * step. */
#include <immintrin.h>
#include <stdbool.h>
#include <string.h>

#include "cpu.h"
#include "kernel_list.h"
#include "rows.h"
#include "sha256.h"

enum { LANES = 16, GROUPS = 2 };

typedef __m512i vec;

#define ROTR(x, n) _mm512_ror_epi32((x), (n))
#define SHR(x, n)  _mm512_srli_epi32((x), (n))

static inline vec set1(uint32_t x)
{
    return _mm512_set1_epi32((int)x);
}

static inline vec add(vec a, vec b)
{
    return _mm512_add_epi32(a, b);
}

static inline vec xor3(vec a, vec b, vec c)
{
    return _mm512_ternarylogic_epi32(a, b, c, 0x96);
}

static inline vec ch(vec e, vec f, vec g)
{
    return _mm512_ternarylogic_epi32(e, f, g, 0xca);
}

static inline vec maj(vec a, vec b, vec c)
{
    return _mm512_ternarylogic_epi32(a, b, c, 0xe8);
}

/* Every 32-bit word from big-endian to the machine's order, or back. */
static inline vec swap(vec x)
{
    const __m128i order = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
    return _mm512_shuffle_epi8(x, _mm512_broadcast_i32x4(order));
}

/* Transposes 4 x 4 words within each 128-bit part of four registers. */
static inline void transpose4(vec r[4])
{
    const vec a = _mm512_unpacklo_epi32(r[0], r[1]);
    const vec b = _mm512_unpackhi_epi32(r[0], r[1]);
    const vec c = _mm512_unpacklo_epi32(r[2], r[3]);
    const vec d = _mm512_unpackhi_epi32(r[2], r[3]);
    r[0] = _mm512_unpacklo_epi64(a, c);
    r[1] = _mm512_unpackhi_epi64(a, c);
    r[2] = _mm512_unpacklo_epi64(b, d);
    r[3] = _mm512_unpackhi_epi64(b, d);
}

/* Transposes 4 x 4 of the 128-bit parts of four registers. */
static inline void transpose_parts(vec *a, vec *b, vec *c, vec *d)
{
    const vec p = _mm512_shuffle_i32x4(*a, *b, 0x44);
    const vec q = _mm512_shuffle_i32x4(*a, *b, 0xee);
    const vec r = _mm512_shuffle_i32x4(*c, *d, 0x44);
    const vec s = _mm512_shuffle_i32x4(*c, *d, 0xee);
    *a = _mm512_shuffle_i32x4(p, r, 0x88);
    *b = _mm512_shuffle_i32x4(p, r, 0xdd);
    *c = _mm512_shuffle_i32x4(q, s, 0x88);
    *d = _mm512_shuffle_i32x4(q, s, 0xdd);
}

/*
 * Row n of `in` is message n. Rows 4g .. 4g + 3 transposed by fours give, in part p of register
 * 4g + j, word 4p + j of those four; transposing the parts across g brings all 16 together.
 */
static inline void load_words(vec w[16], const uint8_t *in)
{
    vec r[16];
#pragma GCC unroll 16
    for (size_t i = 0; i < 16; i++)
        r[i] = swap(_mm512_loadu_si512(in + 64 * i));
#pragma GCC unroll 4
    for (size_t g = 0; g < 4; g++)
        transpose4(r + 4 * g);
#pragma GCC unroll 4
    for (size_t j = 0; j < 4; j++) {
        transpose_parts(&r[j], &r[4 + j], &r[8 + j], &r[12 + j]);
#pragma GCC unroll 4
        for (size_t p = 0; p < 4; p++)
            w[4 * p + j] = r[4 * p + j];
    }
}

/* After transpose4, part p of register j holds words 0..3 (or 4..7) of node 4p + j. */
static inline void store_nodes(uint8_t *out, vec s[8])
{
    const vec mask =
        _mm512_broadcast_i32x4(_mm_set_epi32(0x3fffffff, -1, -1, -1)); /* the last byte's top two */
    transpose4(s);
    transpose4(s + 4);
#pragma GCC unroll 4
    for (size_t j = 0; j < 4; j++) {
        const vec low = swap(s[j]);
        const vec high = _mm512_and_si512(swap(s[4 + j]), mask);
        uint8_t *const to = out + 32 * j;
        _mm_storeu_si128((void *)to, _mm512_extracti32x4_epi32(low, 0));
        _mm_storeu_si128((void *)(to + 16), _mm512_extracti32x4_epi32(high, 0));
        _mm_storeu_si128((void *)(to + 128), _mm512_extracti32x4_epi32(low, 1));
        _mm_storeu_si128((void *)(to + 144), _mm512_extracti32x4_epi32(high, 1));
        _mm_storeu_si128((void *)(to + 256), _mm512_extracti32x4_epi32(low, 2));
        _mm_storeu_si128((void *)(to + 272), _mm512_extracti32x4_epi32(high, 2));
        _mm_storeu_si128((void *)(to + 384), _mm512_extracti32x4_epi32(low, 3));
        _mm_storeu_si128((void *)(to + 400), _mm512_extracti32x4_epi32(high, 3));
    }
}

/* ---- rounds ---- */

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

/*
 * The whole of it. A round can only start when the one before it is done, and the units of a
 * processor do more than one group has for them meanwhile: so the rounds of the groups take turns.
 */
static void row(uint8_t *out, const uint8_t *in)
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

static void piece_nodes(uint8_t *out, const uint8_t *in, size_t count)
{
    sl_nodes_by_rows(out, in, count, (size_t)LANES * GROUPS, row);
}

const struct sl_kernel sl_kernel_avx512 = {"avx512", sl_cpu_avx512, piece_nodes, sl_fr32_avx2};
