/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Every kernel that runs here hashes the same bytes to the same root, whatever the split. */
#include <stdlib.h>
#include <string.h>

#include "sluice/piece.h"

#include "piece/kernel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The first byte says where to cut. */
static struct sl_piece_id hash(const uint8_t *data, size_t len)
{
    struct sl_piece_id id;
    struct sl_piece_hasher *hasher = sl_piece_hasher_new();
    const size_t cut = len == 0 ? 0 : len * data[0] / 255;
    if (hasher == NULL || sl_piece_hasher_add(hasher, data, cut, NULL) < 0 ||
        sl_piece_hasher_add(hasher, data + cut, len - cut, NULL) < 0 ||
        sl_piece_hasher_finish(hasher, &id, NULL) < 0)
        abort();
    sl_piece_hasher_free(hasher);
    return id;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    sl_kernel_force(sl_kernel_find("portable"));
    const struct sl_piece_id want = hash(data, len);
    for (const struct sl_kernel *const *k = sl_kernels(); *k != NULL; k++) {
        if (!(*k)->usable())
            continue;
        sl_kernel_force(*k);
        const struct sl_piece_id got = hash(data, len);
        if (!sl_piece_id_equal(&got, &want))
            abort();
    }
    return 0;
}
