/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * bucket.h - a rate that several streams share. Private to the engine.
 *
 * A stream reserves a few milliseconds' worth of bytes at a time and waits for its turn, so that
 * streams take turns strictly and none of them has to look twice. What was not taken in time is
 * made good up to SL_BUCKET_CREDIT_MS: late wake-ups cost no rate, and no more than that ever comes
 * at once.
 */
#ifndef SL_BUCKET_H
#define SL_BUCKET_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SL_BUCKET_CREDIT_MS = 50, SL_BUCKET_TURN_MS = 3 };

/** Any thread. */
struct sl_bucket {
    _Atomic uint64_t bytes_per_s; /* 0: no limit */
    pthread_mutex_t lock;
    /* under lock */
    uint32_t version;  /* of the rate: reservations under an older one are void */
    int64_t booked_ns; /* monotonic: until when the rate is given away */
    int waiting;       /* grants whose stream waits for its turn; too high when one gave up */
};

/** What one stream has reserved of one bucket; the stream's thread. Zero-initialise. */
struct sl_grant {
    uint32_t version;
    size_t bytes;    /* may be sent ... */
    int64_t at_ms;   /* ... from this time on */
    int64_t took_ms; /* when its last turn began */
    bool waits;
};

void sl_bucket_init(struct sl_bucket *bucket);
void sl_bucket_fini(struct sl_bucket *bucket);

/** From now on, 0: no limit. The streams' waits end by themselves only at their old time: wake
 * them. Returns whether it is another rate than before. */
bool sl_bucket_set(struct sl_bucket *bucket, uint64_t bytes_per_s, int64_t now_ms);

/** How many of `want` bytes (> 0) may be sent now; 0: none before grant->at_ms. */
size_t sl_bucket_room(struct sl_bucket *bucket, struct sl_grant *grant, size_t want,
                      int64_t now_ms);

/** That many of them were sent. */
void sl_grant_use(struct sl_grant *grant, size_t bytes);

#endif
