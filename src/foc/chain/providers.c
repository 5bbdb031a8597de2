/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "chain/providers.h"

#include <stdlib.h>
#include <string.h>

#include "chain/ask.h"
#include "chain/run.h"
#include "chain/view.h"

/* Copy a text of a provider; a NUL ends it. */
static char *decode_text(struct sl_arena *arena, struct sl_abi_reader *r)
{
    size_t len;
    const char *text = sl_abi_get_str(r, &len);
    return sl_arena_text(arena, text, len);
}

/* Decode the keys of the product; *count is their number. More keys than the registry allows are
 * *odd. */
static struct sl_capability *decode_keys(struct sl_arena *arena, struct sl_abi_reader *r,
                                         size_t *count, bool *odd)
{
    *count = sl_abi_enter_list(r);
    *odd = *odd || *count == 0 || *count > SL_CAPABILITY_MAX;
    if (*odd)
        *count = 0;
    struct sl_capability *list = sl_arena_alloc(arena, *count, sizeof *list);
    for (size_t i = 0; list != NULL && i < *count; i++) {
        list[i].key = decode_text(arena, r);
        if (list[i].key == NULL)
            list = NULL;
    }
    sl_abi_leave(r);
    return list;
}

/* Decode the values, one for each key; false if out of memory. */
static bool decode_values(struct sl_capability *list, size_t count, struct sl_arena *arena,
                          struct sl_abi_reader *r, bool *odd)
{
    *odd = sl_abi_enter_list(r) != count || *odd;
    for (size_t i = 0; !*odd && i < count; i++) {
        const uint8_t *value = sl_abi_get_bytes(r, &list[i].value_len);
        list[i].value = (const uint8_t *)sl_arena_text(arena, value, list[i].value_len);
        if (list[i].value == NULL)
            return false;
    }
    sl_abi_leave(r);
    return true;
}

static bool decode_all(struct sl_provider *out, struct sl_arena *arena, struct sl_abi_reader *r,
                       bool *odd)
{
    struct sl_capability *list;
    sl_abi_enter(r);
    out->id = sl_abi_get_u256(r);
    sl_abi_enter(r);
    out->service_provider = sl_abi_get_address(r);
    out->payee = sl_abi_get_address(r);
    out->name = decode_text(arena, r);
    out->description = decode_text(arena, r);
    out->active = sl_abi_get_bool(r);
    sl_abi_leave(r);
    sl_abi_enter(r);
    *odd = !sl_u256_is_zero(sl_abi_get_u256(r)); /* product type 0: PDP */
    list = decode_keys(arena, r, &out->capability_count, odd);
    out->active = sl_abi_get_bool(r) && out->active;
    sl_abi_leave(r);
    const bool whole = list != NULL && decode_values(list, out->capability_count, arena, r, odd);
    sl_abi_leave(r);
    out->capabilities = list;
    return whole && out->name != NULL && out->description != NULL;
}

static struct sl_provider *next_provider(struct sl_view_memory *memory)
{
    struct sl_chain_view *view = &memory->view;
    if (view->provider_count == memory->provider_room) {
        const size_t room = memory->provider_room == 0 ? 64 : memory->provider_room * 2;
        struct sl_provider *list = realloc(view->providers, room * sizeof *list);
        if (list == NULL)
            return NULL;
        view->providers = list;
        memory->provider_room = room;
    }
    return &view->providers[view->provider_count];
}

int sl_decode_provider(struct sl_view_memory *memory, struct sl_abi_reader *r, struct sl_u256 *id,
                       struct sl_err *err)
{
    struct sl_provider provider = {.approved = false};
    bool odd = false;
    const bool whole = decode_all(&provider, &memory->arena, r, &odd);
    struct sl_provider *place = next_provider(memory);
    *id = provider.id;
    if (!whole || place == NULL)
        return sl_err_set(err, SL_ENOMEM, "no memory for the providers");
    odd = odd || r->wrong != NULL || sl_u256_is_zero(provider.id) ||
          sl_offering_decode(&provider.offering, provider.capabilities, provider.capability_count,
                             NULL) < 0;
    if (odd) {
        memory->view.odd_providers++;
        return SL_OK;
    }
    *place = provider;
    memory->view.provider_count++;
    return SL_OK;
}

int sl_chain_read_providers(struct sl_chain_view **out, struct sl_chain *chain,
                            const struct sl_u256 *ids, size_t count, struct sl_err *err)
{
    const struct sl_contracts *contracts;
    struct sl_multicall calls = {0};
    *out = NULL;
    struct sl_view_memory *memory = sl_chain_view_new(err);
    if (memory == NULL)
        return SL_ENOMEM;
    int rc = sl_chain_contracts(chain, &contracts, err);
    for (size_t i = 0; rc == SL_OK && i < count; i++)
        sl_ask_two(&calls, &contracts->registry, "getProviderWithProduct(uint256,uint8)", ids[i],
                   sl_u256(0));
    if (rc == SL_OK)
        rc = sl_ask_run(&calls, chain, err);
    for (size_t i = 0; rc == SL_OK && i < count; i++) {
        struct sl_abi_reader r;
        struct sl_u256 id;
        if (sl_decode_begin(&r, &calls, i, "(" SL_ABI_PROVIDER ")", "provider", NULL) < 0)
            continue;
        rc = sl_decode_provider(memory, &r, &id, err);
    }
    sl_multicall_free(&calls);
    if (rc < 0)
        sl_chain_view_free(&memory->view);
    else
        *out = &memory->view;
    return rc;
}
