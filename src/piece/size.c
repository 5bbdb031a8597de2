/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <assert.h>
#include <string.h>

#include "sluice/piece.h"

#include "fr32.h"

bool sl_piece_id_equal(const struct sl_piece_id *a, const struct sl_piece_id *b)
{
    return a->payload_bytes == b->payload_bytes && a->height == b->height &&
           memcmp(a->root, b->root, sizeof a->root) == 0;
}

uint64_t sl_piece_capacity(uint8_t height)
{
    assert(height >= SL_PIECE_HEIGHT_MIN && height <= SL_PIECE_HEIGHT_MAX);
    return (uint64_t)SL_QUAD_BYTES << (height - SL_PIECE_HEIGHT_MIN);
}

uint8_t sl_piece_height(uint64_t payload_bytes)
{
    uint8_t height = SL_PIECE_HEIGHT_MIN;
    while (sl_piece_capacity(height) < payload_bytes)
        height++;
    return height;
}

uint64_t sl_piece_padding(const struct sl_piece_id *id)
{
    const uint64_t capacity = sl_piece_capacity(id->height);
    assert(id->payload_bytes <= capacity);
    return capacity - id->payload_bytes;
}
