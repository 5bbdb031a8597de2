/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * One file on several cores. It is cut into ranges of 127 * 2^k bytes, whose trees are whole parts
 * of the file's tree; every thread takes the next range that nobody has; the roots are combined.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/piece.h"

#include "reader.h"

enum {
    RANGE_BYTES = 127 << 12, /* about half a megabyte */
    MOST_RANGES = 1 << 15,   /* 1.5 MiB of roots; beyond it the ranges grow */
    MOST_THREADS = 64,
};

struct hash_pool {
    /* immutable while threads run */
    int fd;
    unsigned threads;
    uint64_t offset;
    uint64_t payload_bytes;
    uint64_t range_bytes;
    size_t ranges;
    struct sl_piece_id *roots; /* each written by the thread that took the range */
    /* any thread */
    atomic_size_t next;
    _Atomic uint64_t hashed_bytes;
    atomic_bool stop;
    /* under lock */
    pthread_mutex_t lock;
    int rc; /* the first failure */
    struct sl_err err;
};

struct worker {
    struct hash_pool *pool;
    sl_piece_progress_fn cancel; /* calling thread only, else NULL */
    void *ctx;
};

static void fail(struct hash_pool *pool, int rc, const struct sl_err *err)
{
    pthread_mutex_lock(&pool->lock);
    if (pool->rc == SL_OK) {
        pool->rc = rc;
        pool->err = *err;
    }
    pthread_mutex_unlock(&pool->lock);
    atomic_store(&pool->stop, true);
}

static int on_chunk(void *ctx, size_t chunk_bytes, struct sl_err *err)
{
    const struct worker *w = ctx;
    const uint64_t total = atomic_fetch_add(&w->pool->hashed_bytes, chunk_bytes) + chunk_bytes;
    if (atomic_load(&w->pool->stop) || (w->cancel != NULL && w->cancel(w->ctx, total)))
        return sl_err_set(err, SL_ECANCELED, "cancelled");
    return SL_OK;
}

static int hash_range(struct worker *w, struct sl_reader *reader, size_t index, struct sl_err *err)
{
    const struct hash_pool *pool = w->pool;
    const uint64_t at = index * pool->range_bytes;
    const uint64_t left = pool->payload_bytes - at;
    const uint64_t want = left < pool->range_bytes ? left : pool->range_bytes;
    /* the range that this thread will probably take after this one */
    const uint64_t ahead = pool->offset + at + pool->threads * pool->range_bytes;
    (void)posix_fadvise(pool->fd, (off_t)ahead, (off_t)pool->range_bytes, POSIX_FADV_WILLNEED);
    const int rc =
        sl_reader_hash(reader, &pool->roots[index], pool->offset + at, want, on_chunk, w, err);
    if (rc == SL_OK && pool->roots[index].payload_bytes != want)
        return sl_err_set(err, SL_ECHANGED, "the file became shorter while it was read");
    return rc;
}

static void *work(void *arg)
{
    struct worker *w = arg;
    struct hash_pool *pool = w->pool;
    struct sl_reader reader;
    struct sl_err err = {0};
    int rc = sl_reader_init(&reader, pool->fd, &err);
    while (rc == SL_OK && !atomic_load(&pool->stop)) {
        const size_t index = atomic_fetch_add(&pool->next, 1);
        if (index >= pool->ranges)
            break;
        rc = hash_range(w, &reader, index, &err);
    }
    sl_reader_fini(&reader);
    if (rc < 0)
        fail(pool, rc, &err);
    return NULL;
}

/* The calling thread works too. Where the system gives no more threads, fewer do it. */
static void run(struct hash_pool *pool, struct worker *caller)
{
    pthread_t threads[MOST_THREADS];
    struct worker other = {pool, NULL, NULL};
    unsigned started = 0;
    while (started + 1 < pool->threads &&
           pthread_create(&threads[started], NULL, work, &other) == 0)
        started++;
    work(caller);
    while (started > 0)
        pthread_join(threads[--started], NULL);
}

static int hash_ranges(struct hash_pool *pool, struct sl_piece_id *out, struct worker *caller,
                       struct sl_err *err)
{
    pool->roots = calloc(pool->ranges, sizeof *pool->roots);
    if (pool->roots == NULL)
        return sl_err_set(err, SL_ENOMEM, "no memory for the roots of %zu ranges", pool->ranges);
    run(pool, caller);
    int rc = pool->rc;
    if (rc < 0 && err != NULL)
        *err = pool->err;
    if (rc == SL_OK && caller->cancel != NULL && caller->cancel(caller->ctx, pool->payload_bytes))
        rc = sl_err_set(err, SL_ECANCELED, "cancelled");
    if (rc == SL_OK)
        rc = sl_piece_combine(out, pool->roots, pool->ranges, pool->range_bytes, err);
    free(pool->roots);
    return rc;
}

static unsigned thread_count(unsigned wanted, size_t ranges)
{
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t n = wanted;
    if (n == 0)
        n = cores > 0 ? (size_t)cores : 1;
    n = n < ranges ? n : ranges;
    return (unsigned)(n < MOST_THREADS ? n : MOST_THREADS);
}

/* Bytes from `offset` to the end or limit; 0 if that is nothing, or unknown (a device). */
static uint64_t stretch(int fd, uint64_t offset, uint64_t limit_bytes)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (uint64_t)st.st_size <= offset)
        return 0;
    const uint64_t bytes = (uint64_t)st.st_size - offset;
    return limit_bytes != 0 && limit_bytes < bytes ? limit_bytes : bytes;
}

int sl_piece_of_fd_threads(struct sl_piece_id *out, int fd, uint64_t offset, uint64_t limit_bytes,
                           unsigned threads, sl_piece_progress_fn cancel, void *ctx,
                           struct sl_err *err)
{
    struct hash_pool pool = {.fd = fd,
                             .offset = offset,
                             .payload_bytes = stretch(fd, offset, limit_bytes),
                             .range_bytes = RANGE_BYTES,
                             .lock = PTHREAD_MUTEX_INITIALIZER};
    while (pool.payload_bytes / pool.range_bytes >= MOST_RANGES)
        pool.range_bytes *= 2;
    pool.ranges = (size_t)((pool.payload_bytes + pool.range_bytes - 1) / pool.range_bytes);
    pool.threads = thread_count(threads, pool.ranges);
    if (pool.threads <= 1) /* also where the size is unknown, or wrong: that one tells */
        return sl_piece_of_fd(out, fd, offset, limit_bytes, cancel, ctx, err);
    struct worker caller = {&pool, cancel, ctx};
    const int rc = hash_ranges(&pool, out, &caller, err);
    pthread_mutex_destroy(&pool.lock);
    return rc;
}
