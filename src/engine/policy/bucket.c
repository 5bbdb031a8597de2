/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "policy/bucket.h"

enum { NS_PER_MS = 1000000, SEGMENT_BYTES = 1460, TURN_MOST_MS = 25 };

static const int64_t ns_per_s = 1000000000;
static const int64_t credit_ns = (int64_t)SL_BUCKET_CREDIT_MS * NS_PER_MS;

void sl_bucket_init(struct sl_bucket *bucket)
{
    atomic_init(&bucket->bytes_per_s, 0);
    pthread_mutex_init(&bucket->lock, NULL);
    bucket->version = 1;
    bucket->booked_ns = INT64_MIN;
}

void sl_bucket_fini(struct sl_bucket *bucket)
{
    pthread_mutex_destroy(&bucket->lock);
}

bool sl_bucket_set(struct sl_bucket *bucket, uint64_t bytes_per_s, int64_t now_ms)
{
    if (atomic_load(&bucket->bytes_per_s) == bytes_per_s)
        return false;
    pthread_mutex_lock(&bucket->lock);
    atomic_store(&bucket->bytes_per_s, bytes_per_s);
    bucket->version++;
    bucket->waiting = 0;
    /* without the credit, and behind the turn that is taken: changing it often is no way around it
     */
    if (bytes_per_s == 0)
        bucket->booked_ns = INT64_MIN;
    const int64_t free_ns = now_ms * NS_PER_MS + credit_ns;
    const int64_t turn_ns = (int64_t)SL_BUCKET_TURN_MS * NS_PER_MS;
    if (bucket->booked_ns < free_ns)
        bucket->booked_ns = free_ns;
    else if (bucket->booked_ns > free_ns + turn_ns)
        bucket->booked_ns = free_ns + turn_ns;
    pthread_mutex_unlock(&bucket->lock);
    return true;
}

/* Bytes of one turn: some milliseconds' worth, at low rates as much as fills a packet if that is
 * not too long. */
static size_t turn_bytes(uint64_t rate)
{
    const uint64_t turn = rate * SL_BUCKET_TURN_MS / 1000;
    const uint64_t most = rate * TURN_MOST_MS / 1000;
    if (turn >= SEGMENT_BYTES)
        return (size_t)turn;
    return most < SEGMENT_BYTES ? (size_t)(most > 0 ? most : 1) : SEGMENT_BYTES;
}

/* Gives `bytes` away; returns when they may be sent. */
static int64_t book(struct sl_bucket *bucket, size_t bytes, uint64_t rate)
{
    const int64_t at_ns = bucket->booked_ns - credit_ns;
    bucket->booked_ns += (int64_t)bytes * ns_per_s / (int64_t)rate;
    return at_ns;
}

/* What was left unused for longer than the credit is lost. */
static void forget_old(struct sl_bucket *bucket, int64_t now_ns)
{
    if (bucket->booked_ns < now_ns)
        bucket->booked_ns = now_ns;
}

static void reserve(struct sl_bucket *bucket, struct sl_grant *grant, uint64_t rate, int64_t now_ns)
{
    if (grant->version != bucket->version)
        *grant = (struct sl_grant){.version = bucket->version, .took_ms = INT64_MIN};
    forget_old(bucket, now_ns);
    grant->bytes = turn_bytes(rate);
    grant->at_ms = (book(bucket, grant->bytes, rate) + NS_PER_MS - 1) / NS_PER_MS;
    if (bucket->waiting > 0 && grant->at_ms <= grant->took_ms)
        grant->at_ms = grant->took_ms + 1; /* the others first */
}

/* Its turn has come, maybe late: it gets its part of what is to be made good. */
static void make_good(struct sl_bucket *bucket, struct sl_grant *grant, uint64_t rate,
                      int64_t now_ns)
{
    forget_old(bucket, now_ns);
    const int64_t behind_ns = now_ns - (bucket->booked_ns - credit_ns);
    if (behind_ns <= 0)
        return;
    const int64_t part_ns = behind_ns / (bucket->waiting + 1);
    const size_t bytes = (size_t)((uint64_t)part_ns * rate / (uint64_t)ns_per_s);
    (void)book(bucket, bytes, rate);
    grant->bytes += bytes;
}

/* Under the lock: whether its turn has come. */
static bool is_due(struct sl_bucket *bucket, struct sl_grant *grant, uint64_t rate, int64_t now_ms)
{
    const bool due = grant->at_ms <= now_ms;
    if (!due && !grant->waits)
        bucket->waiting++;
    if (due && grant->waits) {
        bucket->waiting--;
        make_good(bucket, grant, rate, now_ms * NS_PER_MS);
    }
    grant->waits = !due;
    if (due)
        grant->took_ms = now_ms;
    return due;
}

size_t sl_bucket_room(struct sl_bucket *bucket, struct sl_grant *grant, size_t want, int64_t now_ms)
{
    if (atomic_load(&bucket->bytes_per_s) == 0)
        return want;
    pthread_mutex_lock(&bucket->lock);
    const uint64_t rate = atomic_load(&bucket->bytes_per_s);
    if (rate > 0 && (grant->version != bucket->version || grant->bytes == 0))
        reserve(bucket, grant, rate, now_ms * NS_PER_MS);
    const bool due = rate == 0 || is_due(bucket, grant, rate, now_ms);
    pthread_mutex_unlock(&bucket->lock);
    if (!due)
        return 0;
    return rate == 0 || want < grant->bytes ? want : grant->bytes;
}

void sl_grant_use(struct sl_grant *grant, size_t bytes)
{
    grant->bytes = bytes < grant->bytes ? grant->bytes - bytes : 0;
}
