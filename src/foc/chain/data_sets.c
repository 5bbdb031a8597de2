/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "chain/data_sets.h"

#include <stdio.h>
#include <stdlib.h>

#include "chain/ask.h"
#include "chain/money.h"
#include "chain/run.h"
#include "chain/view.h"

static struct sl_data_set *next_data_set(struct sl_view_memory *memory)
{
    struct sl_chain_view *view = &memory->view;
    if (view->data_set_count == memory->data_set_room) {
        const size_t room = memory->data_set_room == 0 ? 64 : memory->data_set_room * 2;
        struct sl_data_set *list = realloc(view->data_sets, room * sizeof *list);
        if (list == NULL)
            return NULL;
        view->data_sets = list;
        memory->data_set_room = room;
    }
    return &view->data_sets[view->data_set_count];
}

int sl_decode_data_set(struct sl_view_memory *memory, struct sl_abi_reader *r, struct sl_err *err)
{
    struct sl_data_set *set = next_data_set(memory);
    if (set == NULL)
        return sl_err_set(err, SL_ENOMEM, "no memory for the data sets");
    *set = (struct sl_data_set){.live = false};
    sl_abi_enter(r);
    set->pdp_rail = sl_abi_get_u256(r);
    set->cache_miss_rail = sl_abi_get_u256(r);
    set->cdn_rail = sl_abi_get_u256(r);
    set->payer = sl_abi_get_address(r);
    set->payee = sl_abi_get_address(r);
    set->service_provider = sl_abi_get_address(r);
    set->commission_bps = sl_abi_get_u256(r);
    set->client_data_set_id = sl_abi_get_u256(r);
    set->end_epoch = sl_abi_get_u256(r);
    set->provider_id = sl_abi_get_u256(r);
    set->pending_payments = sl_abi_get_u256(r);
    set->reserve = sl_abi_get_u256(r);
    set->id = sl_abi_get_u256(r);
    sl_abi_leave(r);
    if (r->wrong == NULL && !sl_u256_is_zero(set->pdp_rail))
        memory->view.data_set_count++;
    return SL_OK;
}

static int by_id(const void *a, const void *b)
{
    const struct sl_data_set *x = a;
    const struct sl_data_set *y = b;
    return sl_u256_cmp(x->id, y->id);
}

/* The list may change between pages, so a data set can appear twice. */
static void sort(struct sl_chain_view *view)
{
    size_t kept = 0;
    if (view->data_set_count > 1)
        qsort(view->data_sets, view->data_set_count, sizeof view->data_sets[0], by_id);
    for (size_t i = 0; i < view->data_set_count; i++) {
        if (kept == 0 || by_id(&view->data_sets[kept - 1], &view->data_sets[i]) != 0)
            view->data_sets[kept++] = view->data_sets[i];
    }
    view->data_set_count = kept;
}

/* Calls for each set; the last one only where data sets can have an authorizer. */
enum { LIVE, LISTENER, LEAVES, METADATA, RAIL, AUTHORIZER };
enum { SETS_AT_ONCE = 25 }; /* in one round trip */

/* For a data set that the verifier does not know, the details stay false and 0. */
static int decode_details(struct sl_data_set *set, struct sl_arena *arena,
                          const struct sl_multicall *calls, size_t first, bool with_authorizer,
                          const struct sl_address *fwss)
{
    struct sl_abi_reader r;
    struct sl_address listener;
    int rc = SL_OK;
    sl_multicall_read(&r, calls, first + LIVE, "(bool)");
    set->live = sl_abi_get_bool(&r);
    set->managed = sl_decode_address(&listener, calls, first + LISTENER, "", NULL) == SL_OK &&
                   sl_address_equal(&listener, fwss);
    if (sl_decode_u256(&set->leaves, calls, first + LEAVES, "", NULL) < 0)
        set->leaves = sl_u256(0);
    set->rail_rate_known = sl_decode_rail_rate(&set->rail_rate, calls, first + RAIL);
    if (!with_authorizer ||
        sl_decode_address(&set->authorizer, calls, first + AUTHORIZER, "", NULL) < 0)
        set->authorizer = (struct sl_address){{0}};
    set->metadata_known = sl_decode_metadata(&set->metadata, &set->metadata_count, arena, calls,
                                             first + METADATA, SL_METADATA_DATA_SET_ENTRIES, &rc);
    return rc;
}

