/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Records a second through a ring, from one thread to another, and how many a slow reader loses. */
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>

#include "sluice/clock.h"
#include "sluice/ring.h"

struct record {
    uint64_t number;
    uint64_t rest[6];
};

static const uint64_t records = 100000000;

static void *produce(void *arg)
{
    struct sl_ring *ring = arg;
    struct record record = {0};
    while (record.number < records) {
        record.number++;
        (void)sl_ring_push(ring, &record);
    }
    struct record *last;
    while ((last = sl_ring_reserve(ring)) == NULL)
        sched_yield();
    *last = (struct record){0};
    sl_ring_commit(ring);
    return NULL;
}

static uint64_t consume(struct sl_ring *ring)
{
    uint64_t received = 0;
    for (struct record record;;) {
        if (!sl_ring_pop(ring, &record))
            sched_yield();
        else if (record.number == 0)
            return received;
        else
            received++;
    }
}

int main(void)
{
    const struct sl_clock clock = sl_clock_system();
    struct sl_ring *ring = NULL;
    if (sl_ring_new(&ring, sizeof(struct record), 4096, NULL) < 0)
        return 1;
    pthread_t producer;
    const int64_t start_ms = sl_now_ms(&clock);
    if (pthread_create(&producer, NULL, produce, ring) != 0)
        return 1;
    const uint64_t received = consume(ring);
    pthread_join(producer, NULL);
    const int64_t took_ms = sl_now_ms(&clock) - start_ms;
    printf("ring: %" PRIu64 " records of %zu bytes offered in %" PRId64 " ms (%.1f million a "
           "second), %" PRIu64 " received, %" PRIu64 " dropped\n",
           records, sizeof(struct record), took_ms,
           (double)records / 1000.0 / (double)(took_ms > 0 ? took_ms : 1), received,
           sl_ring_dropped(ring));
    sl_ring_free(ring);
    return 0;
}
