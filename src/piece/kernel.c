/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "kernel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sluice/piece.h"

#include "kernel_list.h"

static const struct sl_kernel *const list[] = {
#if defined(SL_KERNELS_X86)
    &sl_kernel_sha_ni, &sl_kernel_avx512, &sl_kernel_avx2,
#elif defined(SL_KERNELS_ARM)
    &sl_kernel_armv8,
#endif
    &sl_kernel_portable, NULL};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const struct sl_kernel *chosen; /* immutable after `once` */
static _Atomic(const struct sl_kernel *) forced;

const struct sl_kernel *const *sl_kernels(void)
{
    return list;
}

const struct sl_kernel *sl_kernel_find(const char *name)
{
    for (size_t i = 0; list[i] != NULL; i++) {
        if (strcmp(list[i]->name, name) == 0)
            return list[i];
    }
    return NULL;
}

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/*
 * Which is fastest no table tells for long: the SHA unit does two rounds a cycle in one generation
 * of processors and one in the next, whose wide registers are twice as fast. So they are tried, for
 * some 50 microseconds in all; of several tries the shortest counts, which nothing interrupted.
 */
static const struct sl_kernel *fastest(void)
{
    enum { TRIES = 5, TRY_NODES = 64 };
    static uint8_t in[TRY_NODES * 2 * SL_NODE_BYTES];
    static uint8_t out[TRY_NODES * SL_NODE_BYTES];
    const struct sl_kernel *best = &sl_kernel_portable;
    int64_t best_ns = INT64_MAX;
    for (size_t i = 0; list[i] != &sl_kernel_portable; i++) {
        for (int try = 0; list[i]->usable() && try < TRIES; try++) {
            const int64_t start_ns = now_ns();
            list[i]->nodes(out, in, TRY_NODES);
            const int64_t took_ns = now_ns() - start_ns;
            if (took_ns < best_ns) {
                best_ns = took_ns;
                best = list[i];
            }
        }
    }
    return best;
}

static void choose(void)
{
    const char *name = getenv("SLUICE_PIECE_KERNEL"); // NOLINT(concurrency-mt-unsafe): under once
    const struct sl_kernel *named = name != NULL ? sl_kernel_find(name) : NULL;
    chosen = named != NULL && named->usable() ? named : fastest();
}

const struct sl_kernel *sl_kernel(void)
{
    const struct sl_kernel *kernel = atomic_load_explicit(&forced, memory_order_acquire);
    if (kernel != NULL)
        return kernel;
    pthread_once(&once, choose);
    return chosen;
}

void sl_kernel_force(const struct sl_kernel *kernel)
{
    atomic_store_explicit(&forced, kernel, memory_order_release);
}

const char *sl_piece_kernel(void)
{
    return sl_kernel()->name;
}
