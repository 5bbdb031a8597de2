/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Any split of the bytes, given by the first 16 of them, hashes like the whole. */
#include <stdlib.h>

#include "sluice/piece.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void add(struct sl_piece_hasher *hasher, const uint8_t *data, size_t len)
{
    if (sl_piece_hasher_add(hasher, data, len, NULL) < 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    enum { CUTS = 8 };
    struct sl_piece_id one;
    struct sl_piece_id two;
    struct sl_piece_hasher *hasher = sl_piece_hasher_new();
    if (hasher == NULL || len < (size_t)2 * CUTS)
        goto out;
    const uint8_t *bytes = data + (size_t)2 * CUTS;
    len -= (size_t)2 * CUTS;
    add(hasher, bytes, len);
    if (sl_piece_hasher_finish(hasher, &one, NULL) < 0)
        abort();
    sl_piece_hasher_reset(hasher);
    size_t at = 0;
    for (size_t i = 0; i < CUTS; i++) {
        size_t n = (size_t)data[2 * i] << 8 | data[2 * i + 1];
        n = n < len - at ? n : len - at;
        add(hasher, bytes + at, n);
        at += n;
    }
    add(hasher, bytes + at, len - at);
    if (sl_piece_hasher_finish(hasher, &two, NULL) < 0 || !sl_piece_id_equal(&one, &two))
        abort();
out:
    sl_piece_hasher_free(hasher);
    return 0;
}
