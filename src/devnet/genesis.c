/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The first state of the chain: the providers, a throwaway key, and coins. */
#include "genesis.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sluice/abi.h"
#include "sluice/hex.h"
#include "sluice/secret.h"

#include "chain/ledger_chain.h"
#include "chain/ledger_mempool.h"
#include "network.h"

#define CLIENT_FIL     "1000"
#define CLIENT_WALLET  "1000" /* USDFC */
#define CLIENT_DEPOSIT "1000" /* USDFC in the payments contract, beside the wallet */
#define PROVIDER_FIL   "1000000"
#define LOCKUP_PERIOD  86400
#define TOKEN_DECIMALS 18
#define PROVING_MS     INT64_C(3600000) /* a removal is seen within the hour, at any epoch length */

enum { KEY_FILE_BYTES = 128 };

static struct sl_u256 coins(const char *amount)
{
    struct sl_u256 value = sl_u256(0);
    (void)!sl_u256_parse_amount(&value, amount, strlen(amount), TOKEN_DECIMALS, NULL);
    return value;
}

/* ---- the throwaway key: DIR/key, 64 hex digits ---- */

static int make_key(const char *path, struct sl_err *err)
{
    uint8_t bytes[SL_KEY_BYTES];
    char line[2 * SL_KEY_BYTES + 2];
    sl_random(bytes, sizeof bytes);
    sl_hex_encode(line, bytes, sizeof bytes);
    line[sizeof line - 2] = '\n';
    line[sizeof line - 1] = '\0';
    const int rc = sl_file_write_atomic(path, line, sizeof line - 1, 0600, err);
    sl_wipe(bytes, sizeof bytes);
    sl_wipe(line, sizeof line);
    return rc;
}

static int load_key(struct sl_devnet *net, struct sl_err *err)
{
    char path[SL_PATH_BYTES];
    char *text = NULL;
    size_t len = 0;
    int rc = sl_path_join(path, sizeof path, net->dir, "key", err);
    if (rc == SL_OK && access(path, F_OK) != 0)
        rc = make_key(path, err);
    if (rc == SL_OK)
        rc = sl_file_read(&text, &len, path, KEY_FILE_BYTES, err);
    if (rc < 0 || text == NULL)
        return rc;
    rc = sl_key_from_hex(&net->client, text, strcspn(text, "\n"), err);
    if (rc < 0)
        sl_err_ctx(err, "%s", path);
    sl_wipe(text, len);
    free(text);
    return rc;
}

/* ---- money ---- */

/* Whether the chain has never seen the account. */
static int is_new(struct sl_devnet *net, const struct sl_address *owner, struct sl_err *err)
{
    struct sl_u256 fil, usdfc;
    uint64_t nonce = 0;
    int rc = sl_ledger_balance(net->ledger, &fil, &usdfc, owner, err);
    if (rc >= 0)
        rc = sl_ledger_nonce(net->ledger, &nonce, owner, true, err);
    return rc < 0 ? rc : sl_u256_is_zero(fil) && sl_u256_is_zero(usdfc) && nonce == 0;
}

/* Sends a call that `w` holds from `from`; ends and frees the writer. */
static int send_call(struct sl_devnet *net, const struct sl_address *from,
                     const struct sl_address *to, struct sl_abi_writer *w, struct sl_err *err)
{
    uint8_t hash[SL_LEDGER_HASH_BYTES];
    int rc = sl_abi_end(w, err);
    const struct sl_ledger_message message = {
        .from = *from, .to = *to, .data = (const uint8_t *)w->buf.data, .data_len = w->buf.len};
    if (rc == SL_OK)
        rc = sl_ledger_send(net->ledger, hash, &message, err);
    sl_abi_free(w);
    return rc;
}

/* Call `step` of what its client would send for a deposit and the approval of the storage service.
 * Returns whom it is for. */
enum { CLIENT_CALLS = 3 };
static const struct sl_address *append_client_call(struct sl_abi_writer *w,
                                                   const struct sl_ledger_contracts *at,
                                                   const struct sl_address *client, uint64_t step)
{
    switch (step) {
    case 0:
        sl_abi_call(w, "approve(address,uint256)");
        sl_abi_put_address(w, &at->pay);
        sl_abi_put_u256(w, coins(CLIENT_DEPOSIT));
        return &at->usdfc;
    case 1:
        sl_abi_call(w, "deposit(address,address,uint256)");
        sl_abi_put_address(w, &at->usdfc);
        sl_abi_put_address(w, client);
        sl_abi_put_u256(w, coins(CLIENT_DEPOSIT));
        return &at->pay;
    default:
        break;
    }
    sl_abi_call(w, "setOperatorApproval(address,address,bool,uint256,uint256,uint256)");
    sl_abi_put_address(w, &at->usdfc);
    sl_abi_put_address(w, &at->fwss);
    sl_abi_put_bool(w, true);
    sl_abi_put_u256(w, sl_u256_max());
    sl_abi_put_u256(w, sl_u256_max());
    sl_abi_put_u64(w, LOCKUP_PERIOD);
    return &at->pay;
}

