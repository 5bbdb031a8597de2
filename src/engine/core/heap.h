/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* heap.h - binary min-heap of embedded nodes that know their place, so any one can be taken out. */
#ifndef SL_HEAP_H
#define SL_HEAP_H

#include <stddef.h>
#include <stdint.h>

#include "sluice/err.h"

/** Zero-initialise. Lives inside the thing that is ordered. */
struct sl_heap_node {
    int64_t key; /* smallest on top */
    size_t at;   /* 1 + index in the heap; 0: in none */
};

/** Zero-initialise, free with sl_heap_free(). The nodes are borrowed. */
struct sl_heap {
    struct sl_heap_node **nodes;
    size_t count;
    size_t cap;
};

void sl_heap_free(struct sl_heap *heap);

/** Reserve space for `count` nodes in all, so that sl_heap_push() cannot fail. Errors: SL_ENOMEM.
 */
int sl_heap_reserve(struct sl_heap *heap, size_t count, struct sl_err *err) SL_MUST_CHECK;

/** Space must have been reserved, and the node must not be in a heap. */
void sl_heap_push(struct sl_heap *heap, struct sl_heap_node *node, int64_t key);

/** A node that is in no heap is left alone. */
void sl_heap_remove(struct sl_heap *heap, struct sl_heap_node *node);

/** The smallest, NULL when empty. */
struct sl_heap_node *sl_heap_top(const struct sl_heap *heap);

#endif
