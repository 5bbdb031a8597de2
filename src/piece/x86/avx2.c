/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Two times eight nodes at once with AVX2. */
#include <immintrin.h>
#include <string.h>

#include "cpu.h"
#include "kernel_list.h"
#include "sha256.h"

enum { LANES = 8, GROUPS = 2 };

typedef __m256i vec;

#define SHR(x, n)  _mm256_srli_epi32((x), (n))
#define ROTR(x, n) _mm256_or_si256(_mm256_srli_epi32((x), (n)), _mm256_slli_epi32((x), 32 - (n)))

static inline vec set1(uint32_t x)
{
    return _mm256_set1_epi32((int)x);
}

static inline vec add(vec a, vec b)
{
    return _mm256_add_epi32(a, b);
}

static inline vec xor3(vec a, vec b, vec c)
{
    return _mm256_xor_si256(_mm256_xor_si256(a, b), c);
}

static inline vec ch(vec e, vec f, vec g)
{
    return _mm256_xor_si256(g, _mm256_and_si256(e, _mm256_xor_si256(f, g)));
}

/* a ^ b of one round is b ^ c of the next: the compiler computes it once. */
static inline vec maj(vec a, vec b, vec c)
{
    return _mm256_xor_si256(b, _mm256_and_si256(_mm256_xor_si256(a, b), _mm256_xor_si256(b, c)));
}

/* Every 32-bit word from big-endian to the machine's order, or back. */
static inline vec swap(vec x)
{
    const __m128i order = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
    return _mm256_shuffle_epi8(x, _mm256_broadcastsi128_si256(order));
}

/* Transposes 8 x 8 words. */
static inline void transpose8(vec r[8])
{
    vec t[8];
#pragma GCC unroll 4
    for (size_t i = 0; i < 8; i += 2) {
        t[i] = _mm256_unpacklo_epi32(r[i], r[i + 1]);
        t[i + 1] = _mm256_unpackhi_epi32(r[i], r[i + 1]);
    }
#pragma GCC unroll 2
    for (size_t i = 0; i < 8; i += 4) {
        r[i] = _mm256_unpacklo_epi64(t[i], t[i + 2]);
        r[i + 1] = _mm256_unpackhi_epi64(t[i], t[i + 2]);
        r[i + 2] = _mm256_unpacklo_epi64(t[i + 1], t[i + 3]);
        r[i + 3] = _mm256_unpackhi_epi64(t[i + 1], t[i + 3]);
    }
#pragma GCC unroll 4
    for (size_t i = 0; i < 4; i++) {
        t[i] = _mm256_permute2x128_si256(r[i], r[i + 4], 0x20);
        t[i + 4] = _mm256_permute2x128_si256(r[i], r[i + 4], 0x31);
    }
    memcpy(r, t, sizeof t);
}

static inline void load_words(vec w[16], const uint8_t *in)
{
#pragma GCC unroll 8
    for (size_t i = 0; i < 8; i++) {
        w[i] = swap(_mm256_loadu_si256((const void *)(in + 64 * i)));
        w[8 + i] = swap(_mm256_loadu_si256((const void *)(in + 64 * i + 32)));
    }
    transpose8(w);
    transpose8(w + 8);
}

static inline void store_nodes(uint8_t *out, vec s[8])
{
    s[7] = _mm256_and_si256(s[7], set1(SL_NODE_MASK));
    transpose8(s);
#pragma GCC unroll 8
    for (size_t i = 0; i < 8; i++)
        _mm256_storeu_si256((void *)(out + 32 * i), swap(s[i]));
}

#include "lanes.h"

const struct sl_kernel sl_kernel_avx2 = {"avx2", sl_cpu_avx2, nodes, sl_fr32_avx2};
