/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "core/timers.h"

void sl_timers_free(struct sl_timers *timers)
{
    sl_heap_free(&timers->heap);
}

int sl_timers_reserve(struct sl_timers *timers, size_t count, struct sl_err *err)
{
    return sl_heap_reserve(&timers->heap, count, err);
}

void sl_timers_set(struct sl_timers *timers, struct sl_timer *timer, enum sl_timer_kind kind,
                   int64_t at_ms)
{
    sl_heap_remove(&timers->heap, &timer->node);
    if (at_ms == INT64_MAX)
        return;
    timer->kind = kind;
    sl_heap_push(&timers->heap, &timer->node, at_ms);
}

void sl_timers_cancel(struct sl_timers *timers, struct sl_timer *timer)
{
    sl_heap_remove(&timers->heap, &timer->node);
}

struct sl_timer *sl_timers_next_due(struct sl_timers *timers, int64_t now_ms)
{
    struct sl_heap_node *top = sl_heap_top(&timers->heap);
    if (top == NULL || top->key > now_ms)
        return NULL;
    sl_heap_remove(&timers->heap, top);
    return (struct sl_timer *)top; /* its first member */
}

int64_t sl_timers_first_ms(const struct sl_timers *timers)
{
    const struct sl_heap_node *top = sl_heap_top(&timers->heap);
    return top != NULL ? top->key : INT64_MAX;
}
