/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* pool.h - memory that is taken in many small parts and given back at once. Layer: foc, private. */
#ifndef SL_FOC_POOL_H
#define SL_FOC_POOL_H

#include <stddef.h>

/** Zero-initialise, sl_pool_free(). */
struct sl_pool {
    struct sl_pool_chunk *chunks;
};

/** `count` zeroed things of `size` bytes, aligned for anything; NULL without memory. A count of 0
 * gives something that is not NULL. */
void *sl_pool_take(struct sl_pool *pool, size_t count, size_t size);

/** A copy with a NUL behind it. */
char *sl_pool_text(struct sl_pool *pool, const void *text, size_t len);

void sl_pool_free(struct sl_pool *pool);

#endif
