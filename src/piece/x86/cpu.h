/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* cpu.h - which instruction sets this CPU has and this system has switched on. Private to x86/. */
#ifndef SL_CPU_H
#define SL_CPU_H

#include <stdbool.h>

bool sl_cpu_sha_ni(void); /* SHA, SSE4.1 and AVX2 */
bool sl_cpu_avx2(void);
bool sl_cpu_avx512(void); /* F and BW, and AVX2 */

#endif
