/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* arena.h - memory for many small values that are freed together. Layer: foc, private. */
#ifndef SL_FOC_ARENA_H
#define SL_FOC_ARENA_H

#include <stddef.h>

/** Zero-initialise, sl_arena_free(). */
struct sl_arena {
    struct sl_arena_chunk *chunks;
};

/** `count` zeroed elements of `size` bytes, aligned for any type; NULL if out of memory. A count of
 * 0 also returns a pointer that is not NULL. */
void *sl_arena_alloc(struct sl_arena *arena, size_t count, size_t size);

/** A copy of `len` bytes, with a NUL appended. NULL if out of memory. */
char *sl_arena_text(struct sl_arena *arena, const void *text, size_t len);

void sl_arena_free(struct sl_arena *arena);

#endif
