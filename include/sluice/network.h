/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * network.h - the chains that sluice knows, and the description of others. Layer: foc.
 *
 * Only three contracts of a network are configured, since their addresses never change: the storage
 * service (its proxy), the list of endorsed providers and Multicall3. All other addresses change
 * with releases and are read from the storage service at start (chain.h). A fourth address, the
 * view of an older storage service that kept names of pieces, only helps to find those names.
 *
 * Source: docs/PROTOCOL.md "Networks".
 */
#ifndef SL_NETWORK_H
#define SL_NETWORK_H

#include <stddef.h>
#include <stdint.h>

#include "sluice/address.h"
#include "sluice/piece.h"

enum {
    SL_NETWORK_NAME_BYTES = 32,
    SL_NETWORK_URL_BYTES = 256,
    SL_NETWORK_URLS = 4,
    SL_NETWORK_DOMAIN_BYTES = 64
};

/** A plain value. */
struct sl_network {
    char name[SL_NETWORK_NAME_BYTES];
    uint64_t chain_id;
    char urls[SL_NETWORK_URLS][SL_NETWORK_URL_BYTES]; /* JSON-RPC, in order of preference */
    size_t url_count;
    struct sl_address fwss; /* the storage service's proxy: records, signatures, payments */
    struct sl_address endorsements;
    struct sl_address multicall3;
    struct sl_address former_view; /* view of storage service 1.3, which still has the metadata of
                                      pieces added before 1.4; zero: none */
    char cdn_domain[SL_NETWORK_DOMAIN_BYTES]; /* "": none */
    char explorer[SL_NETWORK_DOMAIN_BYTES];   /* "https://host"; "": none */
    bool testnet;                             /* its coins have no value */
    bool builtin;                             /* mainnet or calibration: its prices are known */
    int64_t genesis_unix_s;                   /* of epoch 0; 0: not known */
};

/** "mainnet" or "calibration". Errors: SL_ECONFIG for any other name. */
int sl_network_find(struct sl_network *out, const char *name, struct sl_err *err) SL_MUST_CHECK;

/** A network as the configuration describes it; all texts are borrowed. */
struct sl_network_texts {
    const char *name;
    const char *rpc_url;
    const char *chain_id; /* decimal, or "0x..." */
    const char *fwss;
    const char *endorsements; /* NULL or "": no list; every approved provider counts as endorsed */
    const char *multicall3;   /* NULL or "": the usual address */
};

/** Define a network. Errors: SL_ECONFIG; the text names the wrong setting. */
int sl_network_define(struct sl_network *out, const struct sl_network_texts *texts,
                      struct sl_err *err) SL_MUST_CHECK;

/** Use this node instead of the public ones. Errors: SL_ECONFIG. */
int sl_network_use_rpc(struct sl_network *network, const char *url,
                       struct sl_err *err) SL_MUST_CHECK;

/**
 * The same network through other nodes, to verify the answers of `asked` (a URL of the network).
 * These are the node `named` ("" for none), else the public nodes of a built-in network other than
 * `asked`. If the user chose a node, no other node is used without their consent. url_count is 0
 * when there is no such node. Errors: SL_ECONFIG (`named` is not a URL).
 */
int sl_network_second(struct sl_network *out, const struct sl_network *network, const char *named,
                      const char *asked, struct sl_err *err) SL_MUST_CHECK;

/** Whether the network has a list of endorsed providers. */
bool sl_network_endorses(const struct sl_network *network);

/** Unix seconds of an epoch; -1 if the genesis is unknown or the epoch is too large. */
int64_t sl_network_time(const struct sl_network *network, uint64_t epoch);

/** The URL at which the CDN serves a piece of a data set with CDN. Errors: SL_ENOTFOUND (the
 * network has no CDN), SL_EOVERFLOW. */
int sl_network_cdn_url(char *out, size_t cap, const struct sl_network *network,
                       const struct sl_address *payer, const struct sl_piece_id *piece,
                       struct sl_err *err) SL_MUST_CHECK;

#endif
