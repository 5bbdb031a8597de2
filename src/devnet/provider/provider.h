/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * provider.h - one storage provider of the local network: its folder, its pieces, its server.
 */
#ifndef SL_DEVNET_PROVIDER_H
#define SL_DEVNET_PROVIDER_H

#include <stdint.h>

#include "sluice/address.h"
#include "sluice/clock.h"
#include "sluice/path.h"

#include "http/server.h"
#include "pieces/body_writer.h"
#include "pieces/piece_store.h"
#include "provider/rate_ban.h"

struct sl_devnet_pulls;

struct sl_devnet_provider {
    /* immutable while serving */
    struct sl_devnet *net;
    uint64_t id;               /* in the registry: 1, 2 ... */
    struct sl_address address; /* sends its transactions */
    bool approved;
    bool endorsed;
    struct sl_devnet_piece_store *store;
    struct sl_devnet_space space; /* its counter is atomic */
    int64_t park_delay_ms;        /* < 0: as the profile */
    int lock_fd;
    char dir[SL_PATH_BYTES];
    struct sl_devnet_server server;

    struct sl_devnet_rate_bans rate_bans; /* has a lock of its own */
    pthread_mutex_t watch_lock;           /* one watch at a time */
    int64_t cleaned_ms;                   /* under watch_lock */
    struct sl_devnet_pulls *pulls;        /* NULL without a chain */
};

struct sl_devnet_provider_options {
    const char *dir;
    const char *host;
    uint16_t port;
    int64_t park_delay_ms;
    uint64_t min_free_bytes;
    bool faults;
    bool is_private; /* behind a secret */
    const struct sl_clock *clock;
};

/** The folder, what is stored, the listening socket; sl_devnet_serve() on its server is what is
 * left. sl_devnet_provider_close() also after a failure; net, id and lock_fd (-1) are filled in
 * before. */
int sl_devnet_provider_open(struct sl_devnet_provider *provider,
                            const struct sl_devnet_provider_options *options,
                            struct sl_err *err) SL_MUST_CHECK;
void sl_devnet_provider_close(struct sl_devnet_provider *provider);

#endif
