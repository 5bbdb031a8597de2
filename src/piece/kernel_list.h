/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* kernel_list.h - all kernels, for kernel.c and the files that define them. Private to piece. */
#ifndef SL_KERNEL_LIST_H
#define SL_KERNEL_LIST_H

#include "fr32.h"
#include "kernel.h"

extern const struct sl_kernel sl_kernel_portable;
extern const struct sl_kernel sl_kernel_sha_ni; /* x86 */
extern const struct sl_kernel sl_kernel_avx512; /* x86 */
extern const struct sl_kernel sl_kernel_avx2;   /* x86 */
extern const struct sl_kernel sl_kernel_armv8;  /* 64-bit ARM */

/** sl_fr32() in registers of 32 bytes, for the x86 kernels. */
void sl_fr32_avx2(uint8_t *out, const uint8_t *in, size_t quads);

#endif
