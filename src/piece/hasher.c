/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The streaming hasher. Payload is spread straight into the leaves of the lowest tier; a tier that
 * is full is reduced by TIER_STEP levels while it is in the nearest caches, and what remains of it
 * goes to the tier above. So bytes are touched once, kernels see long rows, and a split of the
 * stream costs nothing but the copy of a broken quad.
 */
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/piece.h"

#include "fr32.h"
#include "kernel.h"
#include "tree.h"

enum {
    TIER_STEP = 5,     /* levels from a tier to the next */
    TIER_NODES = 1024, /* of one height: 32 KiB; a multiple of 2^TIER_STEP */
    TIERS = SL_PIECE_HEIGHT_MAX / TIER_STEP + 1,
};

/* Nodes of height TIER_STEP * (its index), left to right. Never full between two calls. */
struct tier {
    alignas(64) uint8_t nodes[TIER_NODES * SL_NODE_BYTES];
    size_t count;
};

struct sl_piece_hasher {
    const struct sl_kernel *kernel;
    uint64_t payload_bytes;
    bool finished;
    size_t broken_len; /* below SL_QUAD_BYTES */
    uint8_t broken[SL_QUAD_BYTES];
    struct tier tiers[TIERS];
};

struct sl_piece_hasher *sl_piece_hasher_new(void)
{
    struct sl_piece_hasher *hasher = aligned_alloc(alignof(struct tier), sizeof *hasher);
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
    hasher->finished = false;
    hasher->broken_len = 0;
    for (size_t i = 0; i < TIERS; i++)
        hasher->tiers[i].count = 0;
}

/* Reduces a tier by TIER_STEP levels into the one above it. */
static void lift(struct sl_piece_hasher *h, unsigned index)
{
    struct tier *from = &h->tiers[index];
    struct tier *to = &h->tiers[index + 1];
    const unsigned height = index * TIER_STEP;
    const size_t left =
        sl_piece_tree_reduce(h->kernel, from->nodes, from->count, height, height + TIER_STEP);
    memcpy(to->nodes + to->count * SL_NODE_BYTES, from->nodes, left * SL_NODE_BYTES);
    to->count += left;
    from->count = 0;
}

/* Spreads quads into the leaves; there is room for them. */
static void add_quads(struct sl_piece_hasher *h, const uint8_t *data, size_t quads)
{
    struct tier *leaves = &h->tiers[0];
    h->kernel->spread(leaves->nodes + leaves->count * SL_NODE_BYTES, data, quads);
    leaves->count += quads * SL_QUAD_LEAVES;
    for (unsigned i = 0; h->tiers[i].count == TIER_NODES; i++)
        lift(h, i);
}

/* Completes or extends the broken quad; returns the bytes taken. */
static size_t mend(struct sl_piece_hasher *h, const uint8_t *data, size_t len)
{
    const size_t missing = SL_QUAD_BYTES - h->broken_len;
    const size_t take = len < missing ? len : missing;
    if (take > 0)
        memcpy(h->broken + h->broken_len, data, take);
    h->broken_len += take;
    if (h->broken_len == SL_QUAD_BYTES) {
        h->broken_len = 0;
        add_quads(h, h->broken, 1);
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
    if (hasher->broken_len > 0) {
        const size_t taken = mend(hasher, p, len);
        p += taken;
        len -= taken;
    }
    while (len >= SL_QUAD_BYTES) {
        const size_t room = (TIER_NODES - hasher->tiers[0].count) / SL_QUAD_LEAVES;
        const size_t quads = len / SL_QUAD_BYTES < room ? len / SL_QUAD_BYTES : room;
        add_quads(hasher, p, quads);
        p += quads * SL_QUAD_BYTES;
        len -= quads * SL_QUAD_BYTES;
    }
    (void)mend(hasher, p, len);
    return SL_OK;
}

/* The highest tier that holds a node. */
static unsigned top_tier(const struct sl_piece_hasher *h)
{
    unsigned top = TIERS - 1;
    while (top > 0 && h->tiers[top].count == 0)
        top--;
    return top;
}

int sl_piece_hasher_finish(struct sl_piece_hasher *hasher, struct sl_piece_id *out,
                           struct sl_err *err)
{
    if (hasher->finished)
        return sl_err_set(err, SL_EINVAL, "the piece hasher has already finished");
    hasher->finished = true;
    if (hasher->broken_len > 0 || hasher->payload_bytes == 0) {
        static const uint8_t zeros[SL_QUAD_BYTES];
        (void)mend(hasher, zeros, SL_QUAD_BYTES - hasher->broken_len);
    }
    const uint8_t height = sl_piece_height(hasher->payload_bytes);
    const unsigned top = top_tier(hasher);
    for (unsigned i = 0; i < top; i++) {
        if (hasher->tiers[i].count > 0)
            lift(hasher, i);
    }
    struct tier *last = &hasher->tiers[top];
    (void)sl_piece_tree_reduce(hasher->kernel, last->nodes, last->count, top * TIER_STEP, height);
    *out = (struct sl_piece_id){hasher->payload_bytes, height, {0}};
    memcpy(out->root, last->nodes, SL_PIECE_ROOT_BYTES);
    return SL_OK;
}
