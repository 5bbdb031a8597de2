/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * One read in rounds. The first round asks for all single values and the first pages of all lists;
 * later rounds ask only for missing pages. The details of the data sets come last.
 */
#include <stdlib.h>
#include <string.h>

#include "chain/ask.h"
#include "chain/data_sets.h"
#include "chain/money.h"
#include "chain/providers.h"
#include "chain/run.h"
#include "chain/view.h"

enum {
    PROVIDER_PAGE = 50, /* a small page, since capabilities are long */
    PROVIDER_PAGES = 2, /* pages in one round */
    ID_PAGE = 100,      /* the request asks for one more, which shows whether more exist */
    ROUNDS_MAX = 64
};

/* A list that is paged through. */
struct pages {
    size_t index; /* of the call in this round */
    size_t next;  /* offset of the next page */
    bool more;
};

struct id_list {
    struct sl_u256 *ids;
    size_t count;
    size_t room;
};

struct reading {
    struct sl_chain *chain;
    const struct sl_contracts *contracts;
    const struct sl_chain_wish *wish;
    struct sl_view_memory *memory;
    struct sl_multicall calls;
    struct sl_money_asked money;
    struct pages providers;
    struct pages approved;
    struct pages sets;
    struct id_list approved_ids;
    struct id_list endorsed_ids;
    size_t epoch;
    size_t time;
    size_t endorsed;
};

static bool wants(const struct reading *reading, unsigned what)
{
    return (reading->wish->what & what) != 0;
}

static bool add_id(struct id_list *list, struct sl_u256 id)
{
    if (list->count == list->room) {
        const size_t room = list->room == 0 ? 128 : list->room * 2;
        struct sl_u256 *ids = realloc(list->ids, room * sizeof *ids);
        if (ids == NULL)
            return false;
        list->ids = ids;
        list->room = room;
    }
    list->ids[list->count++] = id;
    return true;
}

static bool has_id(const struct id_list *list, struct sl_u256 id)
{
    for (size_t i = 0; i < list->count; i++) {
        if (sl_u256_cmp(list->ids[i], id) == 0)
            return true;
    }
    return false;
}

/* ---- asking ---- */

static void ask_basics(struct reading *reading)
{
    const struct sl_contracts *contracts = reading->contracts;
    struct sl_multicall *calls = &reading->calls;
    reading->epoch = sl_multicall_add_plain(calls, &contracts->multicall3, "getBlockNumber()");
    reading->time =
        sl_multicall_add_plain(calls, &contracts->multicall3, "getCurrentBlockTimestamp()");
    if (wants(reading, SL_READ_PROVIDERS) && sl_network_endorses(&reading->chain->network))
        reading->endorsed =
            sl_multicall_add_plain(calls, &contracts->endorsements, "getProviderIds()");
    if (wants(reading, SL_READ_MONEY))
        sl_ask_money(&reading->money, calls, contracts, reading->wish->payer);
    if (wants(reading, SL_READ_SESSION))
        sl_ask_session(&reading->money, calls, contracts, reading->wish->payer,
                       reading->wish->session_key);
}

static void ask_providers(struct reading *reading)
{
    reading->providers.index = reading->calls.count;
    for (size_t i = 0; i < PROVIDER_PAGES; i++) {
        struct sl_abi_writer w = {0};
        sl_abi_call(&w, "getProvidersByProductType(uint8,bool,uint256,uint256)");
        sl_abi_put_u64(&w, 0);
        sl_abi_put_bool(&w, true);
        sl_abi_put_u64(&w, reading->providers.next + i * PROVIDER_PAGE);
        sl_abi_put_u64(&w, PROVIDER_PAGE);
        sl_multicall_add(&reading->calls, &reading->contracts->registry, &w);
    }
}

static void ask_sets(struct reading *reading)
{
    struct sl_abi_writer w = {0};
    sl_abi_call(&w, "getClientDataSets(address,uint256,uint256)");
    sl_abi_put_address(&w, reading->wish->payer);
    sl_abi_put_u64(&w, reading->sets.next);
    sl_abi_put_u64(&w, ID_PAGE + 1);
    reading->sets.index = sl_multicall_add(&reading->calls, &reading->contracts->view, &w);
}

