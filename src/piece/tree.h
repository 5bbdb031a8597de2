/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* tree.h - parts of the tree that hashing and combining share. Private to the piece room. */
#ifndef SL_TREE_H
#define SL_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "kernel.h"

/** Root of an all-zero tree of `height` levels, 0..50. Static. Any thread. */
const uint8_t *sl_zero_node(unsigned height);

/**
 * Reduces `count` >= 1 nodes of height `from`, in place, to height `to`; returns how many there are
 * then. Where a right sibling is missing at the end it is a zero tree; `nodes` has room for one
 * node more than `count` where that is odd.
 */
size_t sl_piece_tree_reduce(const struct sl_kernel *kernel, uint8_t *nodes, size_t count,
                            unsigned from, unsigned to);

#endif
