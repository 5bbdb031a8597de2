/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "tree.h"

#include <pthread.h>
#include <string.h>

#include "sluice/piece.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static uint8_t zeros[SL_PIECE_HEIGHT_MAX + 1][SL_NODE_BYTES]; /* immutable after `once` */

static void make_zeros(void)
{
    for (size_t i = 0; i < SL_PIECE_HEIGHT_MAX; i++) {
        uint8_t pair[2 * SL_NODE_BYTES];
        memcpy(pair, zeros[i], SL_NODE_BYTES);
        memcpy(pair + SL_NODE_BYTES, zeros[i], SL_NODE_BYTES);
        sl_kernel()->nodes(zeros[i + 1], pair, 1);
    }
}

bool sl_piece_is_zeros(const struct sl_piece_id *id)
{
    return memcmp(id->root, sl_zero_node(id->height), sizeof id->root) == 0;
}

const uint8_t *sl_zero_node(unsigned height)
{
    pthread_once(&once, make_zeros);
    return zeros[height];
}

size_t sl_piece_tree_reduce(const struct sl_kernel *kernel, uint8_t *nodes, size_t count,
                            unsigned from, unsigned to)
{
    for (unsigned height = from; height < to; height++) {
        if (count % 2 != 0) {
            memcpy(nodes + count * SL_NODE_BYTES, sl_zero_node(height), SL_NODE_BYTES);
            count++;
        }
        count /= 2;
        kernel->nodes(nodes, nodes, count);
    }
    return count;
}
