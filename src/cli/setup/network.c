/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "setup/network.h"

#include <stdio.h>
#include <string.h>

#include "output/output.h"
#include "setup/keys.h"

/* One question to a node is short: what takes longer than this is tried again. */
enum { TRY_MS = 10000, PATIENCE_MS = 5000, BACKOFF_CAP_MS = 1000 };

/* ---- the name ---- */

static int copy_name(char name[static SL_NETWORK_NAME_BYTES], const char *from, struct sl_err *err)
{
    if (snprintf(name, SL_NETWORK_NAME_BYTES, "%s", from) < SL_NETWORK_NAME_BYTES)
        return SL_OK;
    return sl_err_set(err, SL_ECONFIG, "network: the name is too long: %.40s", from);
}

/* NETWORK is a common name: another program's setting must not spend real money. */
static int refuse_mainnet(struct sl_err *err)
{
    return sl_err_set(
        err, SL_ECONFIG,
        "NETWORK=mainnet in the environment does not select mainnet, where real money "
        "is spent: use --network mainnet, or put network = mainnet into config.ini");
}

/* A key alone selects the test network. Warn once if .env may have meant another. */
static void say_not_mainnet(void)
{
    static bool said;
    bool in_dotenv;
    if (!said && strcmp(sl_keys_network(&in_dotenv), "mainnet") == 0 && in_dotenv)
        sl_notice("NETWORK=mainnet in .env does not select mainnet: this run uses calibration; "
                  "--network mainnet, or network = mainnet in config.ini, means it");
    said = true;
}

int sl_cli_network_name(char name[static SL_NETWORK_NAME_BYTES], const struct sl_config *config,
                        struct sl_err *err)
{
    bool in_dotenv;
    if (strcmp(config->network, "auto") != 0)
        return copy_name(name, config->network, err);
    const char *variable = sl_keys_network(&in_dotenv);
    if (variable[0] != '\0' && !in_dotenv)
        return strcmp(variable, "mainnet") == 0 ? refuse_mainnet(err)
                                                : copy_name(name, variable, err);
    const int rc = sl_keys_named(config, err);
    if (rc == 1)
        say_not_mainnet();
    return rc < 0 ? rc : copy_name(name, rc == 1 ? "calibration" : "local", err);
}

/* ---- the description ---- */

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
            "'%.32s' is not built in (mainnet and calibration are), and rpc_url, network_chain_id and fwss do not describe it",
            texts->name);
    return rc;
}

int sl_cli_network(struct sl_network *out, const struct sl_config *config, struct sl_err *err)
{
    char name[SL_NETWORK_NAME_BYTES];
    char variable[SL_NETWORK_URL_BYTES * 2] = "";
    int rc = sl_cli_network_name(name, config, err);
    if (rc == SL_OK)
        rc = sl_keys_rpc_url(variable, sizeof variable, err);
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
            "the network `local` has no chain to ask: name another with --network "
            "(calibration, mainnet, or one that rpc_url, network_chain_id and fwss describe)");
    if (sl_network_find(out, name, NULL) < 0)
        return describe(out, &texts, err);
    return url[0] != '\0' ? sl_network_use_rpc(out, url, err) : SL_OK;
}

/* ---- options of its node and providers ---- */

bool sl_cli_is_public_only(const struct sl_config *config, const char *network)
{
    struct sl_network known;
    return !config->allow_private && sl_network_find(&known, network, NULL) == SL_OK;
}

struct sl_http_options sl_cli_http_options(const struct sl_config *config)
{
    char network[SL_NETWORK_NAME_BYTES] = "";
    const bool known = sl_cli_network_name(network, config, NULL) == SL_OK;
    return (struct sl_http_options){
        .connect_timeout_ms = config->connect_timeout_ms,
        .stall_ms = config->stall_ms,
        .allow_http = config->allow_http,
        .public_only = known && sl_cli_is_public_only(config, network),
        .own_url = config->provider_url[0] != '\0' ? config->provider_url : NULL,
        .ca_file = config->ca_file[0] != '\0' ? config->ca_file : NULL};
}

struct sl_rpc_options sl_cli_rpc_options(const struct sl_config *config)
{
    const int64_t stall_ms = config->stall_ms;
    return (struct sl_rpc_options){
        .timeout_ms = stall_ms < TRY_MS ? stall_ms : TRY_MS,
        .http = sl_cli_http_options(config),
    };
}

struct sl_rpc_options sl_cli_rpc_patient_options(const struct sl_config *config)
{
    struct sl_rpc_options options = sl_cli_rpc_options(config);
    options.patience_ms = PATIENCE_MS;
    options.backoff_cap_ms = BACKOFF_CAP_MS;
    return options;
}
