/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the registry and the storage service answer, and metadata keys in their order. */
#include <stdlib.h>
#include <string.h>

#include "chain/data_sets.h"
#include "chain/providers.h"
#include "chain/view.h"
#include "collate.h"

static void read_providers(struct sl_view_memory *memory, const uint8_t *data, size_t len)
{
    struct sl_abi_reader r;
    struct sl_u256 id;
    sl_abi_read(&r, "((" SL_ABI_PROVIDER "[],bool))", data, len);
    sl_abi_enter(&r);
    const size_t count = sl_abi_enter_list(&r);
    for (size_t i = 0; i < count && r.wrong == NULL; i++) {
        if (sl_decode_provider(memory, &r, &id, NULL) < 0)
            abort();
    }
    for (size_t i = 0; i < memory->view.provider_count; i++) {
        char url[SL_SERVICE_URL_BYTES];
        (void)!sl_offering_url(url, &memory->view.providers[i].offering, NULL);
    }
}

static void read_sets(struct sl_view_memory *memory, const uint8_t *data, size_t len)
{
    struct sl_abi_reader r;
    sl_abi_read(&r, "(" SL_ABI_DATA_SET "[])", data, len);
    const size_t count = sl_abi_enter_list(&r);
    for (size_t i = 0; i < count && r.wrong == NULL; i++) {
        if (sl_decode_data_set(memory, &r, NULL) < 0)
            abort();
    }
}

/* Two texts: the order has to be the same from both sides. */
static void compare(const uint8_t *data, size_t len)
{
    char a[64] = {0};
    char b[64] = {0};
    const size_t half = len / 2;
    memcpy(a, data, half < 63 ? half : 63);
    memcpy(b, data + half, len - half < 63 ? len - half : 63);
    if (sl_collate(a, b) != -sl_collate(b, a) || sl_collate(a, a) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len == 0)
        return 0;
    struct sl_view_memory *memory = sl_chain_view_new(NULL);
    if (memory == NULL)
        return 0;
    if (data[0] % 3 == 0)
        read_providers(memory, data + 1, len - 1);
    else if (data[0] % 3 == 1)
        read_sets(memory, data + 1, len - 1);
    else
        compare(data + 1, len - 1);
    sl_chain_view_free(&memory->view);
    return 0;
}
