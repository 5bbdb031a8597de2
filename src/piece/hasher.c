/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The streaming hasher. The payload is taken in blocks of BLOCK_QUADS * 127 bytes; each is spread
 * and reduced level by level to one node while it is in the first cache. Above that one node a
 * level waits for its right sibling.
 */
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/piece.h"

#include "fr32.h"
#include "kernel.h"
#include "tree.h"

enum {
    BLOCK_QUADS = 64,
    BLOCK_HEIGHT = 8, /* log2 of the leaves of a block */
    BLOCK_BYTES = BLOCK_QUADS * SL_QUAD_BYTES,
    CACHE_LINE = 64,
};

struct sl_piece_hasher {
    const struct sl_kernel *kernel;
    uint64_t payload_bytes;
    uint64_t waiting; /* bit h: left[h] is a node of height h without its right sibling */
    size_t fill;      /* bytes in `block` */
    bool finished;
    uint8_t left[SL_PIECE_HEIGHT_MAX + 1][SL_NODE_BYTES];
    uint8_t block[BLOCK_BYTES]; /* the start of a block whose rest was not fed yet */
    alignas(CACHE_LINE) uint8_t nodes[BLOCK_QUADS * SL_QUAD_SPREAD_BYTES];
};

struct sl_piece_hasher *sl_piece_hasher_new(void)
{
    struct sl_piece_hasher *hasher = aligned_alloc(CACHE_LINE, sizeof *hasher);
    if (hasher != NULL)
        sl_piece_hasher_reset(hasher);
    return hasher;
}

void sl_piece_hasher_free(struct sl_piece_hasher *hasher)
{
    free(hasher);
}

void sl_piece_hasher_reset(struct sl_piece_hasher *hasher)
{
    hasher->kernel = sl_kernel();
    hasher->payload_bytes = 0;
    hasher->waiting = 0;
    hasher->fill = 0;
    hasher->finished = false;
}

/* nodes[0], of height BLOCK_HEIGHT, goes up as long as a left sibling waits for it. */
static void climb(struct sl_piece_hasher *h)
{
    unsigned height = BLOCK_HEIGHT;
    for (; (h->waiting >> height & 1) != 0; height++) {
        memcpy(h->nodes + SL_NODE_BYTES, h->nodes, SL_NODE_BYTES);
        memcpy(h->nodes, h->left[height], SL_NODE_BYTES);
        h->kernel->nodes(h->nodes, h->nodes, 1);
        h->waiting &= ~(UINT64_C(1) << height);
    }
    memcpy(h->left[height], h->nodes, SL_NODE_BYTES);
    h->waiting |= UINT64_C(1) << height;
}

static void whole_block(struct sl_piece_hasher *h, const uint8_t *block)
{
    sl_fr32(h->nodes, block, BLOCK_QUADS);
    sl_tree_reduce(h->kernel, h->nodes, (size_t)BLOCK_QUADS * SL_QUAD_LEAVES, 0, BLOCK_HEIGHT);
    climb(h);
}

/* Completes or extends the block in the buffer; returns the bytes taken. */
static size_t top_up(struct sl_piece_hasher *h, const uint8_t *data, size_t len)
{
    const size_t room = BLOCK_BYTES - h->fill;
    const size_t take = len < room ? len : room;
    if (take > 0)
        memcpy(h->block + h->fill, data, take);
    h->fill += take;
    if (h->fill == BLOCK_BYTES) {
        whole_block(h, h->block);
        h->fill = 0;
    }
    return take;
}

int sl_piece_hasher_add(struct sl_piece_hasher *hasher, const void *data, size_t len,
                        struct sl_err *err)
{
    if (hasher->finished)
        return sl_err_set(err, SL_EINVAL, "the piece hasher has already finished");
    if (len > sl_piece_capacity(SL_PIECE_HEIGHT_MAX) - hasher->payload_bytes)
        return sl_err_set(err, SL_EINVAL, "more bytes than the largest tree holds");
    const uint8_t *p = data;
    hasher->payload_bytes += len;
    if (hasher->fill > 0) {
        const size_t taken = top_up(hasher, p, len);
        p += taken;
        len -= taken;
    }
    while (len >= BLOCK_BYTES) {
        whole_block(hasher, p);
        p += BLOCK_BYTES;
        len -= BLOCK_BYTES;
    }
    if (len > 0)
        (void)top_up(hasher, p, len);
    return SL_OK;
}

/* Zero-fills and reduces the unfinished block; nodes[0] is its root, of height `height`. */
static void last_block(struct sl_piece_hasher *h, unsigned height)
{
    const size_t quads = h->fill == 0 ? 1 : (h->fill + SL_QUAD_BYTES - 1) / SL_QUAD_BYTES;
    memset(h->block + h->fill, 0, quads * SL_QUAD_BYTES - h->fill);
    sl_fr32(h->nodes, h->block, quads);
    sl_tree_reduce(h->kernel, h->nodes, quads * SL_QUAD_LEAVES, 0, height);
}

/* The waiting nodes and the last block's (in nodes[0] if `carry`) up to the root at `height`. */
static void close_tree(struct sl_piece_hasher *h, bool carry, unsigned height)
{
    for (unsigned at = BLOCK_HEIGHT; at < height; at++) {
        const bool waits = (h->waiting >> at & 1) != 0;
        if (!waits && !carry)
            continue;
        if (waits) {
            if (carry)
                memcpy(h->nodes + SL_NODE_BYTES, h->nodes, SL_NODE_BYTES);
            memcpy(h->nodes, h->left[at], SL_NODE_BYTES);
        }
        sl_tree_reduce(h->kernel, h->nodes, waits && carry ? 2 : 1, at, at + 1);
        carry = true;
    }
    if (!carry)
        memcpy(h->nodes, h->left[height], SL_NODE_BYTES);
}

int sl_piece_hasher_finish(struct sl_piece_hasher *hasher, struct sl_piece_id *out,
                           struct sl_err *err)
{
    if (hasher->finished)
        return sl_err_set(err, SL_EINVAL, "the piece hasher has already finished");
    hasher->finished = true;
    const unsigned height = sl_piece_height(hasher->payload_bytes);
    const bool alone = hasher->waiting == 0;
    if (alone)
        last_block(hasher, height);
    else if (hasher->fill > 0)
        last_block(hasher, BLOCK_HEIGHT);
    close_tree(hasher, alone || hasher->fill > 0, alone ? BLOCK_HEIGHT : height);
    *out = (struct sl_piece_id){hasher->payload_bytes, (uint8_t)height, {0}};
    memcpy(out->root, hasher->nodes, SL_PIECE_ROOT_BYTES);
    return SL_OK;
}
