/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Any bytes: escaping is idempotent and printable, cutting keeps to its columns and its buffer. */
#include <stdlib.h>
#include <string.h>

#include "sluice/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
    if (!ok)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    const int columns = data[0] % 64;
    const size_t cap = data[1];
    const char *in = (const char *)data + 2;
    const size_t len = size - 2;
    char *once = malloc(len * 4 + 16);
    char *twice = malloc(len * 4 + 16);
    char *small = malloc(cap + 1);
    check(once != NULL && twice != NULL && small != NULL);
    const size_t n = sl_text_escape(once, len * 4 + 16, in, len);
    check(sl_text_escape(twice, n + 1, once, n) == n && memcmp(once, twice, n + 1) == 0);
    const size_t m = sl_text_escape(small, cap, in, len);
    check(cap == 0 || (m < cap && memcmp(small, once, m) == 0));
    for (int way = 0; way < 4; way++) {
        const int wide = way < 2 ? sl_text_cut_middle(twice, len * 4 + 16, once, columns, way == 1)
                                 : sl_text_cut_end(twice, len * 4 + 16, once, columns, way == 3);
        check(wide <= columns && wide == sl_text_width(twice));
        sl_text_cut_middle(small, cap, once, columns, way == 1);
    }
    free(once);
    free(twice);
    free(small);
    return 0;
}
