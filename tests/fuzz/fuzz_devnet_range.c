/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Ranges never leave the body, whatever the header says. */
#include <assert.h>
#include <string.h>

#include "devnet/http/range.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char text[512];
    struct sl_devnet_range ranges[SL_DEVNET_RANGES_MAX];
    size_t count = 0;
    if (len < 1 || len >= sizeof text)
        return 0;
    const uint64_t size = data[0] + UINT64_C(1);
    memcpy(text, data + 1, len - 1);
    text[len - 1] = '\0';
    const enum sl_devnet_ranges kind = sl_devnet_ranges_parse(ranges, &count, text, size);
    assert(count <= SL_DEVNET_RANGES_MAX);
    assert(kind != SL_DEVNET_RANGES_SOME || count > 0);
    for (size_t i = 0; i < count; i++)
        assert(ranges[i].length > 0 && ranges[i].start < size &&
               ranges[i].length <= size - ranges[i].start);
    return 0;
}
