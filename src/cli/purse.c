/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "purse.h"

#include <string.h>

#include "keys.h"
#include "say.h"

static const char *or_else(const char *first, const char *second)
{
    return first[0] != '\0' ? first : second;
}

/* What a network that is not built in lacks. */
static int describe(struct sl_network *out, const struct sl_network_texts *texts,
                    struct sl_err *err)
{
    const int rc = sl_network_define(out, texts, err);
    if (rc < 0)
        sl_err_ctx(
            err,
            "'%.32s' is not built in, and rpc_url, network_chain_id and fwss do not describe it",
            texts->name);
    return rc;
}

int sl_purse_network(struct sl_network *out, const struct sl_config *config, struct sl_err *err)
{
    const bool local = strcmp(config->network, "local") == 0;
    const char *name = local ? or_else(sl_keys_network(), config->network) : config->network;
    char variable[SL_NETWORK_URL_BYTES * 2] = "";
    const int rc = sl_keys_rpc_url(variable, sizeof variable, err);
    const char *url = or_else(config->rpc_url, variable);
    const struct sl_network_texts texts = {.name = name,
                                           .rpc_url = url,
                                           .chain_id = config->network_chain_id,
                                           .fwss = config->fwss,
                                           .endorsements = config->endorsements};
    if (rc < 0)
        return rc;
    if (strcmp(name, "local") == 0)
        return sl_err_set(
            err, SL_ECONFIG,
            "the local network knows no money: name another with --network "
            "(calibration, mainnet, or one that rpc_url, network_chain_id and fwss describe)");
    if (sl_network_find(out, name, NULL) < 0)
        return describe(out, &texts, err);
    return url[0] != '\0' ? sl_network_use_rpc(out, url, err) : SL_OK;
}

static int find_key(struct sl_purse *purse, const struct sl_config *config, bool spends,
                    struct sl_err *err)
{
    const int rc = sl_keys_find(&purse->signer, config, SL_KEYS_ALL, err);
    if (rc == 0)
        return sl_err_set(err, SL_EKEY,
                          "no key is set: `sluice wallet new` makes one, `sluice wallet import` "
                          "takes yours");
    if (rc == 1 && spends && purse->signer.session)
        return sl_err_set(err, SL_EKEY,
                          "a session key signs for uploads only: moving money needs the payer's "
                          "own key");
    return rc < 0 ? rc : SL_OK;
}

int sl_purse_open(struct sl_purse *purse, const struct sl_config *config, bool spends,
                  struct sl_err *err)
{
    *purse = (struct sl_purse){0};
    const struct sl_rpc_options options = {
        .http = {.connect_timeout_ms = config->connect_timeout_ms,
                 .stall_ms = config->stall_ms,
                 .allow_http = config->allow_http,
                 .ca_file = config->ca_file[0] != '\0' ? config->ca_file : NULL}};
    int rc = sl_purse_network(&purse->network, config, err);
    if (rc == SL_OK)
        rc = find_key(purse, config, spends, err);
    if (rc == SL_OK)
        rc = sl_http_global_init(err);
    return rc < 0 ? rc : sl_chain_new(&purse->chain, &purse->network, &options, err);
}

void sl_purse_close(struct sl_purse *purse)
{
    sl_chain_view_free(purse->view);
    sl_chain_free(purse->chain);
    sl_signer_free(&purse->signer);
}

int sl_purse_read(struct sl_purse *purse, struct sl_err *err)
{
    const struct sl_chain_wish wish = {.what = SL_READ_MONEY, .payer = &purse->signer.payer};
    sl_chain_view_free(purse->view);
    purse->view = NULL;
    int rc = sl_chain_contracts(purse->chain, &purse->contracts, err);
    if (rc == SL_OK)
        rc = sl_chain_read(&purse->view, purse->chain, &wish, err);
    if (rc == SL_OK && purse->view->warning[0] != '\0')
        sl_say("warning: %s", purse->view->warning);
    return rc;
}

void sl_purse_exact(char out[static SL_U256_AMOUNT_CHARS], struct sl_u256 amount)
{
    sl_u256_amount(out, amount, SL_TOKEN_DECIMALS, SL_TOKEN_DECIMALS);
}
