/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sluice/network.h"

#include <stdio.h>
#include <string.h>

#include "sluice/costs.h"
#include "sluice/http.h"
#include "sluice/tx.h"

#define MULTICALL3 "0xcA11bde05977b3631167028862bE2a173976CA11"

/* What is known of a network before anything is read. */
struct builtin {
    const char *name;
    uint64_t chain_id;
    const char *urls[SL_NETWORK_URLS];
    const char *fwss;
    const char *endorsements;
    const char *former_view;
    const char *cdn_domain;
    const char *explorer;
    bool testnet;
    int64_t genesis_unix_s;
};

static const struct builtin builtins[] = {
    {.name = "mainnet",
     .chain_id = 314,
     .urls = {"https://api.node.glif.io/rpc/v1", "https://rpc.ankr.com/filecoin",
              "https://filecoin.drpc.org"},
     .fwss = "0x8408502033C418E1bbC97cE9ac48E5528F371A9f",
     .endorsements = "0x59eFa2e8324E1551d46010d7B0B140eE2F5c726b",
     .former_view = "0xdDd8F083a3fe9C66547D46bee24e5AaF56BCa0ab",
     .cdn_domain = "filbeam.io",
     .explorer = "https://filecoin.blockscout.com",
     .genesis_unix_s = 1598306400},
    {.name = "calibration",
     .chain_id = 314159,
     .urls = {"https://api.calibration.node.glif.io/rpc/v1",
              "https://rpc.ankr.com/filecoin_testnet", "https://filecoin-calibration.drpc.org"},
     .fwss = "0x02925630df557F957f70E112bA06e50965417CA0",
     .endorsements = "0xAA2f7CfC7ecAc616EC9C1f6d700fAd19087FAC84",
     .former_view = "0x9BF9e67e83EC8613883FDdDec4D3b38AEE937177",
     .cdn_domain = "calibration.filbeam.io",
     .explorer = "https://filecoin-testnet.blockscout.com",
     .testnet = true,
     .genesis_unix_s = 1667326380},
};

static int copy(char *out, size_t cap, const char *text, const char *what, struct sl_err *err)
{
    if (text == NULL || text[0] == '\0')
        return sl_err_set(err, SL_ECONFIG, "the network has no %s", what);
    const int n = snprintf(out, cap, "%s", text);
    if (n < 0 || (size_t)n >= cap)
        return sl_err_set(err, SL_ECONFIG, "the network's %s is too long", what);
    return SL_OK;
}

static int address(struct sl_address *out, const char *text, const char *what, struct sl_err *err)
{
    if (text == NULL || text[0] == '\0')
        return sl_err_set(err, SL_ECONFIG, "the network has no %s", what);
    if (sl_address_parse(out, text, strlen(text), err) < 0) {
        sl_err_ctx(err, "the network's %s", what);
        if (err != NULL)
            err->code = SL_ECONFIG;
        return SL_ECONFIG;
    }
    return SL_OK;
}

int sl_network_use_rpc(struct sl_network *network, const char *url, struct sl_err *err)
{
    char checked[SL_NETWORK_URL_BYTES + 8];
    int rc = copy(network->urls[0], sizeof network->urls[0], url, "rpc_url", err);
    if (rc < 0)
        return rc;
    if (sl_url_resolve(checked, sizeof checked, url, "x", err) < 0) {
        sl_err_ctx(err, "the network's rpc_url");
        if (err != NULL)
            err->code = SL_ECONFIG;
        return SL_ECONFIG;
    }
    network->url_count = 1;
    return SL_OK;
}

int sl_network_second(struct sl_network *out, const struct sl_network *network, const char *named,
                      const char *asked, struct sl_err *err)
{
    *out = *network;
    if (named[0] != '\0') {
        const int rc = sl_network_use_rpc(out, named, err);
        if (rc < 0)
            sl_err_ctx(err, "second_node");
        return rc;
    }
    out->url_count = 0;
    for (size_t i = 0; network->builtin && i < network->url_count; i++) {
        if (strcmp(network->urls[i], asked) != 0)
            memcpy(out->urls[out->url_count++], network->urls[i], sizeof out->urls[0]);
    }
    return SL_OK;
}

