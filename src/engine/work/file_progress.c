/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "work/file_progress.h"

#include <stdlib.h>

struct sl_total *sl_total_new(int attempt)
{
    struct sl_total *total = calloc(1, sizeof *total);
    if (total == NULL)
        return NULL;
    atomic_init(&total->refs, 1);
    atomic_init(&total->attempt, attempt);
    return total;
}

struct sl_total *sl_total_ref(struct sl_total *total)
{
    atomic_fetch_add(&total->refs, 1);
    return total;
}

void sl_total_unref(struct sl_total *total)
{
    if (total != NULL && atomic_fetch_sub(&total->refs, 1) == 1)
        free(total);
}

void sl_total_add(struct sl_total *total, uint64_t sent_bytes, uint64_t acked_bytes)
{
    atomic_fetch_add(&total->sent_bytes, sent_bytes);
    atomic_fetch_add(&total->acked_bytes, acked_bytes);
}

void sl_total_take(struct sl_total *total, uint64_t sent_bytes, uint64_t acked_bytes)
{
    atomic_fetch_sub(&total->sent_bytes, sent_bytes);
    atomic_fetch_sub(&total->acked_bytes, acked_bytes);
}
