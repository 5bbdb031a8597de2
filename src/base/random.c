/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <sys/random.h>

#include "sluice/path.h"

void sl_random(void *out, size_t len)
{
    unsigned char *at = out;
    while (len > 0) {
        const ssize_t n = getrandom(at, len, 0);
        assert(n > 0 || errno == EINTR); /* the kernel's generator cannot fail once it is seeded */
        if (n > 0) {
            at += n;
            len -= (size_t)n;
        }
    }
}

void sl_uuid(char out[static SL_UUID_CHARS])
{
    uint8_t b[16];
    sl_random(b, sizeof b);
    b[6] = (uint8_t)((b[6] & 0x0f) | 0x40); /* version 4 */
    b[8] = (uint8_t)((b[8] & 0x3f) | 0x80); /* variant of RFC 9562 */
    snprintf(out, SL_UUID_CHARS,
             "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
             b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
             b[15]);
}
