/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* kernel_list.h - the kernels one by one, for kernel.c and the files that define them. */
#ifndef SL_KERNEL_LIST_H
#define SL_KERNEL_LIST_H

#include "kernel.h"

extern const struct sl_kernel sl_kernel_portable;

#endif
