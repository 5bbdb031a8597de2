/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The ARM kernel against the portable one, and a whole piece against a known PieceCID. A program of
 * its own, without a test library: it is built for another processor (see piece_kernels_arm).
 */
#include <stdio.h>
#include <string.h>

#include "sluice/piece.h"

#include "piece/kernel.h"

enum { MOST = 100, PAIR_BYTES = 2 * SL_NODE_BYTES };

static uint8_t in[MOST * PAIR_BYTES + 1];

static int compare(const struct sl_kernel *kernel, size_t count, size_t shift)
{
    static uint8_t got[MOST * SL_NODE_BYTES];
    static uint8_t want[MOST * SL_NODE_BYTES];
    sl_kernel_find("portable")->nodes(want, in + shift, count);
    kernel->nodes(got, in + shift, count);
    if (memcmp(got, want, count * SL_NODE_BYTES) == 0)
        return 0;
    printf("%s: wrong nodes in a row of %zu\n", kernel->name, count);
    return 1;
}

/* Byte i of the payload is i mod 251; argv gives its length and its PieceCID. */
static int hash(size_t len, const char *cid)
{
    struct sl_piece_id id;
    char text[SL_PIECE_CID_CHARS];
    struct sl_piece_hasher *hasher = sl_piece_hasher_new();
    if (hasher == NULL)
        return 1;
    for (size_t i = 0; i < len; i++) {
        const uint8_t byte = (uint8_t)(i % 251);
        if (sl_piece_hasher_add(hasher, &byte, 1, NULL) < 0)
            return 1;
    }
    if (sl_piece_hasher_finish(hasher, &id, NULL) < 0)
        return 1;
    sl_piece_hasher_free(hasher);
    sl_piece_cid(text, &id);
    if (strcmp(text, cid) == 0)
        return 0;
    printf("%zu bytes: %s instead of %s\n", len, text, cid);
    return 1;
}

int main(void)
{
    const struct sl_kernel *kernel = sl_kernel_find("armv8-sha2");
    int bad = 0;
    if (kernel == NULL || !kernel->usable()) {
        puts("skipped: no SHA-2 instructions here");
        return 77;
    }
    for (size_t i = 0; i < sizeof in; i++)
        in[i] = (uint8_t)(i * i * 31 + i / 7);
    for (size_t count = 0; count <= MOST; count++)
        bad += compare(kernel, count, count % 2);
    bad += hash(65536, "bafkzcibeqd4agdh5a3hzn62nwjdggwb5sefx7xite2mz2eqmulecn4jnf4oq375nce");
    bad += hash(1000000, "bafkzcibeyc5qedyavbxjdbnpksrnlmzhisslpmkbxy75f7qifbghddefblsngbeeaq");
    printf("%s: %s\n", sl_piece_kernel(), bad == 0 ? "equal" : "WRONG");
    return bad == 0 ? 0 : 1;
}
