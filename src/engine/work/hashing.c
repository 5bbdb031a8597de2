/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "work/hashing.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core/thread.h"

/* Waking a thread costs as much as hashing half a buffer: each side wakes the other for several. */
enum { BUFFERS = 8, WAKE_AT = 6, ROOM_AT = 2 };

struct sl_hashing {
    /* immutable */
    pthread_t thread;

    /* the thread's while it is busy, else the owner's */
    struct sl_piece_hasher *hasher;
    int rc; /* the first failure of the stream */
    struct sl_err err;

    /* any thread */
    _Atomic uint64_t hashed_bytes;

    /* under lock; the holder of a buffer owns its content */
    pthread_mutex_t lock;
    pthread_cond_t work;  /* for the thread: enough is full, or the owner waits for it */
    pthread_cond_t room;  /* for the owner: a buffer is free, or nothing is left to do */
    unsigned first, full; /* of the ring */
    bool busy;            /* the thread is at buffer `first` */
    bool hurry;           /* do not wait for more to do */
    bool end;
    size_t lens[BUFFERS];
    uint8_t buffers[BUFFERS][SL_HASHING_BYTES];
};

/* ---- the thread ---- */

static bool has_work(const struct sl_hashing *h)
{
    return h->full >= WAKE_AT || (h->hurry && h->full > 0);
}

static void hash_one(struct sl_hashing *h, const uint8_t *bytes, size_t len)
{
    if (h->rc == SL_OK)
        h->rc = sl_piece_hasher_add(h->hasher, bytes, len, &h->err);
    if (h->rc == SL_OK)
        atomic_fetch_add(&h->hashed_bytes, len);
}

/* Once awake it goes on until nothing is left. */
static void *run(void *arg)
{
    struct sl_hashing *h = arg;
    pthread_mutex_lock(&h->lock);
    while (!h->end) {
        if (!has_work(h)) {
            pthread_cond_wait(&h->work, &h->lock);
            continue;
        }
        while (h->full > 0 && !h->end) {
            const unsigned at = h->first;
            const size_t len = h->lens[at];
            h->busy = true;
            pthread_mutex_unlock(&h->lock);
            hash_one(h, h->buffers[at], len);
            pthread_mutex_lock(&h->lock);
            h->busy = false;
            h->first = (h->first + 1) % BUFFERS;
            h->full--;
            if (h->full == 0 || (h->full == ROOM_AT && !h->hurry))
                pthread_cond_signal(&h->room);
        }
    }
    pthread_mutex_unlock(&h->lock);
    return NULL;
}

/* ---- the owner ---- */

int sl_hashing_new(struct sl_hashing **out, struct sl_err *err)
{
    struct sl_hashing *h = calloc(1, sizeof *h);
    *out = NULL;
    if (h == NULL || (h->hasher = sl_piece_hasher_new()) == NULL) {
        free(h);
        return sl_err_set(err, SL_ENOMEM, "out of memory for a hasher");
    }
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->work, NULL);
    pthread_cond_init(&h->room, NULL);
    const int rc = sl_thread_start(&h->thread, run, h, err);
    if (rc < 0) {
        sl_piece_hasher_free(h->hasher);
        free(h);
        return rc;
    }
    *out = h;
    return SL_OK;
}

void sl_hashing_free(struct sl_hashing *h)
{
    if (h == NULL)
        return;
    pthread_mutex_lock(&h->lock);
    h->end = true;
    pthread_cond_signal(&h->work);
    pthread_mutex_unlock(&h->lock);
    pthread_join(h->thread, NULL);
    pthread_cond_destroy(&h->room);
    pthread_cond_destroy(&h->work);
    pthread_mutex_destroy(&h->lock);
    sl_piece_hasher_free(h->hasher);
    free(h);
}

/* Returns with the lock held and the thread at rest. */
static void drain(struct sl_hashing *h)
{
    pthread_mutex_lock(&h->lock);
    h->hurry = true;
    pthread_cond_signal(&h->work);
    while (h->full > 0)
        pthread_cond_wait(&h->room, &h->lock);
    h->hurry = false;
}

void sl_hashing_reset(struct sl_hashing *h)
{
    pthread_mutex_lock(&h->lock);
    if (h->busy) /* at the first of them: the others are dropped */
        h->full = 1;
    else
        h->full = 0;
    pthread_mutex_unlock(&h->lock);
    drain(h);
    sl_piece_hasher_reset(h->hasher);
    h->rc = SL_OK;
    atomic_store(&h->hashed_bytes, 0);
    pthread_mutex_unlock(&h->lock);
}

uint8_t *sl_hashing_buffer(struct sl_hashing *h)
{
    pthread_mutex_lock(&h->lock);
    if (h->full == BUFFERS) {
        while (h->full > ROOM_AT)
            pthread_cond_wait(&h->room, &h->lock);
    }
    uint8_t *buffer = h->buffers[(h->first + h->full) % BUFFERS];
    pthread_mutex_unlock(&h->lock);
    return buffer;
}

void sl_hashing_add(struct sl_hashing *h, size_t len)
{
    pthread_mutex_lock(&h->lock);
    h->lens[(h->first + h->full) % BUFFERS] = len;
    h->full++;
    if (h->full == WAKE_AT)
        pthread_cond_signal(&h->work);
    pthread_mutex_unlock(&h->lock);
}

uint64_t sl_hashing_bytes(const struct sl_hashing *h)
{
    return atomic_load(&h->hashed_bytes);
}

int sl_hashing_finish(struct sl_hashing *h, struct sl_piece_id *out, struct sl_err *err)
{
    drain(h);
    int rc = h->rc;
    if (rc < 0 && err != NULL)
        *err = h->err;
    if (rc == SL_OK)
        rc = sl_piece_hasher_finish(h->hasher, out, err);
    pthread_mutex_unlock(&h->lock);
    return rc;
}