static void ask_pages(struct reading *reading)
{
    if (reading->providers.more)
        ask_providers(reading);
    if (reading->approved.more)
        reading->approved.index = sl_ask_two(&reading->calls, &reading->contracts->view,
                                             "getApprovedProviders(uint256,uint256)",
                                             sl_u256(reading->approved.next), sl_u256(ID_PAGE + 1));
    if (reading->sets.more)
        ask_sets(reading);
}

/* ---- decoding ---- */

static int no_memory(struct sl_err *err)
{
    return sl_err_set(err, SL_ENOMEM, "no memory for the answers of the chain");
}

/* Decode a list of ids, at most `most`; *count is the length of the list. */
static int decode_ids(struct id_list *out, size_t *count, size_t most,
                      const struct sl_multicall *calls, size_t index, const char *what,
                      struct sl_err *err)
{
    struct sl_abi_reader r;
    int rc = sl_decode_begin(&r, calls, index, "(uint256[])", what, err);
    if (rc < 0)
        return rc;
    *count = sl_abi_enter_list(&r);
    for (size_t i = 0; i < *count && i < most; i++) {
        if (!add_id(out, sl_abi_get_u256(&r)))
            return no_memory(err);
    }
    sl_abi_leave(&r);
    return sl_decode_end(&r, what, err);
}

static int decode_basics(struct reading *reading, struct sl_err *err)
{
    struct sl_chain_view *view = &reading->memory->view;
    const struct sl_multicall *calls = &reading->calls;
    size_t count;
    int rc = sl_decode_u64(&view->epoch, calls, reading->epoch, "the epoch", err);
    if (rc == SL_OK)
        rc = sl_decode_u64(&view->unix_s, calls, reading->time, "the time", err);
    if (rc < 0)
        return rc;
    if (wants(reading, SL_READ_PROVIDERS) && sl_network_endorses(&reading->chain->network))
        rc = decode_ids(&reading->endorsed_ids, &count, SL_PROVIDERS_MAX, calls, reading->endorsed,
                        "the endorsed providers", err);
    if (rc == SL_OK && wants(reading, SL_READ_MONEY))
        rc = sl_decode_money(view, &reading->money, calls, reading->chain, err);
    if (rc == SL_OK && wants(reading, SL_READ_SESSION))
        rc = sl_decode_session(view, &reading->money, calls, err);
    return rc;
}

/* Decode one page of providers; *more: the registry has further pages. */
static int decode_page(struct reading *reading, size_t index, bool *more, struct sl_err *err)
{
    static const char what[] = "the providers";
    struct sl_abi_reader r;
    struct sl_u256 id;
    int rc =
        sl_decode_begin(&r, &reading->calls, index, "((" SL_ABI_PROVIDER "[],bool))", what, err);
    if (rc < 0)
        return rc;
    sl_abi_enter(&r);
    const size_t count = sl_abi_enter_list(&r);
    for (size_t i = 0; rc == SL_OK && i < count && i < PROVIDER_PAGE && r.wrong == NULL; i++)
        rc = sl_decode_provider(reading->memory, &r, &id, err);
    if (rc < 0)
        return rc;
    if (count <= PROVIDER_PAGE)
        sl_abi_leave(&r);
    *more = count <= PROVIDER_PAGE && sl_abi_get_bool(&r) && count > 0;
    if (count > PROVIDER_PAGE)
        return sl_err_set(err, SL_EPROTO, "%s: the node sent more than requested", what);
    return sl_decode_end(&r, what, err);
}

static int decode_providers(struct reading *reading, struct sl_err *err)
{
    struct pages *pages = &reading->providers;
    int rc = SL_OK;
    bool more = pages->more;
    for (size_t i = 0; rc == SL_OK && more && i < PROVIDER_PAGES; i++) {
        rc = decode_page(reading, pages->index + i, &more, err);
        pages->next += PROVIDER_PAGE;
    }
    pages->more = more && pages->next < SL_PROVIDERS_MAX;
    if (more && !pages->more)
        sl_chain_view_warn(&reading->memory->view,
                           "the registry has too many providers: some are left out");
    return rc;
}

static int decode_approved(struct reading *reading, struct sl_err *err)
{
    struct pages *pages = &reading->approved;
    size_t count = 0;
    const int rc = decode_ids(&reading->approved_ids, &count, ID_PAGE, &reading->calls,
                              pages->index, "the approved providers", err);
    pages->next += ID_PAGE;
    pages->more = count > ID_PAGE && pages->next < SL_PROVIDERS_MAX;
    return rc;
}

