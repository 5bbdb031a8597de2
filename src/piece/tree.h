/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* tree.h - parts of the tree that hashing and combining share. Private to piece. */
#ifndef SL_TREE_H
#define SL_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "kernel.h"

/** Root of an all-zero tree of `height` levels, 0..50. Static. Any thread. */
const uint8_t *sl_zero_node(unsigned height);

/**
 * Reduce `count` >= 1 nodes of height `from`, in place, to height `to`; returns how many are left.
 * A missing right sibling at the end is a zero tree. If `count` is odd, `nodes` has room for one
 * more node.
 */
size_t sl_piece_tree_reduce(const struct sl_kernel *kernel, uint8_t *nodes, size_t count,
                            unsigned from, unsigned to);

#endif