/* The account's nonce tells what was sent already: a first run may have been cut short. */
static int deposit_and_approve(struct sl_devnet *net, const struct sl_address *client,
                               struct sl_err *err)
{
    const struct sl_ledger_contracts *at = sl_ledger_contracts(net->ledger);
    uint64_t sent = 0;
    int rc = sl_ledger_nonce(net->ledger, &sent, client, true, err);
    if (rc < 0 || sent >= CLIENT_CALLS)
        return rc;
    for (uint64_t step = sent; step < CLIENT_CALLS && rc == SL_OK; step++) {
        struct sl_abi_writer w = {0};
        const struct sl_address *to = append_client_call(&w, at, client, step);
        rc = send_call(net, client, to, &w, err);
    }
    if (rc == SL_EMONEY) /* the user gave the key other amounts: keep them */
        return SL_OK;
    return rc == SL_OK ? sl_ledger_tick(net->ledger, err) : rc;
}

static int fund_client(struct sl_devnet *net, struct sl_err *err)
{
    const struct sl_address *client = sl_key_address(net->client);
    const int fresh = is_new(net, client, err);
    struct sl_u256 usdfc = coins(CLIENT_WALLET);
    if (!sl_u256_add(&usdfc, usdfc, coins(CLIENT_DEPOSIT)))
        return sl_err_set(err, SL_EOVERFLOW, "the sum of all coins is too large");
    int rc = fresh < 0 ? fresh : SL_OK;
    if (fresh > 0)
        rc = sl_ledger_fund(net->ledger, client, coins(CLIENT_FIL), usdfc, err);
    return rc < 0 ? rc : deposit_and_approve(net, client, err);
}

static int fund_all(struct sl_devnet *net, const struct sl_devnet_chain *chain, struct sl_err *err)
{
    int rc = SL_OK;
    for (size_t i = 0; i < net->provider_count && rc >= 0; i++) {
        rc = is_new(net, &net->providers[i].address, err);
        if (rc > 0)
            rc = sl_ledger_fund(net->ledger, &net->providers[i].address, coins(PROVIDER_FIL),
                                sl_u256(0), err);
    }
    for (size_t i = 0; i < chain->fund_count && rc >= 0; i++) {
        rc = is_new(net, &chain->funds[i].owner, err);
        if (rc > 0)
            rc = sl_ledger_fund(net->ledger, &chain->funds[i].owner, chain->funds[i].fil,
                                chain->funds[i].usdfc, err);
    }
    if (rc >= 0 && !chain->unfunded)
        rc = fund_client(net, err);
    return rc < 0 ? rc : SL_OK;
}

/* ---- the providers in the registry ---- */

/* The last of three and more is in the registry and nothing else, and is paid elsewhere. */
static bool is_approved(const struct sl_devnet *net, size_t index)
{
    return net->provider_count < 3 || index + 1 < net->provider_count;
}

static struct sl_address payee_of(const struct sl_devnet *net, size_t index)
{
    struct sl_address payee = net->providers[index].address;
    if (!is_approved(net, index))
        payee.bytes[SL_ADDRESS_BYTES - 1] ^= 1;
    return payee;
}

static int open_ledger(struct sl_devnet *net, const struct sl_devnet_chain *chain,
                       struct sl_err *err)
{
    struct sl_ledger_provider list[SL_DEVNET_PROVIDERS_MAX];
    char names[SL_DEVNET_PROVIDERS_MAX][32];
    for (size_t i = 0; i < net->provider_count; i++) {
        struct sl_devnet_provider *provider = &net->providers[i];
        snprintf(names[i], sizeof names[i], "local provider %zu", i + 1);
        provider->approved = is_approved(net, i);
        provider->endorsed = i == 0;
        list[i] = (struct sl_ledger_provider){
            .service_provider = provider->address,
            .payee = payee_of(net, i),
            .name = names[i],
            .description = "a storage provider of sluice's local network",
            .service_url = provider->server.url,
            .approved = provider->approved,
            .endorsed = provider->endorsed,
        };
    }
    const int64_t period = PROVING_MS / net->epoch_ms;
    const struct sl_ledger_options options = {
        .dir = net->dir,
        .chain_id = chain->chain_id,
        .epoch_ms = net->epoch_ms,
        .proving_period_epochs = period > 0 ? (uint64_t)period : 1,
        .providers = list,
        .provider_count = net->provider_count,
        .profile = chain->profile,
        .clock = net->clock,
    };
    const int rc = sl_ledger_open(&net->ledger, &options, err);
    return rc == SL_OK && chain->migrate ? sl_ledger_migrate(net->ledger, err) : rc;
}

int sl_devnet_genesis(struct sl_devnet *net, const struct sl_devnet_chain *chain,
                      struct sl_err *err)
{
    int rc = load_key(net, err);
    if (rc == SL_OK)
        rc = open_ledger(net, chain, err);
    return rc >= 0 ? fund_all(net, chain, err) : rc;
}
