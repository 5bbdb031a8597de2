/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Every allocation of the room fails once: the caller is told, and nothing leaks. */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "sluice/piece.h"

#include "support/test.h"
#include "support/tmp.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);

static _Atomic long fail_at = -1; /* counts down; below zero nothing fails */

static bool due(void)
{
    return atomic_fetch_sub(&fail_at, 1) == 0;
}

void *__wrap_malloc(size_t size)
{
    return due() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return due() ? NULL : __real_calloc(count, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return due() ? NULL : __real_aligned_alloc(alignment, size);
}

/* Fails the first, second ... allocation of `step` until it needs no more of them. */
static void fail_until_ok(int (*step)(void *ctx), void *ctx)
{
    int rc = -1;
    for (long k = 0; rc < 0; k++) {
        assert_true(k < 100);
        fail_at = k;
        rc = step(ctx);
        fail_at = -1;
        if (rc < 0)
            assert_int_equal(rc, SL_ENOMEM);
        else
            assert_true(k > 0); /* it allocated something */
    }
}

static int hash_fd(void *ctx)
{
    struct sl_piece_id id;
    return sl_piece_of_fd(&id, *(const int *)ctx, 0, 0, NULL, NULL, NULL);
}

static int hash_fd_threads(void *ctx)
{
    struct sl_piece_id id;
    return sl_piece_of_fd_threads(&id, *(const int *)ctx, 0, 0, 3, NULL, NULL, NULL);
}

static int combine(void *ctx)
{
    struct sl_piece_id id;
    return sl_piece_combine(&id, ctx, 2, 127, NULL);
}

static int make_hasher(void *ctx)
{
    (void)ctx;
    struct sl_piece_hasher *hasher = sl_piece_hasher_new();
    sl_piece_hasher_free(hasher);
    return hasher != NULL ? SL_OK : SL_ENOMEM;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    char dir[SL_PATH_BYTES];
    char path[SL_PATH_BYTES];
    sl_tmp_make(dir);
    sl_tmp_file(path, dir, "noise", 2000000, 1);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct sl_piece_id shards[2] = {{127, 2, {1}}, {127, 2, {2}}};
    assert_true(fd >= 0);
    fail_until_ok(hash_fd, &fd);
    fail_until_ok(hash_fd_threads, &fd);
    fail_until_ok(combine, shards);
    fail_until_ok(make_hasher, NULL);
    close(fd);
    sl_tmp_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail)};
    return cmocka_run_group_tests_name("piece oom", tests, NULL, NULL);
}
