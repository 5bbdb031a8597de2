/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Fr32 with 32-byte shifts: a leaf is one register. */
#include <immintrin.h>

#include "kernel_list.h"

static inline __m256i load(const uint8_t *p)
{
    return _mm256_loadu_si256((const void *)p);
}

static inline void quad(uint8_t *out, const uint8_t *in)
{
    const __m256i mask = _mm256_set_epi64x(INT64_MAX >> 1, -1, -1, -1);
    const __m256i a = load(in);
    const __m256i b =
        _mm256_or_si256(_mm256_slli_epi64(load(in + 32), 2), _mm256_srli_epi64(load(in + 31), 6));
    const __m256i c =
        _mm256_or_si256(_mm256_slli_epi64(load(in + 64), 4), _mm256_srli_epi64(load(in + 63), 4));
    const __m256i d =
        _mm256_or_si256(_mm256_slli_epi64(load(in + 96), 6), _mm256_srli_epi64(load(in + 95), 2));
    _mm256_storeu_si256((void *)out, _mm256_and_si256(a, mask));
    _mm256_storeu_si256((void *)(out + 32), _mm256_and_si256(b, mask));
    _mm256_storeu_si256((void *)(out + 64), _mm256_and_si256(c, mask));
    _mm256_storeu_si256((void *)(out + 96), _mm256_and_si256(d, mask));
}

void sl_fr32_avx2(uint8_t *out, const uint8_t *in, size_t quads)
{
    if (quads == 0)
        return;
    /* a quad is read with the byte behind it (whose bits the mask drops): not so the last */
    for (; quads > 1; quads--) {
        quad(out, in);
        out += SL_QUAD_SPREAD_BYTES;
        in += SL_QUAD_BYTES;
    }
    sl_fr32(out, in, 1);
}
