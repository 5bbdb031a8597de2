/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The public header of a build without the network (SL_DEVNET=OFF): nothing starts or is found. */
#include "sluice/devnet.h"

static int refuse(struct sl_err *err)
{
    return sl_err_set(err, SL_ECONFIG,
                      "this build has no built-in network (it was built without SL_DEVNET); "
                      "choose calibration or mainnet");
}

int sl_devnet_start(struct sl_devnet **out, const struct sl_devnet_options *options,
                    struct sl_err *err)
{
    (void)out;
    (void)options;
    return refuse(err);
}

int sl_devnet_attach(struct sl_devnet **out, const char *dir, struct sl_err *err)
{
    (void)out;
    (void)dir;
    return refuse(err);
}

int sl_devnet_find(const char *dir, struct sl_network *out, struct sl_key **key, struct sl_err *err)
{
    (void)dir;
    (void)out;
    (void)key;
    return refuse(err);
}

int sl_devnet_migrate(struct sl_devnet *devnet, struct sl_err *err)
{
    (void)devnet;
    return refuse(err);
}

int sl_devnet_network(const struct sl_devnet *devnet, struct sl_network *out, struct sl_err *err)
{
    (void)devnet;
    (void)out;
    return refuse(err);
}

/* No struct sl_devnet exists, so nothing below has one to tell about. */

void sl_devnet_stop(struct sl_devnet *devnet)
{
    (void)devnet;
}

const char *sl_devnet_url(const struct sl_devnet *devnet)
{
    (void)devnet;
    return "";
}

const char *sl_devnet_rpc_url(const struct sl_devnet *devnet)
{
    (void)devnet;
    return NULL;
}

size_t sl_devnet_provider_count(const struct sl_devnet *devnet)
{
    (void)devnet;
    return 0;
}

const char *sl_devnet_provider_url(const struct sl_devnet *devnet, size_t index)
{
    (void)devnet;
    (void)index;
    return "";
}

const char *sl_devnet_info_path(const struct sl_devnet *devnet)
{
    (void)devnet;
    return NULL;
}

int64_t sl_devnet_epoch_ms(const struct sl_devnet *devnet)
{
    (void)devnet;
    return 0;
}

enum sl_devnet_profile sl_devnet_profile_of(const struct sl_devnet *devnet)
{
    (void)devnet;
    return SL_DEVNET_TODAY;
}

const struct sl_key *sl_devnet_key(const struct sl_devnet *devnet)
{
    (void)devnet;
    return NULL;
}

void sl_devnet_describe(const struct sl_devnet *devnet, struct sl_jw *w)
{
    (void)devnet;
    (void)w;
}
