/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/chain.h"

#include <stdlib.h>
#include <string.h>

#include "chain/ask.h"
#include "chain/chain_internal.h"

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

/* Not sl_ask_run(): that one follows the view, which is only being looked for here. */
static int run(struct sl_multicall *calls, struct sl_chain *chain, struct sl_err *err)
{
    const int rc = sl_multicall_run(calls, chain->rpc, &chain->network.multicall3, err);
    if (rc < 0)
        sl_err_ctx(err, "reading the chain");
    return rc;
}

static int ask_contracts(struct sl_multicall *calls, struct sl_chain *chain, struct sl_err *err)
{
    for (size_t i = 0; i < PLACES; i++)
        sl_multicall_add_plain(calls, &chain->network.fwss, places[i]);
    sl_multicall_add_plain(calls, &chain->network.fwss, "VERSION()");
    return run(calls, chain, err);
}

/* A version is for people only: one that cannot be read is no obstacle. */
static void decode_version(char out[static SL_VERSION_BYTES], const struct sl_multicall *calls,
                           size_t index)
{
    if (sl_decode_text(out, SL_VERSION_BYTES, calls, index, "VERSION()", NULL) < 0)
        out[0] = '\0';
}

/* Answers that no storage service gives mean that the configured address is not one's. */
static int decode_contracts(struct sl_contracts *out, const struct sl_multicall *calls,
                            const struct sl_network *network, struct sl_err *err)
{
    struct sl_address *const wanted[PLACES] = {&out->view,  &out->verifier, &out->payments,
                                               &out->token, &out->registry, &out->session_keys};
    char address[SL_ADDRESS_CHARS];
    int rc = SL_OK;
    for (size_t i = 0; rc == SL_OK && i < PLACES; i++) {
        rc = sl_decode_address(wanted[i], calls, i, places[i], err);
        if (rc == SL_OK && sl_address_is_zero(wanted[i]))
            rc = sl_err_set(err, SL_EPROTO, "%s is the zero address", places[i]);
    }
    decode_version(out->fwss_version, calls, PLACES);
    if (rc == SL_OK)
        return SL_OK;
    sl_address_text(address, &network->fwss);
    sl_err_ctx(err, "no storage service that we can talk to at %s on %s", address, network->name);
    if (err != NULL)
        err->code = SL_ECONFIG;
    return SL_ECONFIG;
}

/* ---- what they can do ---- */

/* What is asked of the contracts to see whether they know the answer. */
struct probe {
    size_t prices;
    size_t authorizer;
    size_t limit;
    size_t verifier_version;
};

static struct probe ask_abilities(struct sl_multicall *calls, const struct sl_contracts *contracts)
{
    return (struct probe){
        .prices = sl_multicall_add_plain(calls, &contracts->view, "getPriceList()"),
        .authorizer =
            sl_ask_id(calls, &contracts->view, "getDataSetAuthorizer(uint256)", sl_u256(1)),
        .limit = sl_multicall_add_plain(calls, &contracts->verifier, "legacyPieceStorageIdLimit()"),
        .verifier_version = sl_multicall_add_plain(calls, &contracts->verifier, "VERSION()"),
    };
}

/* A refusal, whatever it says, and an answer too short mean that there is no such function. */
static bool is_known(const struct sl_multicall *calls, size_t index, size_t least_bytes)
{
    const uint8_t *data;
    size_t len;
    return sl_multicall_result(calls, index, &data, &len) && len >= least_bytes;
}

static int decode_abilities(struct sl_contracts *out, const struct sl_multicall *calls,
                            const struct probe *probe, struct sl_err *err)
{
    enum { PRICE_WORDS = 16 };
    struct sl_abi_reader r;
    int rc = sl_decode_begin(&r, calls, probe->prices, "()", "its price list", err);
    if (rc == SL_OK && !is_known(calls, probe->prices, (size_t)PRICE_WORDS * SL_ABI_WORD))
        rc = sl_err_set(err, SL_EPROTO, "its price list: too short");
    if (rc < 0) {
        sl_err_ctx(err, "the storage service is of a kind that we do not know (before 1.3?)");
        return rc;
    }
    out->is_compact = is_known(calls, probe->authorizer, SL_ABI_WORD);
    sl_multicall_read(&r, calls, probe->limit, "(uint64)");
    const uint64_t limit = sl_abi_get_u64(&r);
    out->legacy_limit = sl_abi_done(&r, NULL) == SL_OK ? sl_legacy_limit(limit) : SL_ALL_LEGACY;
    decode_version(out->verifier_version, calls, probe->verifier_version);
    return SL_OK;
}

static int read_contracts(struct sl_contracts *out, struct sl_chain *chain, struct sl_err *err)
{
    struct sl_multicall calls = {0};
    int rc = ask_contracts(&calls, chain, err);
    if (rc == SL_OK)
        rc = decode_contracts(out, &calls, &chain->network, err);
    sl_multicall_clear(&calls);
    const struct probe probe = ask_abilities(&calls, out);
    if (rc == SL_OK)
        rc = run(&calls, chain, err);
    if (rc == SL_OK)
        rc = decode_abilities(out, &calls, &probe, err);
    sl_multicall_free(&calls);
    return rc;
}

int sl_chain_contracts(struct sl_chain *chain, const struct sl_contracts **out, struct sl_err *err)
{
    *out = &chain->contracts;
    if (chain->contracts_known)
        return SL_OK;
    struct sl_contracts contracts = {.fwss = chain->network.fwss,
                                     .endorsements = chain->network.endorsements,
                                     .multicall3 = chain->network.multicall3};
    const int rc = read_contracts(&contracts, chain, err);
    if (rc == SL_OK)
        chain->contracts = contracts;
    chain->contracts_known = rc == SL_OK;
    return rc;
}