static int from_builtin(struct sl_network *out, const struct builtin *in, struct sl_err *err)
{
    *out = (struct sl_network){.chain_id = in->chain_id,
                               .testnet = in->testnet,
                               .builtin = true,
                               .genesis_unix_s = in->genesis_unix_s};
    int rc = copy(out->name, sizeof out->name, in->name, "name", err);
    while (rc == SL_OK && out->url_count < SL_NETWORK_URLS && in->urls[out->url_count] != NULL) {
        rc = copy(out->urls[out->url_count], sizeof out->urls[0], in->urls[out->url_count],
                  "rpc_url", err);
        out->url_count++;
    }
    if (rc == SL_OK)
        rc = copy(out->cdn_domain, sizeof out->cdn_domain, in->cdn_domain, "CDN", err);
    if (rc == SL_OK)
        rc = copy(out->explorer, sizeof out->explorer, in->explorer, "explorer", err);
    if (rc == SL_OK)
        rc = address(&out->fwss, in->fwss, "fwss", err);
    if (rc == SL_OK)
        rc = address(&out->endorsements, in->endorsements, "endorsements", err);
    if (rc == SL_OK)
        rc = address(&out->former_view, in->former_view, "former view", err);
    return rc < 0 ? rc : address(&out->multicall3, MULTICALL3, "multicall3", err);
}

int sl_network_find(struct sl_network *out, const char *name, struct sl_err *err)
{
    for (size_t i = 0; i < sizeof builtins / sizeof builtins[0]; i++) {
        if (strcmp(builtins[i].name, name) == 0)
            return from_builtin(out, &builtins[i], err);
    }
    return sl_err_set(err, SL_ECONFIG,
                      "no network is called that: mainnet and calibration are known, others are "
                      "described in the configuration");
}

static int chain_id(uint64_t *out, const char *text, struct sl_err *err)
{
    if (text == NULL || text[0] == '\0')
        return sl_err_set(err, SL_ECONFIG, "the network has no chain_id");
    if (sl_tx_chain_id_parse(out, text, NULL) < 0)
        return sl_err_set(err, SL_ECONFIG, "the network's chain_id is no such number");
    return SL_OK;
}

int sl_network_define(struct sl_network *out, const struct sl_network_texts *texts,
                      struct sl_err *err)
{
    const bool standard = texts->multicall3 == NULL || texts->multicall3[0] == '\0';
    const bool endorses = texts->endorsements != NULL && texts->endorsements[0] != '\0';
    *out = (struct sl_network){.testnet = true};
    int rc = copy(out->name, sizeof out->name, texts->name, "name", err);
    if (rc == SL_OK)
        rc = sl_network_use_rpc(out, texts->rpc_url, err);
    if (rc == SL_OK)
        rc = chain_id(&out->chain_id, texts->chain_id, err);
    if (rc == SL_OK)
        rc = address(&out->fwss, texts->fwss, "fwss", err);
    if (rc == SL_OK && endorses)
        rc = address(&out->endorsements, texts->endorsements, "endorsements", err);
    if (rc == SL_OK)
        rc =
            address(&out->multicall3, standard ? MULTICALL3 : texts->multicall3, "multicall3", err);
    return rc;
}

bool sl_network_endorses(const struct sl_network *network)
{
    return !sl_address_is_zero(&network->endorsements);
}

int64_t sl_network_time(const struct sl_network *network, uint64_t epoch)
{
    if (network->genesis_unix_s == 0 || epoch > (uint64_t)INT32_MAX)
        return -1;
    return network->genesis_unix_s + (int64_t)epoch * SL_EPOCH_S;
}

int sl_network_cdn_url(char *out, size_t cap, const struct sl_network *network,
                       const struct sl_address *payer, const struct sl_piece_id *piece,
                       struct sl_err *err)
{
    char account[SL_ADDRESS_CHARS];
    char cid[SL_PIECE_CID_CHARS];
    if (network->cdn_domain[0] == '\0')
        return sl_err_set(err, SL_ENOTFOUND, "the network %s has no CDN", network->name);
    sl_address_text(account, payer);
    sl_piece_cid(cid, piece);
    const int n = snprintf(out, cap, "https://%s.%s/%s", account, network->cdn_domain, cid);
    if (n < 0 || (size_t)n >= cap)
        return sl_err_set(err, SL_EOVERFLOW, "no room for the CDN's address");
    return SL_OK;
}
