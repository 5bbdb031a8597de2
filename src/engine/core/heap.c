/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "core/heap.h"

#include <assert.h>
#include <stdlib.h>

void sl_heap_free(struct sl_heap *heap)
{
    free((void *)heap->nodes);
    *heap = (struct sl_heap){0};
}

int sl_heap_reserve(struct sl_heap *heap, size_t count, struct sl_err *err)
{
    if (count <= heap->cap)
        return SL_OK;
    size_t cap = heap->cap > 0 ? heap->cap : 64;
    while (cap < count)
        cap *= 2;
    struct sl_heap_node **nodes =
        (struct sl_heap_node **)realloc((void *)heap->nodes, cap * sizeof(struct sl_heap_node *));
    if (nodes == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory for a queue of %zu", count);
    heap->nodes = nodes;
    heap->cap = cap;
    return SL_OK;
}

static void place(struct sl_heap *heap, size_t at, struct sl_heap_node *node)
{
    heap->nodes[at] = node;
    node->at = at + 1;
}

static void sift_up(struct sl_heap *heap, size_t at, struct sl_heap_node *node)
{
    while (at > 0 && heap->nodes[(at - 1) / 2]->key > node->key) {
        place(heap, at, heap->nodes[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    place(heap, at, node);
}

static void sift_down(struct sl_heap *heap, size_t at, struct sl_heap_node *node)
{
    for (size_t child = 2 * at + 1; child < heap->count; child = 2 * at + 1) {
        if (child + 1 < heap->count && heap->nodes[child + 1]->key < heap->nodes[child]->key)
            child++;
        if (heap->nodes[child]->key >= node->key)
            break;
        place(heap, at, heap->nodes[child]);
        at = child;
    }
    place(heap, at, node);
}

void sl_heap_push(struct sl_heap *heap, struct sl_heap_node *node, int64_t key)
{
    assert(node->at == 0 && heap->count < heap->cap);
    node->key = key;
    sift_up(heap, heap->count++, node);
}

void sl_heap_remove(struct sl_heap *heap, struct sl_heap_node *node)
{
    if (node->at == 0)
        return;
    const size_t at = node->at - 1;
    assert(at < heap->count && heap->nodes[at] == node);
    struct sl_heap_node *last = heap->nodes[--heap->count];
    node->at = 0;
    if (last == node)
        return;
    if (at > 0 && heap->nodes[(at - 1) / 2]->key > last->key)
        sift_up(heap, at, last);
    else
        sift_down(heap, at, last);
}

struct sl_heap_node *sl_heap_top(const struct sl_heap *heap)
{
    return heap->count > 0 ? heap->nodes[0] : NULL;
}
