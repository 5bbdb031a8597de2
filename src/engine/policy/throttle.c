/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "policy/throttle.h"

void sl_throttle_init(struct sl_throttle *throttle, struct sl_bucket *total)
{
    throttle->total = total;
    sl_bucket_init(&throttle->own);
    sl_throttle_expect(throttle, 0);
}

void sl_throttle_fini(struct sl_throttle *throttle)
{
    sl_bucket_fini(&throttle->own);
}

void sl_throttle_expect(struct sl_throttle *throttle, uint64_t body_bytes)
{
    (void)sl_bucket_set(&throttle->own, 0, 0);
    atomic_store(&throttle->exempt, false);
    atomic_store(&throttle->body_bytes, body_bytes);
    atomic_store(&throttle->sent_bytes, 0);
    atomic_store(&throttle->started_ms, 0);
}

void sl_throttle_begin(struct sl_throttle *throttle, uint64_t body_bytes, int64_t now_ms)
{
    atomic_store(&throttle->body_bytes, body_bytes);
    atomic_store(&throttle->sent_bytes, 0);
    atomic_store(&throttle->started_ms, now_ms);
}

/* The total is asked last and for no more than can be used: what it grants it has given away. */
size_t sl_throttle_room(struct sl_throttle *throttle, size_t want, int64_t now_ms, int64_t *wait_ms)
{
    size_t room = sl_bucket_room(&throttle->own, &throttle->of_own, want, now_ms);
    *wait_ms = throttle->of_own.at_ms - now_ms;
    if (room == 0 || throttle->total == NULL || atomic_load(&throttle->exempt))
        return room;
    room = sl_bucket_room(throttle->total, &throttle->of_total, room, now_ms);
    *wait_ms = throttle->of_total.at_ms - now_ms;
    return room;
}

void sl_throttle_use(struct sl_throttle *throttle, size_t bytes)
{
    sl_grant_use(&throttle->of_own, bytes);
    sl_grant_use(&throttle->of_total, bytes);
    atomic_fetch_add(&throttle->sent_bytes, bytes);
}
