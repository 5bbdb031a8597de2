/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/chain.h"

#include <stdlib.h>
#include <string.h>

#include "chain_ask.h"

int sl_chain_new(struct sl_chain **out, const struct sl_network *network,
                 const struct sl_rpc_options *options, struct sl_err *err)
{
    const char *urls[SL_NETWORK_URLS];
    struct sl_rpc_options rpc = options != NULL ? *options : (struct sl_rpc_options){0};
    *out = NULL;
    struct sl_chain *chain = calloc(1, sizeof *chain);
    if (chain == NULL)
        return sl_err_set(err, SL_ENOMEM, "no memory for the chain");
    chain->network = *network;
    for (size_t i = 0; i < network->url_count; i++)
        urls[i] = chain->network.urls[i];
    rpc.urls = urls;
    rpc.url_count = network->url_count;
    rpc.chain_id = network->chain_id;
    const int rc = sl_rpc_new(&chain->rpc, &rpc, err);
    if (rc < 0) {
        free(chain);
        return rc;
    }
    *out = chain;
    return SL_OK;
}

void sl_chain_free(struct sl_chain *chain)
{
    if (chain == NULL)
        return;
    sl_rpc_free(chain->rpc);
    free(chain);
}

void sl_chain_cancel(struct sl_chain *chain)
{
    sl_rpc_cancel(chain->rpc);
}

struct sl_rpc *sl_chain_rpc(struct sl_chain *chain)
{
    return chain->rpc;
}

const struct sl_network *sl_chain_network(const struct sl_chain *chain)
{
    return &chain->network;
}

/* ---- where the contracts are ---- */

static const char *const places[] = {
    "viewContractAddress()", "pdpVerifierAddress()",      "paymentsContractAddress()",
    "usdfcTokenAddress()",   "serviceProviderRegistry()", "sessionKeyRegistry()",
};
enum { PLACES = sizeof places / sizeof places[0] };

static int ask_contracts(struct sl_multicall *calls, struct sl_chain *chain, struct sl_err *err)
{
    for (size_t i = 0; i < PLACES; i++)
        sl_multicall_add_plain(calls, &chain->network.fwss, places[i]);
    sl_multicall_add_plain(calls, &chain->network.fwss, "VERSION()");
    return sl_ask_run(calls, chain, err);
}

/* Answers that no storage service gives mean that the configured address is not one's. */
static int told_contracts(struct sl_contracts *out, const struct sl_multicall *calls,
                          const struct sl_network *network, struct sl_err *err)
{
    struct sl_address *const wanted[PLACES] = {&out->view,  &out->verifier, &out->payments,
                                               &out->token, &out->registry, &out->session_keys};
    char address[SL_ADDRESS_CHARS];
    int rc = SL_OK;
    for (size_t i = 0; rc == SL_OK && i < PLACES; i++) {
        rc = sl_told_address(wanted[i], calls, i, places[i], err);
        if (rc == SL_OK && sl_address_is_zero(wanted[i]))
            rc = sl_err_set(err, SL_EPROTO, "%s is the zero address", places[i]);
    }
    if (rc == SL_OK)
        rc = sl_told_text(out->fwss_version, sizeof out->fwss_version, calls, PLACES, "VERSION()",
                          err);
    if (rc == SL_OK)
        return SL_OK;
    sl_address_text(address, &network->fwss);
    sl_err_ctx(err, "no storage service that we can talk to at %s on %s", address, network->name);
    if (err != NULL)
        err->code = SL_ECONFIG;
    return SL_ECONFIG;
}

int sl_chain_contracts(struct sl_chain *chain, const struct sl_contracts **out, struct sl_err *err)
{
    struct sl_multicall calls = {0};
    *out = &chain->contracts;
    if (chain->contracts_known)
        return SL_OK;
    chain->contracts = (struct sl_contracts){.fwss = chain->network.fwss,
                                             .endorsements = chain->network.endorsements,
                                             .multicall3 = chain->network.multicall3};
    int rc = ask_contracts(&calls, chain, err);
    if (rc == SL_OK)
        rc = told_contracts(&chain->contracts, &calls, &chain->network, err);
    sl_multicall_free(&calls);
    chain->contracts_known = rc == SL_OK;
    return rc;
}

/* ---- views ---- */

struct sl_view_memory *sl_view_new(struct sl_err *err)
{
    struct sl_view_memory *memory = calloc(1, sizeof *memory);
    if (memory == NULL)
        sl_err_set(err, SL_ENOMEM, "no memory for what the chain says");
    return memory;
}

void sl_chain_view_free(struct sl_chain_view *view)
{
    struct sl_view_memory *memory = (struct sl_view_memory *)view;
    if (memory == NULL)
        return;
    free(view->providers);
    free(view->data_sets);
    sl_pool_free(&memory->pool);
    free(memory);
}

void sl_view_warn(struct sl_chain_view *view, const char *text)
{
    const size_t used = strlen(view->warning);
    const size_t len = strlen(text);
    const size_t gap = used > 0 ? 2 : 0;
    if (used + gap + len >= sizeof view->warning)
        return;
    memcpy(view->warning + used, "; ", gap);
    memcpy(view->warning + used + gap, text, len + 1);
}

bool sl_chain_session_allows(const struct sl_chain_view *view, uint64_t unix_s)
{
    return sl_u256_cmp(view->session_expiry[SL_MESSAGE_CREATE], sl_u256(unix_s)) >= 0 &&
           sl_u256_cmp(view->session_expiry[SL_MESSAGE_ADD], sl_u256(unix_s)) >= 0;
}
