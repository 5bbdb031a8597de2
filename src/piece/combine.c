/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/piece.h"

#include "kernel.h"
#include "tree.h"

/* Checks that the sizes fit together; writes the payload of the whole. */
static int check(uint64_t *payload_bytes, const struct sl_piece_id *shards, size_t count,
                 uint64_t shard_bytes, struct sl_err *err)
{
    const uint64_t most = sl_piece_capacity(SL_PIECE_HEIGHT_MAX);
    if (count == 0)
        return sl_err_set(err, SL_EINVAL, "no shard to combine");
    if (shard_bytes == 0 || shard_bytes > most ||
        sl_piece_capacity(sl_piece_height(shard_bytes)) != shard_bytes)
        return sl_err_set(err, SL_EINVAL, "a shard size is 127 * 2^k bytes");
    if (count > most / shard_bytes)
        return sl_err_set(err, SL_EINVAL, "more shards than the largest tree holds");
    for (size_t i = 0; i < count; i++) {
        const bool last = i + 1 == count;
        const uint64_t bytes = shards[i].payload_bytes;
        if (bytes > shard_bytes || (!last && bytes != shard_bytes) || (bytes == 0 && count > 1))
            return sl_err_set(err, SL_EINVAL, "shard %zu has the wrong size", i + 1);
        if (shards[i].height != sl_piece_height(bytes))
            return sl_err_set(err, SL_EINVAL, "shard %zu has the wrong height", i + 1);
    }
    *payload_bytes = (count - 1) * shard_bytes + shards[count - 1].payload_bytes;
    return SL_OK;
}

int sl_piece_combine(struct sl_piece_id *out, const struct sl_piece_id *shards, size_t count,
                     uint64_t shard_bytes, struct sl_err *err)
{
    uint64_t payload_bytes = 0;
    const int rc = check(&payload_bytes, shards, count, shard_bytes, err);
    if (rc < 0)
        return rc;
    if (count == 1) {
        *out = shards[0];
        return SL_OK;
    }
    uint8_t *nodes = malloc((count + 1) * SL_NODE_BYTES);
    if (nodes == NULL)
        return sl_err_set(err, SL_ENOMEM, "no memory to combine %zu shards", count);
    for (size_t i = 0; i < count; i++)
        memcpy(nodes + i * SL_NODE_BYTES, shards[i].root, SL_NODE_BYTES);
    const struct sl_kernel *kernel = sl_kernel();
    const uint8_t shard_height = sl_piece_height(shard_bytes);
    const uint8_t height = sl_piece_height(payload_bytes);
    /* a short last shard is a smaller tree: zero trees beside it lift it to the others' height */
    uint8_t last[2 * SL_NODE_BYTES];
    memcpy(last, shards[count - 1].root, SL_NODE_BYTES);
    (void)sl_piece_tree_reduce(kernel, last, 1, shards[count - 1].height, shard_height);
    memcpy(nodes + (count - 1) * SL_NODE_BYTES, last, SL_NODE_BYTES);
    (void)sl_piece_tree_reduce(kernel, nodes, count, shard_height, height);
    *out = (struct sl_piece_id){payload_bytes, height, {0}};
    memcpy(out->root, nodes, SL_PIECE_ROOT_BYTES);
    free(nodes);
    return SL_OK;
}
