/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Whether the parts of a file make up the whole file. */
#include "whole.h"

#include "sluice/fetch.h"

bool sl_fetch_is_shard_size(uint64_t bytes)
{
    const uint64_t quads = bytes / SL_PIECE_MIN_BYTES;
    return bytes % SL_PIECE_MIN_BYTES == 0 && quads > 0 && (quads & (quads - 1)) == 0;
}

static int join(struct sl_piece_id *into, const struct sl_piece_id *next)
{
    const struct sl_piece_id two[] = {*into, *next};
    return sl_piece_combine(into, two, 2, into->payload_bytes, NULL);
}

/* Puts the next piece on a stack of ever smaller ones, joining two of one size to one of the next
 * size. False when it does not fit behind what is there. */
static bool push(struct sl_piece_id *stack, size_t *depth, const struct sl_piece_id *piece)
{
    const size_t n = *depth;
    if (n > 0 && (!sl_fetch_is_shard_size(stack[n - 1].payload_bytes) ||
                  piece->payload_bytes > stack[n - 1].payload_bytes))
        return false;
    stack[(*depth)++] = *piece;
    while (*depth > 1 && stack[*depth - 1].payload_bytes == stack[*depth - 2].payload_bytes) {
        if (join(&stack[*depth - 2], &stack[*depth - 1]) < 0)
            return false;
        (*depth)--;
    }
    return true;
}

/* Pieces of 127 * 2^k bytes each, which begin at multiples of their size; the last one may be of
 * any size. */
static bool combine(struct sl_piece_id *all, const struct sl_fetch_file *file)
{
    struct sl_piece_id stack[SL_PIECE_HEIGHT_MAX + 2];
    size_t depth = 0;
    for (size_t i = 0; i < file->part_count; i++) {
        if (depth == sizeof stack / sizeof stack[0] || !push(stack, &depth, &file->parts[i].piece))
            return false;
    }
    for (; depth > 1; depth--) {
        if (join(&stack[depth - 2], &stack[depth - 1]) < 0)
            return false;
    }
    *all = stack[0];
    return true;
}

static bool has_all_bytes(const struct sl_fetch_file *file)
{
    uint64_t left = file->whole.payload_bytes;
    for (size_t i = 0; i < file->part_count; i++) {
        const uint64_t bytes = file->parts[i].piece.payload_bytes;
        if (bytes > left)
            return false;
        left -= bytes;
    }
    return left == 0;
}

int sl_fetch_not_whole(struct sl_err *err)
{
    return sl_err_set(err, SL_EFORMAT, "the parts do not make up this file");
}

int sl_fetch_check_parts(const struct sl_fetch_file *file, struct sl_err *err)
{
    struct sl_piece_id all = {0};
    if (file->part_count == 0)
        return sl_err_set(err, SL_EFORMAT, "a file without parts");
    if (!has_all_bytes(file))
        return sl_fetch_not_whole(err);
    if (!combine(&all, file))
        return 1;
    return sl_piece_id_equal(&all, &file->whole) ? SL_OK : sl_fetch_not_whole(err);
}
