/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 16384 };

struct sl_arena_chunk {
    struct sl_arena_chunk *next;
    size_t used;
    size_t size;
    alignas(max_align_t) unsigned char bytes[];
};

static size_t aligned(size_t bytes)
{
    return (bytes + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
}

static struct sl_arena_chunk *new_chunk(size_t bytes)
{
    const size_t size = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
    struct sl_arena_chunk *chunk = calloc(1, sizeof *chunk + size);
    if (chunk != NULL)
        chunk->size = size;
    return chunk;
}

void *sl_arena_alloc(struct sl_arena *arena, size_t count, size_t size)
{
    if (count > (SIZE_MAX / 4) / size)
        return NULL;
    const size_t bytes = aligned(count * size + (count == 0));
    if (arena->chunks == NULL || arena->chunks->size - arena->chunks->used < bytes) {
        struct sl_arena_chunk *chunk = new_chunk(bytes);
        if (chunk == NULL)
            return NULL;
        chunk->next = arena->chunks;
        arena->chunks = chunk;
    }
    void *out = arena->chunks->bytes + arena->chunks->used;
    arena->chunks->used += bytes;
    return out;
}

char *sl_arena_text(struct sl_arena *arena, const void *text, size_t len)
{
    char *out = sl_arena_alloc(arena, len + 1, 1);
    if (out != NULL && len > 0)
        memcpy(out, text, len);
    return out;
}

void sl_arena_free(struct sl_arena *arena)
{
    while (arena->chunks != NULL) {
        struct sl_arena_chunk *next = arena->chunks->next;
        free(arena->chunks);
        arena->chunks = next;
    }
}
