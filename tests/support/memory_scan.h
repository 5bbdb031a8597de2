/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* memory_scan.h - looks for bytes in the whole writable memory of the running process. */
#ifndef SL_TEST_MEMORY_SCAN_H
#define SL_TEST_MEMORY_SCAN_H

#include <stddef.h>
#include <stdint.h>

enum { SL_SCAN_BYTES = 16, SL_SCAN_MASK = 0x5a };

/**
 * How often a 16-byte pattern stands in writable memory: heap, stacks, data, freed blocks. It is
 * given with every byte XORed with SL_SCAN_MASK, so that the question is no hit itself.
 */
size_t sl_memory_scan(const uint8_t masked[static SL_SCAN_BYTES]);

#endif
