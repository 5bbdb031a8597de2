/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Source: Intel SDM volume 1, chapters 14.3 and 15.2: a CPU that has AVX is not enough, the system
 * must save its registers too (OSXSAVE, then XCR0).
 */
#include "cpu.h"

#include <cpuid.h>
#include <stdint.h>

enum {
    XCR0_AVX = 0x6,     /* SSE and AVX registers */
    XCR0_AVX512 = 0xe6, /* these, the masks and the upper halves */
};

static bool has(uint32_t flags, uint32_t wanted)
{
    return (flags & wanted) == wanted;
}

/* The low half of XCR0; only where CPUID says OSXSAVE. */
static uint32_t xcr0(void)
{
    uint32_t low;
    uint32_t high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

/* Does the CPU have these features of leaf 1 (ecx) and leaf 7 (ebx), the system these registers? */
static bool supports(uint32_t leaf1_ecx, uint32_t leaf7_ebx, uint32_t registers)
{
    uint32_t a;
    uint32_t b;
    uint32_t c;
    uint32_t d;
    if (__get_cpuid(1, &a, &b, &c, &d) == 0 || !has(c, leaf1_ecx | bit_OSXSAVE | bit_AVX))
        return false;
    if (!has(xcr0(), registers))
        return false;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && has(b, leaf7_ebx);
}

bool sl_cpu_sha_ni(void)
{
    return supports(bit_SSE4_1 | bit_SSSE3, bit_SHA | bit_AVX2, XCR0_AVX);
}

bool sl_cpu_avx2(void)
{
    return supports(0, bit_AVX2, XCR0_AVX);
}

bool sl_cpu_avx512(void)
{
    return supports(0, bit_AVX2 | bit_AVX512F | bit_AVX512BW, XCR0_AVX512);
}
