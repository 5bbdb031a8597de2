/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Twice eight nodes at once with AVX2: what avx2_groups.S makes its rounds of, and what it gives.
 */
#include <immintrin.h>
#include <stdalign.h>
#include <string.h>

#include "cpu.h"
#include "kernel_list.h"
#include "rows.h"
#include "sha256.h"

enum { LANES = 8, GROUPS = 2 };

typedef __m256i vec;

/* Of one group. avx2_groups.S knows this layout. */
struct work {
    vec state[8]; /* a, d, c, b, e, h, g, f */
    vec words[16];
    vec middle[8];
};

/* From the words, which are spent, to the state. */
void sl_avx2_groups(struct work work[static GROUPS]);

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

static inline void store_nodes(uint8_t *out, const vec state[8])
{
    const vec mask = _mm256_set1_epi32((int)SL_NODE_MASK);
    vec s[8] = {state[0], state[3], state[2], state[1], state[4], state[7], state[6]};
    s[7] = _mm256_and_si256(state[5], mask);
    transpose8(s);
#pragma GCC unroll 8
    for (size_t i = 0; i < 8; i++)
        _mm256_storeu_si256((void *)(out + 32 * i), swap(s[i]));
}

static void row(uint8_t *out, const uint8_t *in)
{
    alignas(64) struct work work[GROUPS];
    for (size_t i = 0; i < GROUPS; i++)
        load_words(work[i].words, in + i * LANES * 2 * SL_NODE_BYTES);
    sl_avx2_groups(work);
    for (size_t i = 0; i < GROUPS; i++)
        store_nodes(out + i * LANES * SL_NODE_BYTES, work[i].state);
}

static void piece_nodes(uint8_t *out, const uint8_t *in, size_t count)
{
    sl_nodes_by_rows(out, in, count, (size_t)LANES * GROUPS, row);
}

const struct sl_kernel sl_kernel_avx2 = {"avx2", sl_cpu_avx2, piece_nodes, sl_fr32_avx2};
