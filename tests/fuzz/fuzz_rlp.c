/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Any bytes as a transaction: no read outside, and what is accepted is the one spelling of itself.
 */
#include <stdlib.h>
#include <string.h>

#include "sluice/rlp.h"
#include "sluice/tx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
    if (!ok)
        abort();
}

/* Writes again what it reads. */
static bool copy(struct sl_buf *out, struct sl_rlp from, int depth)
{
    while (from.left > 0) {
        struct sl_rlp inside;
        const uint8_t *bytes;
        size_t len;
        if (sl_rlp_read_bytes(&bytes, &len, &from, NULL) == SL_OK) {
            sl_rlp_bytes(out, bytes, len);
            continue;
        }
        if (depth == 0 || sl_rlp_read_list(&inside, &from, NULL) < 0)
            return false;
        const size_t list = sl_rlp_list(out);
        if (!copy(out, inside, depth - 1))
            return false;
        sl_rlp_list_end(out, list);
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_buf again = {0};
    struct sl_tx tx;
    struct sl_address sender;
    uint8_t hash[SL_TX_HASH_BYTES];
    if (copy(&again, (struct sl_rlp){data, size}, 20))
        check(again.len == size && (size == 0 || memcmp(again.data, data, size) == 0));
    sl_buf_free(&again);
    if (sl_tx_read(&tx, &sender, hash, data, size, NULL) == SL_OK)
        check(tx.data_len == 0 || (tx.data > data && tx.data + tx.data_len < data + size));
    return 0;
}
