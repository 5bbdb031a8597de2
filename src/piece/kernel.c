/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "kernel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

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

static void choose(void)
{
    const char *name = getenv("SLUICE_PIECE_KERNEL"); // NOLINT(concurrency-mt-unsafe): under once
    const struct sl_kernel *named = name != NULL ? sl_kernel_find(name) : NULL;
    if (named != NULL && named->usable()) {
        chosen = named;
        return;
    }
    chosen = &sl_kernel_portable;
    for (size_t i = 0; list[i] != NULL; i++) {
        if (list[i]->usable()) {
            chosen = list[i];
            return;
        }
    }
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
