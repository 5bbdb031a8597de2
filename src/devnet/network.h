/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * network.h - the local network as one: its ledger, its node, its providers, its clock.
 */
#ifndef SL_LOCALNET_NETWORK_H
#define SL_LOCALNET_NETWORK_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sluice/key.h"
#include "sluice/localnet.h"
#include "sluice/path.h"

#include "chain/ledger.h"
#include "provider/provider.h"

struct sl_localnet {
    /* immutable while serving */
    struct sl_clock clock;
    struct sl_ledger *ledger; /* NULL: a provider alone, no chain */
    struct sl_key *client;    /* the throwaway key; NULL without a chain */
    int64_t epoch_ms;
    int64_t start_ms; /* wall clock */
    int64_t watch_delay_ms;
    int64_t request_limit_ms;                 /* of an upload, its body included */
    _Atomic enum sl_localnet_profile profile; /* as the ledger says */
    bool https_only;
    bool attached; /* another process serves the network: only URLs and paths below are set */
    struct sl_network reach; /* how to reach the chain, including rpc and name */
    struct sl_ln_server node;
    size_t provider_count;
    struct sl_ln_provider *providers;
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

/** Bring the chain up to the clock, and every provider to what the chain says since. Any thread. */
void sl_ln_catch_up(struct sl_localnet *net);

/** block_timer.c: the thread that does so while nobody asks. */
int sl_ln_block_timer_start(struct sl_localnet *net, struct sl_err *err) SL_MUST_CHECK;
void sl_ln_block_timer_stop(struct sl_localnet *net);

/** genesis.c: open the ledger of net->dir with its providers (URLs are known by then), the client's
 * key and its money. */
int sl_ln_genesis(struct sl_localnet *net, const struct sl_localnet_chain *chain,
                  struct sl_err *err) SL_MUST_CHECK;

/** devnet.c: write net->info_path; or read another process's file into an attached network. */
int sl_ln_devnet_write(struct sl_localnet *net, struct sl_err *err) SL_MUST_CHECK;
int sl_ln_devnet_read(struct sl_localnet *net, struct sl_err *err) SL_MUST_CHECK;

#endif
