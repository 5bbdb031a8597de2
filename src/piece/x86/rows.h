/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* rows.h - any number of nodes with a kernel that does so and so many at once. Private to the
 * kernels. */
#ifndef SL_PIECE_ROWS_H
#define SL_PIECE_ROWS_H

#include <string.h>

#include "kernel.h"

enum { SL_ROW_MOST = 32 };

/** `row` makes `row_nodes` (at most SL_ROW_MOST) nodes of twice as many; `out` may be `in`. What is
 * left over is done in a copy that zeros fill. */
static inline void sl_nodes_by_rows(uint8_t *out, const uint8_t *in, size_t count, size_t row_nodes,
                                    void (*row)(uint8_t *out, const uint8_t *in))
{
    for (; count >= row_nodes; count -= row_nodes) {
        row(out, in);
        out += row_nodes * SL_NODE_BYTES;
        in += row_nodes * 2 * SL_NODE_BYTES;
    }
    if (count > 0) {
        uint8_t last[SL_ROW_MOST * 2 * SL_NODE_BYTES] = {0};
        memcpy(last, in, count * 2 * SL_NODE_BYTES);
        row(last, last);
        memcpy(out, last, count * SL_NODE_BYTES);
    }
}

#endif
