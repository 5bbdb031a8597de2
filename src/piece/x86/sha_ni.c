/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Four nodes at once with the SHA instructions of x86; the work itself is sha_ni_group.S. */
#include <stdalign.h>
#include <string.h>

#include "cpu.h"
#include "kernel_list.h"

enum { LANES = 4, IN_BYTES = LANES * 2 * SL_NODE_BYTES, OUT_BYTES = LANES * SL_NODE_BYTES };

struct words {
    alignas(64) uint8_t bytes[1408];
};

void sl_sha_ni_words(struct words *next, const uint8_t in[static IN_BYTES]);
void sl_sha_ni_group(uint8_t out[static OUT_BYTES], const struct words *words, struct words *next,
                     const uint8_t next_in[static IN_BYTES]);

/*
 * Every group makes the message words of the one behind it, so the input of that one is looked up
 * first. An incomplete last group is hashed from a copy; behind the end the last is made again.
 */
static void piece_nodes(uint8_t *out, const uint8_t *in, size_t count)
{
    struct words words[2];
    uint8_t rest_in[IN_BYTES] = {0};
    uint8_t rest_out[OUT_BYTES];
    const size_t rest = count % LANES;
    const size_t groups = count / LANES + (rest > 0);
    if (rest > 0)
        memcpy(rest_in, in + (count - rest) * 2 * SL_NODE_BYTES, rest * 2 * SL_NODE_BYTES);
    const uint8_t *next = groups > 1 || rest == 0 ? in : rest_in;
    if (groups > 0)
        sl_sha_ni_words(&words[0], next);
    for (size_t i = 0; i < groups; i++) {
        const bool partial = rest > 0 && i + 1 == groups;
        if (i + 1 < groups)
            next = rest > 0 && i + 2 == groups ? rest_in : in + (i + 1) * IN_BYTES;
        sl_sha_ni_group(partial ? rest_out : out + i * OUT_BYTES, &words[i % 2],
                        &words[(i + 1) % 2], next);
        if (partial)
            memcpy(out + i * OUT_BYTES, rest_out, rest * SL_NODE_BYTES);
    }
}

const struct sl_kernel sl_kernel_sha_ni = {"sha-ni", sl_cpu_sha_ni, piece_nodes, sl_fr32_avx2};
