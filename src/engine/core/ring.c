/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/ring.h"

#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES = 64 };

/*
 * Both indices count records for ever and wrap with size_t; a slot is index & mask. Each side keeps
 * the last index it saw of the other, so that it touches the other's cache line only when the ring
 * looks full or empty. The padding between the sides is the point of the layout.
 */
/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding) */
struct sl_ring {
    /* immutable */
    size_t record_bytes;
    size_t stride; /* record_bytes rounded up: a slot is aligned for any type */
    size_t mask;
    unsigned char *slots;

    /* written by the producer */
    alignas(LINE_BYTES) atomic_size_t tail; /* records handed over */
    size_t head_seen;
    _Atomic uint64_t dropped;

    /* written by the consumer */
    alignas(LINE_BYTES) atomic_size_t head; /* records taken */
    size_t tail_seen;
};

static bool round_up_to_power_of_two(size_t *slots)
{
    size_t power = 1;
    while (power < *slots) {
        if (power > SIZE_MAX / 2)
            return false;
        power *= 2;
    }
    *slots = power;
    return true;
}

int sl_ring_new(struct sl_ring **out, size_t record_bytes, size_t slots, struct sl_err *err)
{
    const size_t align = alignof(max_align_t);
    if (record_bytes == 0 || slots == 0)
        return sl_err_set(err, SL_EINVAL, "a ring needs at least one record");
    if (record_bytes > SIZE_MAX - align || !round_up_to_power_of_two(&slots))
        return sl_err_set(err, SL_ENOMEM, "the ring is too large");
    const size_t stride = (record_bytes + align - 1) / align * align;

    struct sl_ring *ring = aligned_alloc(LINE_BYTES, sizeof *ring);
    unsigned char *memory = calloc(slots, stride);
    if (ring == NULL || memory == NULL) {
        free(ring);
        free(memory);
        return sl_err_set(err, SL_ENOMEM, "a ring of %zu records: out of memory", slots);
    }
    *ring = (struct sl_ring){
        .record_bytes = record_bytes, .stride = stride, .mask = slots - 1, .slots = memory};
    *out = ring;
    return SL_OK;
}

void sl_ring_free(struct sl_ring *ring)
{
    if (ring == NULL)
        return;
    free(ring->slots);
    free(ring);
}

static unsigned char *slot_at(const struct sl_ring *ring, size_t index)
{
    return ring->slots + (index & ring->mask) * ring->stride;
}

void *sl_ring_reserve(struct sl_ring *ring)
{
    const size_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    if (tail - ring->head_seen > ring->mask) {
        /* acquire: the consumer has read the slot before we write over it */
        ring->head_seen = atomic_load_explicit(&ring->head, memory_order_acquire);
        if (tail - ring->head_seen > ring->mask)
            return NULL;
    }
    return slot_at(ring, tail);
}

void sl_ring_commit(struct sl_ring *ring)
{
    const size_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    /* release: the record is written before it can be seen */
    atomic_store_explicit(&ring->tail, tail + 1, memory_order_release);
}

bool sl_ring_push(struct sl_ring *ring, const void *record)
{
    void *slot = sl_ring_reserve(ring);
    if (slot == NULL) {
        atomic_fetch_add_explicit(&ring->dropped, 1, memory_order_relaxed);
        return false;
    }
    memcpy(slot, record, ring->record_bytes);
    sl_ring_commit(ring);
    return true;
}

const void *sl_ring_peek(struct sl_ring *ring)
{
    const size_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
    if (head == ring->tail_seen) {
        ring->tail_seen = atomic_load_explicit(&ring->tail, memory_order_acquire);
        if (head == ring->tail_seen)
            return NULL;
    }
    return slot_at(ring, head);
}

void sl_ring_release(struct sl_ring *ring)
{
    const size_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
    atomic_store_explicit(&ring->head, head + 1, memory_order_release);
}

bool sl_ring_pop(struct sl_ring *ring, void *record)
{
    const void *slot = sl_ring_peek(ring);
    if (slot == NULL)
        return false;
    memcpy(record, slot, ring->record_bytes);
    sl_ring_release(ring);
    return true;
}

uint64_t sl_ring_dropped(const struct sl_ring *ring)
{
    return atomic_load_explicit(&ring->dropped, memory_order_relaxed);
}
