/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The kernel in plain C: runs everywhere, and is what the others are compared with. */
#include <string.h>

#include "kernel_list.h"
#include "sha256.h"

static uint32_t rotr(uint32_t x, unsigned n)
{
    return x >> n | x << (32 - n);
}

static uint32_t load_be(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void store_be(uint8_t *p, uint32_t x)
{
    p[0] = (uint8_t)(x >> 24);
    p[1] = (uint8_t)(x >> 16);
    p[2] = (uint8_t)(x >> 8);
    p[3] = (uint8_t)x;
}

/* One compression: kw[i] is the round constant plus the message word of round i. */
static void compress(uint32_t state[8], const uint32_t kw[64])
{
    uint32_t s[8];
    memcpy(s, state, sizeof s);
    uint32_t a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];
    for (unsigned i = 0; i < 64; i++) {
        const uint32_t t1 =
            h + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + (g ^ (e & (f ^ g))) + kw[i];
        const uint32_t t2 = (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & b) | (c & (a | b)));
        h = g;
        g = f;
        f = e;
        e = d + t1;
        d = c;
        c = b;
        b = a;
        a = t1 + t2;
    }
    const uint32_t add[8] = {a, b, c, d, e, f, g, h};
    for (unsigned i = 0; i < 8; i++)
        state[i] = s[i] + add[i];
}

static void schedule(uint32_t kw[64], const uint8_t block[64])
{
    uint32_t w[64];
    for (size_t i = 0; i < 16; i++)
        w[i] = load_be(block + 4 * i);
    for (unsigned i = 16; i < 64; i++) {
        const uint32_t x = w[i - 15];
        const uint32_t y = w[i - 2];
        w[i] = w[i - 16] + (rotr(x, 7) ^ rotr(x, 18) ^ x >> 3) + w[i - 7] +
               (rotr(y, 17) ^ rotr(y, 19) ^ y >> 10);
    }
    for (unsigned i = 0; i < 64; i++)
        kw[i] = sl_sha256_k[i] + w[i];
}

static void piece_nodes(uint8_t *out, const uint8_t *in, size_t count)
{
    for (size_t n = 0; n < count; n++) {
        uint32_t state[8];
        uint32_t kw[64];
        memcpy(state, sl_sha256_init, sizeof state);
        schedule(kw, in + 64 * n);
        compress(state, kw);
        compress(state, sl_sha256_pad);
        state[7] &= SL_NODE_MASK;
        for (size_t i = 0; i < 8; i++)
            store_be(out + 32 * n + 4 * i, state[i]);
    }
}

static bool usable(void)
{
    return true;
}

const struct sl_kernel sl_kernel_portable = {"portable", usable, piece_nodes, sl_fr32};
