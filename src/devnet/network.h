/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * network.h - the local network as one: its ledger, its node, its providers, its clock.
 */
#ifndef SL_DEVNET_NETWORK_H
#define SL_DEVNET_NETWORK_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sluice/devnet.h"
#include "sluice/key.h"
#include "sluice/path.h"

#include "chain/ledger.h"
#include "provider/provider.h"

struct sl_devnet {
    /* immutable while serving */
    struct sl_clock clock;
    struct sl_ledger *ledger; /* NULL: a provider alone, no chain */
    struct sl_key *client;    /* the throwaway key; NULL without a chain */
    int64_t epoch_ms;
    int64_t start_ms; /* wall clock */
    int64_t watch_delay_ms;
    int64_t request_limit_ms;               /* of an upload, its body included */
    _Atomic enum sl_devnet_profile profile; /* as the ledger says */
    bool https_only;
    bool attached; /* another process serves the network: only URLs and paths below are set */
    struct sl_network reach; /* how to reach the chain, including rpc and name */
    struct sl_devnet_server node;
    size_t provider_count;
    struct sl_devnet_provider *providers;
    char dir[SL_PATH_BYTES];
    char info_path[SL_PATH_BYTES];
    char rpc_url[128];

    _Atomic int64_t asked_ms; /* when somebody last wanted the chain up to date */
    pthread_t block_timer;
    bool has_block_timer;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping; /* under lock */
};

#endif