static void ask_details(struct sl_multicall *calls, const struct sl_contracts *contracts,
                        const struct sl_data_set *set)
{
    const struct sl_u256 id = set->id;
    sl_ask_id(calls, &contracts->verifier, "dataSetLive(uint256)", id);
    sl_ask_id(calls, &contracts->verifier, "getDataSetListener(uint256)", id);
    sl_ask_id(calls, &contracts->verifier, "getDataSetLeafCount(uint256)", id);
    sl_ask_id(calls, &contracts->view, "getAllDataSetMetadata(uint256)", id);
    sl_ask_id(calls, &contracts->payments, "getRail(uint256)", set->pdp_rail);
    if (contracts->is_compact)
        sl_ask_id(calls, &contracts->view, "getDataSetAuthorizer(uint256)", id);
}

/* Warn about data sets that would be usable but for their authorizer. */
static void warn_of_authorizers(struct sl_chain_view *view)
{
    char id[SL_U256_DEC_CHARS], authorizer[SL_ADDRESS_CHARS];
    char text[SL_WARNING_BYTES];
    const struct sl_data_set *first = NULL;
    size_t count = 0;
    for (size_t i = 0; i < view->data_set_count; i++) {
        const struct sl_data_set *set = &view->data_sets[i];
        if (!sl_data_set_has_authorizer(set) || !set->live || !sl_u256_is_zero(set->end_epoch))
            continue;
        first = first != NULL ? first : set;
        count++;
    }
    if (count == 0)
        return;
    sl_u256_dec(id, first->id);
    sl_address_text(authorizer, &first->authorizer);
    if (count > 1)
        snprintf(text, sizeof text,
                 "%zu data sets take no pieces: a contract controls each of them (data set %s: %s)",
                 count, id, authorizer);
    else
        snprintf(text, sizeof text, "data set %s takes no pieces: the contract %s controls it", id,
                 authorizer);
    sl_chain_view_warn(view, text);
}

int sl_read_set_details(struct sl_view_memory *memory, struct sl_chain *chain, struct sl_err *err)
{
    struct sl_chain_view *view = &memory->view;
    const struct sl_contracts *contracts;
    struct sl_multicall calls = {0};
    sort(view);
    int rc = sl_chain_contracts(chain, &contracts, err);
    for (size_t i = 0; rc == SL_OK && i < view->data_set_count; i++)
        ask_details(&calls, contracts, &view->data_sets[i]);
    const size_t each = view->data_set_count > 0 ? calls.count / view->data_set_count : 0;
    calls.group = SETS_AT_ONCE * each;
    if (rc == SL_OK)
        rc = sl_ask_run(&calls, chain, err);
    for (size_t i = 0; rc == SL_OK && i < view->data_set_count; i++) {
        rc = decode_details(&view->data_sets[i], &memory->arena, &calls, i * each,
                            each > AUTHORIZER, &contracts->fwss);
        if (rc < 0)
            rc = sl_err_set(err, rc, "no memory for the data sets");
    }
    sl_multicall_free(&calls);
    if (rc == SL_OK)
        warn_of_authorizers(view);
    return rc;
}

static int read_by_ids(struct sl_view_memory *memory, struct sl_chain *chain,
                       const struct sl_u256 *ids, size_t count, struct sl_err *err)
{
    const struct sl_contracts *contracts;
    struct sl_multicall calls = {0};
    if (count > SL_DATA_SETS_MAX)
        return sl_err_set(err, SL_EINVAL, "more than %d data sets", SL_DATA_SETS_MAX);
    int rc = sl_chain_contracts(chain, &contracts, err);
    for (size_t i = 0; rc == SL_OK && i < count; i++)
        sl_ask_id(&calls, &contracts->view, "getDataSet(uint256)", ids[i]);
    if (rc == SL_OK)
        rc = sl_ask_run(&calls, chain, err);
    for (size_t i = 0; rc == SL_OK && i < count; i++) {
        struct sl_abi_reader r;
        rc = sl_decode_begin(&r, &calls, i, "(" SL_ABI_DATA_SET ")", "data set", err);
        if (rc == SL_OK)
            rc = sl_decode_data_set(memory, &r, err);
        if (rc == SL_OK)
            rc = sl_decode_end(&r, "data set", err);
    }
    sl_multicall_free(&calls);
    return rc < 0 ? rc : sl_read_set_details(memory, chain, err);
}

int sl_chain_read_data_sets(struct sl_chain_view **out, struct sl_chain *chain,
                            const struct sl_u256 *ids, size_t count, struct sl_err *err)
{
    *out = NULL;
    struct sl_view_memory *memory = sl_chain_view_new(err);
    if (memory == NULL)
        return SL_ENOMEM;
    const int rc = read_by_ids(memory, chain, ids, count, err);
    if (rc < 0)
        sl_chain_view_free(&memory->view);
    else
        *out = &memory->view;
    return rc;
}
