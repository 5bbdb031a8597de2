/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "pieces/aggregate.h"

#include <string.h>

/* Trees of falling height, the last one still growing: never two of the same height. */
struct heap {
    struct sl_piece_id trees[SL_PIECE_HEIGHT_MAX + 2];
    size_t count;
};

/* A tree as if its payload filled it: only then do two make a larger one. */
static struct sl_piece_id filled(const struct sl_piece_id *tree)
{
    struct sl_piece_id full = *tree;
    full.payload_bytes = sl_piece_capacity(tree->height);
    return full;
}

static int pair(struct sl_piece_id *out, const struct sl_piece_id *left,
                const struct sl_piece_id *right, struct sl_err *err)
{
    const struct sl_piece_id both[] = {filled(left), filled(right)};
    if (left->height >= SL_PIECE_HEIGHT_MAX)
        return sl_err_set(err, SL_EOVERFLOW, "invalid height");
    return sl_piece_combine(out, both, 2, both[0].payload_bytes, err);
}

static int push(struct heap *heap, const struct sl_piece_id *tree, struct sl_err *err)
{
    int rc = SL_OK;
    heap->trees[heap->count++] = filled(tree);
    while (rc == SL_OK && heap->count > 1) {
        struct sl_piece_id *left = &heap->trees[heap->count - 2];
        if (left->height != left[1].height)
            break;
        rc = pair(left, left, left + 1, err);
        heap->count--;
    }
    return rc;
}

/* The tree of nothing but zero bytes. */
static int zero_tree(struct sl_piece_id *out, uint8_t height, struct sl_err *err)
{
    static const uint8_t zeros[SL_PIECE_MIN_BYTES];
    struct sl_piece_hasher *hasher = sl_piece_hasher_new();
    if (hasher == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    int rc = sl_piece_hasher_add(hasher, zeros, sizeof zeros, err);
    if (rc == SL_OK)
        rc = sl_piece_hasher_finish(hasher, out, err);
    sl_piece_hasher_free(hasher);
    while (rc == SL_OK && out->height < height)
        rc = pair(out, out, out, err);
    return rc;
}

int sl_devnet_aggregate(struct sl_piece_id *out, const struct sl_piece_id *parts, size_t count,
                        struct sl_err *err)
{
    struct heap heap = {.count = 0};
    uint64_t payload_bytes = 0;
    int rc = SL_OK;
    for (size_t i = 0; i < count && rc == SL_OK; i++) {
        if (i > 0 && parts[i].height > parts[i - 1].height)
            return sl_err_set(err, SL_EINVAL, "the trees are not in descending order");
        payload_bytes += parts[i].payload_bytes;
        rc = push(&heap, &parts[i], err);
    }
    while (rc == SL_OK && heap.count > 1) {
        struct sl_piece_id zeros = {0};
        rc = zero_tree(&zeros, heap.trees[heap.count - 1].height, err);
        if (rc == SL_OK)
            rc = push(&heap, &zeros, err);
    }
    if (rc == SL_OK) {
        *out = heap.trees[0];
        out->payload_bytes = payload_bytes;
    }
    return rc;
}
