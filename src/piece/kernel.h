/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * kernel.h - computes many nodes of the tree at once: one implementation per instruction set, and
 * the choice between them. Private to piece and its tests.
 */
#ifndef SL_KERNEL_H
#define SL_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SL_NODE_BYTES = 32 };

/**
 * `count` parents from 2 * count children: out[i] = SHA-256(in[2i] || in[2i + 1]) with the top two
 * bits of its last byte cleared. Any alignment, any count. `out` is `in` or does not overlap it.
 */
typedef void (*sl_nodes_fn)(uint8_t *out, const uint8_t *in, size_t count);

/** `quads` groups of 127 bytes spread to 128, see fr32.h. Any alignment, no overlap. */
typedef void (*sl_spread_fn)(uint8_t *out, const uint8_t *in, size_t quads);

struct sl_kernel {
    const char *name;
    bool (*usable)(void); /* whether this CPU and system can run it */
    sl_nodes_fn nodes;
    sl_spread_fn spread;
};

/** Every kernel of this build; ends with NULL. The last one is portable: it runs everywhere. */
const struct sl_kernel *const *sl_kernels(void);

/** The kernel of that name, NULL if this build has none. It may not be usable here. */
const struct sl_kernel *sl_kernel_find(const char *name);

/**
 * The kernel that new hashers use: the one set by sl_kernel_force(), else the one that
 * SLUICE_PIECE_KERNEL names in the environment (if usable), else the fastest one, measured at the
 * first call. Any thread.
 */
const struct sl_kernel *sl_kernel(void);

/** For tests and benches: use `kernel` (usable here; NULL: choose again) from now on. Any thread.
 */
void sl_kernel_force(const struct sl_kernel *kernel);

#endif
