/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Four nodes side by side with the SHA-2 instructions of ARMv8: sha256h waits for the one before
 * it, so one node alone would leave the unit idle.
 */
#include "kernel_list.h"

#if defined(__aarch64__)
#include <arm_neon.h>
#include <string.h>
#include <sys/auxv.h>

#include "sha256.h"

enum { LANES = 4, HWCAP_OF_SHA2 = 1 << 6 };

struct state {
    uint32x4_t abcd;
    uint32x4_t efgh;
};

static inline void four_rounds(struct state *s, uint32x4_t kw)
{
    const uint32x4_t abcd = s->abcd;
    s->abcd = vsha256hq_u32(s->abcd, s->efgh, kw);
    s->efgh = vsha256h2q_u32(s->efgh, abcd, kw);
}

static inline uint32x4_t next_words(const uint32x4_t w[4])
{
    return vsha256su1q_u32(vsha256su0q_u32(w[0], w[1]), w[2], w[3]);
}

static inline void add(struct state *s, const struct state *other)
{
    s->abcd = vaddq_u32(s->abcd, other->abcd);
    s->efgh = vaddq_u32(s->efgh, other->efgh);
}

static inline uint32x4_t load_words(const uint8_t *in)
{
    return vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(in)));
}

static inline void store_node(uint8_t *out, const struct state *s)
{
    const uint32x4_t mask = {UINT32_MAX, UINT32_MAX, UINT32_MAX, SL_NODE_MASK};
    vst1q_u8(out, vrev32q_u8(vreinterpretq_u8_u32(s->abcd)));
    vst1q_u8(out + 16, vrev32q_u8(vreinterpretq_u8_u32(vandq_u32(s->efgh, mask))));
}

static void lanes(uint8_t *out, const uint8_t *in)
{
    const struct state start = {vld1q_u32(sl_sha256_init), vld1q_u32(sl_sha256_init + 4)};
    struct state s[LANES] = {start, start, start, start};
    struct state middle[LANES];
    uint32x4_t w[LANES][4];
    for (size_t l = 0; l < LANES; l++) {
        for (size_t i = 0; i < 4; i++)
            w[l][i] = load_words(in + 64 * l + 16 * i);
    }
#pragma GCC unroll 16
    for (size_t i = 0; i < 16; i++) {
        const uint32x4_t k = vld1q_u32(sl_sha256_k + 4 * i);
        for (size_t l = 0; l < LANES; l++) {
            four_rounds(&s[l], vaddq_u32(w[l][0], k));
            const uint32x4_t next = next_words(w[l]);
            w[l][0] = w[l][1];
            w[l][1] = w[l][2];
            w[l][2] = w[l][3];
            w[l][3] = next;
        }
    }
    for (size_t l = 0; l < LANES; l++) {
        add(&s[l], &start);
        middle[l] = s[l];
    }
    for (size_t i = 0; i < 16; i++) {
        const uint32x4_t kw = vld1q_u32(sl_sha256_pad + 4 * i);
        for (size_t l = 0; l < LANES; l++)
            four_rounds(&s[l], kw);
    }
    for (size_t l = 0; l < LANES; l++) {
        add(&s[l], &middle[l]);
        store_node(out + 32 * l, &s[l]);
    }
}

static void piece_nodes(uint8_t *out, const uint8_t *in, size_t count)
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

static bool usable(void)
{
    return (getauxval(AT_HWCAP) & HWCAP_OF_SHA2) != 0;
}

const struct sl_kernel sl_kernel_armv8 = {"armv8-sha2", usable, piece_nodes, sl_fr32};
#endif
