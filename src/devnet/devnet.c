/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/keccak.h"

#include "block_timer.h"
#include "commit/commit_watch.h"
#include "devnet_info.h"
#include "genesis.h"
#include "network.h"
#include "provider/pull_work.h"

enum { EPOCH_MS = 1000, PROVIDERS = 3, WATCH_DELAY_MS = 200, REQUEST_LIMIT_MS = 30 * 60000 };

/* Provider 1 lives in the folder itself, where it lived before there were others. */
static int provider_dir(char out[static SL_PATH_BYTES], const struct sl_devnet *net, size_t index,
                        struct sl_err *err)
{
    char name[32] = "";
    if (index > 0)
        snprintf(name, sizeof name, "provider-%zu", index + 1);
    return sl_path_join(out, SL_PATH_BYTES, net->dir, name, err);
}

/* Such an address has no known key: providers need none here. */
static struct sl_address address_of(size_t index)
{
    char text[64];
    uint8_t hash[SL_KECCAK_BYTES];
    struct sl_address address;
    const int n = snprintf(text, sizeof text, "sluice local provider %zu", index + 1);
    sl_keccak256(hash, text, (size_t)n);
    for (size_t i = 0; i < sizeof address.bytes; i++)
        address.bytes[i] = hash[SL_KECCAK_BYTES - SL_ADDRESS_BYTES + i];
    return address;
}

