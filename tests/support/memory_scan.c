/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "support/memory_scan.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "support/test.h"

/* Above this a mapping is a sanitizer's shadow, not memory of the program. */
#define LARGEST_MAPPING (UINT64_C(48) << 20)

enum { WINDOW = 1 << 16 };

static bool matches(const uint8_t *at, const uint8_t *masked)
{
    for (size_t i = 0; i < SL_SCAN_BYTES; i++) {
        if ((at[i] ^ SL_SCAN_MASK) != masked[i])
            return false;
    }
    return true;
}

static size_t hits_in(const uint8_t *window, size_t len, const uint8_t *masked)
{
    size_t hits = 0;
    const uint8_t *end = window + len - SL_SCAN_BYTES + 1;
    for (const uint8_t *at = window; at < end; at++) {
        at = memchr(at, masked[0] ^ SL_SCAN_MASK, (size_t)(end - at));
        if (at == NULL)
            break;
        hits += matches(at, masked);
    }
    return hits;
}

/* Windows overlap by one byte less than the pattern; the window itself is cleared before the next.
 */
static size_t scan(int mem, uint64_t from, uint64_t to, const uint8_t *masked)
{
    static uint8_t window[WINDOW];
    size_t hits = 0;
    while (from + SL_SCAN_BYTES <= to) {
        const uint64_t own = (uint64_t)(uintptr_t)window;
        if (from + SL_SCAN_BYTES > own && from < own + sizeof window) {
            from = own + sizeof window;
            continue;
        }
        uint64_t want = to - from < WINDOW ? to - from : WINDOW;
        if (from < own && own - from < want)
            want = own - from;
        const ssize_t got = pread(mem, window, (size_t)want, (off_t)from);
        if (got < SL_SCAN_BYTES)
            return hits;
        hits += hits_in(window, (size_t)got, masked);
        from += (uint64_t)got == to - from ? (uint64_t)got : (uint64_t)got - SL_SCAN_BYTES + 1;
        memset(window, 0, sizeof window);
    }
    return hits;
}

size_t sl_memory_scan(const uint8_t masked[static SL_SCAN_BYTES])
{
    static struct {
        uint64_t from;
        uint64_t to;
    } maps[4096];
    size_t count = 0;
    size_t hits = 0;
    char line[512];
    char flags[5];
    FILE *file = fopen("/proc/self/maps", "r");
    assert_non_null(file);
    while (count < 4096 && fgets(line, sizeof line, file) != NULL) {
        uint64_t from;
        uint64_t to;
        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s", &from, &to, flags) == 3 &&
            flags[0] == 'r' && flags[1] == 'w' && to - from <= LARGEST_MAPPING) {
            maps[count].from = from;
            maps[count++].to = to;
        }
    }
    assert_int_equal(fclose(file), 0);
    const int mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    assert_true(mem >= 0);
    for (size_t i = 0; i < count; i++)
        hits += scan(mem, maps[i].from, maps[i].to, masked);
    assert_int_equal(close(mem), 0);
    return hits;
}