static int decode_sets(struct reading *reading, struct sl_err *err)
{
    static const char what[] = "the account's data sets";
    struct pages *pages = &reading->sets;
    struct sl_abi_reader r;
    int rc =
        sl_decode_begin(&r, &reading->calls, pages->index, "(" SL_ABI_DATA_SET "[])", what, err);
    if (rc < 0)
        return rc;
    const size_t count = sl_abi_enter_list(&r);
    for (size_t i = 0; rc == SL_OK && i < count && i < ID_PAGE; i++)
        rc = sl_decode_data_set(reading->memory, &r, err);
    sl_abi_leave(&r);
    pages->next += ID_PAGE;
    pages->more = count > ID_PAGE && pages->next < SL_DATA_SETS_MAX;
    if (count > ID_PAGE && !pages->more)
        sl_chain_view_warn(&reading->memory->view,
                           "the account has too many data sets: some are left out");
    return rc < 0 ? rc : sl_decode_end(&r, what, err);
}

static int decode_pages(struct reading *reading, struct sl_err *err)
{
    int rc = SL_OK;
    if (reading->providers.more)
        rc = decode_providers(reading, err);
    if (rc == SL_OK && reading->approved.more)
        rc = decode_approved(reading, err);
    if (rc == SL_OK && reading->sets.more)
        rc = decode_sets(reading, err);
    return rc;
}

/* ---- the rounds ---- */

static int read_round(struct reading *reading, bool first, struct sl_err *err)
{
    sl_multicall_clear(&reading->calls);
    if (first)
        ask_basics(reading);
    ask_pages(reading);
    int rc = sl_ask_run(&reading->calls, reading->chain, err);
    if (rc == SL_OK && first)
        rc = decode_basics(reading, err);
    return rc < 0 ? rc : decode_pages(reading, err);
}

static bool is_unfinished(const struct reading *reading)
{
    return reading->providers.more || reading->approved.more || reading->sets.more;
}

static void mark_providers(struct reading *reading)
{
    struct sl_chain_view *view = &reading->memory->view;
    const bool endorses = sl_network_endorses(&reading->chain->network);
    for (size_t i = 0; i < view->provider_count; i++) {
        struct sl_provider *provider = &view->providers[i];
        provider->approved = provider->active && has_id(&reading->approved_ids, provider->id);
        provider->endorsed = !endorses || has_id(&reading->endorsed_ids, provider->id);
    }
}

static int read_all(struct reading *reading, struct sl_err *err)
{
    int rc = sl_chain_contracts(reading->chain, &reading->contracts, err);
    reading->providers.more = reading->approved.more = wants(reading, SL_READ_PROVIDERS);
    reading->sets.more = wants(reading, SL_READ_DATA_SETS);
    for (int round = 0; rc == SL_OK && (round == 0 || is_unfinished(reading)); round++) {
        rc = round < ROUNDS_MAX ? read_round(reading, round == 0, err)
                                : sl_err_set(err, SL_EPROTO, "the node's lists do not end");
    }
    mark_providers(reading);
    reading->memory->view.legacy_limit = rc == SL_OK ? reading->contracts->legacy_limit : 0;
    if (rc == SL_OK && wants(reading, SL_READ_DATA_SETS))
        rc = sl_read_set_details(reading->memory, reading->chain, err);
    return rc;
}

int sl_chain_read(struct sl_chain_view **out, struct sl_chain *chain,
                  const struct sl_chain_wish *wish, struct sl_err *err)
{
    const unsigned of_account = SL_READ_DATA_SETS | SL_READ_MONEY | SL_READ_SESSION;
    struct reading reading = {.chain = chain, .wish = wish};
    *out = NULL;
    if (((wish->what & of_account) != 0 && wish->payer == NULL) ||
        ((wish->what & SL_READ_SESSION) != 0 && wish->session_key == NULL))
        return sl_err_set(err, SL_EINVAL, "reading an account needs its address");
    reading.memory = sl_chain_view_new(err);
    if (reading.memory == NULL)
        return SL_ENOMEM;
    const int rc = read_all(&reading, err);
    sl_multicall_free(&reading.calls);
    free(reading.approved_ids.ids);
    free(reading.endorsed_ids.ids);
    if (rc < 0)
        sl_chain_view_free(&reading.memory->view);
    else
        *out = &reading.memory->view;
    return rc;
}