static int open_providers(struct sl_devnet *net, const struct sl_devnet_options *options,
                          struct sl_err *err)
{
    const size_t count = options->chain == NULL           ? 1
                         : options->chain->providers == 0 ? PROVIDERS
                                                          : options->chain->providers;
    if (count > SL_DEVNET_PROVIDERS_MAX)
        return sl_err_set(err, SL_ECONFIG, "at most %d providers", SL_DEVNET_PROVIDERS_MAX);
    net->providers = calloc(count, sizeof net->providers[0]);
    if (net->providers == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    for (size_t i = 0; i < count; i++) {
        struct sl_devnet_provider *provider = &net->providers[net->provider_count++];
        char dir[SL_PATH_BYTES];
        provider->lock_fd = -1;
        sl_devnet_rate_bans_init(&provider->rate_bans);
        pthread_mutex_init(&provider->watch_lock, NULL);
        provider->net = net;
        provider->id = i + 1;
        provider->address = address_of(i);
        int rc = provider_dir(dir, net, i, err);
        const struct sl_devnet_provider_options each = {
            .dir = dir,
            .host = options->host != NULL ? options->host : "127.0.0.1",
            .port = options->port != 0 ? (uint16_t)(options->port + i) : 0,
            .park_delay_ms = options->park_delay_ms,
            .min_free_bytes = options->min_free_bytes,
            .faults = options->faults,
            .is_private = options->is_private,
            .clock = &net->clock,
        };
        if (rc == SL_OK)
            rc = sl_devnet_provider_open(provider, &each, err);
        if (rc < 0)
            return rc;
    }
    return SL_OK;
}

static int describe_reach(struct sl_devnet *net, struct sl_err *err)
{
    const struct sl_ledger_contracts *at = sl_ledger_contracts(net->ledger);
    net->reach = (struct sl_network){
        .name = "local",
        .chain_id = sl_ledger_chain_id(net->ledger),
        .fwss = at->fwss,
        .endorsements = at->endorsements,
        .multicall3 = at->multicall3,
        .former_view = at->view,
        .testnet = true,
    };
    return sl_network_use_rpc(&net->reach, net->rpc_url, err);
}

static int open_chain(struct sl_devnet *net, const struct sl_devnet_options *options,
                      struct sl_err *err)
{
    const struct sl_devnet_chain *chain = options->chain;
    net->epoch_ms = chain->epoch_ms != 0 ? chain->epoch_ms : EPOCH_MS;
    net->https_only = chain->https_only;
    net->watch_delay_ms = chain->watch_delay_ms < 0 ? WATCH_DELAY_MS : chain->watch_delay_ms;
    net->node.role = SL_DEVNET_NODE;
    net->node.net = net;
    net->node.with_faults = options->faults;
    if (net->providers != NULL)
        memcpy(net->node.secret, net->providers[0].server.secret, sizeof net->node.secret);
    int rc = sl_devnet_listen(&net->node, options->host != NULL ? options->host : "127.0.0.1",
                              chain->rpc_port, err);
    if (rc < 0)
        return rc;
    snprintf(net->rpc_url, sizeof net->rpc_url, "%s%srpc/v1", net->node.url,
             net->node.secret[0] != '\0' ? "" : "/");
    rc = sl_devnet_genesis(net, chain, err);
    if (rc == SL_OK) {
        net->epoch_ms = sl_ledger_epoch_ms(net->ledger);
        atomic_store(&net->profile, sl_ledger_profile(net->ledger));
    }
    for (size_t i = 0; i < net->provider_count && rc == SL_OK; i++) {
        sl_devnet_commit_clean(&net->providers[i]);
        rc = sl_devnet_pulls_start(&net->providers[i], err);
    }
    if (rc == SL_OK)
        rc = describe_reach(net, err);
    if (rc == SL_OK)
        rc = sl_devnet_info_write(net, err);
    if (rc == SL_OK)
        rc = sl_devnet_block_timer_start(net, err);
    return rc == SL_OK ? sl_devnet_serve(&net->node, err) : rc;
}

static int find_paths(struct sl_devnet *net, const char *dir, struct sl_err *err)
{
    const int rc = sl_path_join(net->dir, sizeof net->dir, dir, "", err);
    return rc == SL_OK ? sl_path_join(net->info_path, sizeof net->info_path, net->dir,
                                      "devnet-info.json", err)
                       : rc;
}

static int start(struct sl_devnet *net, const struct sl_devnet_options *options, struct sl_err *err)
{
    int rc = find_paths(net, options->dir, err);
    if (rc == SL_OK)
        rc = open_providers(net, options, err);
    if (rc == SL_OK && options->chain != NULL)
        rc = open_chain(net, options, err);
    for (size_t i = 0; i < net->provider_count && rc == SL_OK; i++)
        rc = sl_devnet_serve(&net->providers[i].server, err);
    return rc;
}

int sl_devnet_start(struct sl_devnet **out, const struct sl_devnet_options *options,
                    struct sl_err *err)
{
    struct sl_devnet *net = calloc(1, sizeof *net);
    if (net == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    net->clock = options->clock;
    net->start_ms = sl_wall_ms(&net->clock);
    net->request_limit_ms =
        options->request_limit_ms != 0 ? options->request_limit_ms : REQUEST_LIMIT_MS;
    pthread_mutex_init(&net->lock, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&net->wake, &attr);
    pthread_condattr_destroy(&attr);
    const int rc = start(net, options, err);
    if (rc < 0) {
        sl_err_ctx(err, "start the local network");
        sl_devnet_stop(net);
        return rc;
    }
    *out = net;
    return SL_OK;
}

static void stop_serving(struct sl_devnet *net)
{
    /* who asks comes before who is asked */
    sl_devnet_unserve(&net->node);
    for (size_t i = 0; i < net->provider_count; i++)
        sl_devnet_unserve(&net->providers[i].server);
    sl_devnet_block_timer_stop(net);
    for (size_t i = 0; i < net->provider_count; i++)
        sl_devnet_pulls_stop(&net->providers[i]);
    for (size_t i = 0; i < net->provider_count; i++)
        sl_devnet_provider_close(&net->providers[i]);
    sl_ledger_close(net->ledger);
    pthread_cond_destroy(&net->wake);
    pthread_mutex_destroy(&net->lock);
}

int sl_devnet_attach(struct sl_devnet **out, const char *dir, struct sl_err *err)
{
    struct sl_devnet *net = calloc(1, sizeof *net);
    if (net == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    net->attached = true;
    int rc = find_paths(net, dir, err);
    if (rc == SL_OK)
        rc = sl_devnet_info_read(net, err);
    if (rc < 0) {
        sl_devnet_stop(net);
        return rc;
    }
    *out = net;
    return SL_OK;
}

void sl_devnet_stop(struct sl_devnet *net)
{
    if (net == NULL)
        return;
    if (!net->attached)
        stop_serving(net);
    free(net->providers);
    sl_key_free(net->client);
    free(net);
}

const char *sl_devnet_url(const struct sl_devnet *net)
{
    return net->providers[0].server.url;
}

const char *sl_devnet_rpc_url(const struct sl_devnet *net)
{
    return net->client != NULL ? net->rpc_url : NULL;
}

size_t sl_devnet_provider_count(const struct sl_devnet *net)
{
    return net->provider_count;
}

const char *sl_devnet_provider_url(const struct sl_devnet *net, size_t index)
{
    return net->providers[index].server.url;
}

const char *sl_devnet_info_path(const struct sl_devnet *net)
{
    return net->client != NULL ? net->info_path : NULL;
}

int sl_devnet_network(const struct sl_devnet *net, struct sl_network *out, struct sl_err *err)
{
    if (net->client == NULL)
        return sl_err_set(err, SL_ENOTFOUND, "this local network has no chain");
    *out = net->reach;
    return SL_OK;
}

int64_t sl_devnet_epoch_ms(const struct sl_devnet *net)
{
    return net->epoch_ms;
}

int sl_devnet_migrate(struct sl_devnet *net, struct sl_err *err)
{
    if (net->ledger == NULL)
        return sl_err_set(err, SL_ENOTFOUND, "this process serves no chain here");
    const int rc = sl_ledger_migrate(net->ledger, err);
    if (rc <= 0)
        return rc;
    atomic_store(&net->profile, SL_DEVNET_TODAY);
    return sl_devnet_info_write(net, err); /* the View has another address */
}

enum sl_devnet_profile sl_devnet_profile_of(const struct sl_devnet *net)
{
    return net->profile;
}

const struct sl_key *sl_devnet_key(const struct sl_devnet *net)
{
    return net->client;
}

int sl_devnet_find(const char *dir, struct sl_network *out, struct sl_key **key, struct sl_err *err)
{
    struct sl_devnet *net = NULL;
    int rc = sl_devnet_attach(&net, dir, err);
    if (rc < 0)
        return rc;
    assert(net != NULL);
    *out = net->reach;
    *key = net->client;
    net->client = NULL;
    sl_devnet_stop(net);
    return SL_OK;
}
