/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "provider/provider.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "http/gate.h"
#include "network.h"

/* ---- the folder ---- */

/* Two providers on one folder would clean each other's uploads away. */
static int lock_folder(struct sl_devnet_provider *provider, struct sl_err *err)
{
    char path[SL_PATH_BYTES];
    int rc = sl_path_make(provider->dir, 0700, err);
    if (rc == SL_OK)
        rc = sl_path_join(path, sizeof path, provider->dir, "lock", err);
    if (rc < 0)
        return rc;
    provider->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (provider->lock_fd < 0)
        return sl_err_sys(err, errno, "open %s", path);
    if (flock(provider->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return SL_OK;
    if (errno == EWOULDBLOCK)
        return sl_err_set(err, SL_EHELD, "another sluice runs a provider in %s", provider->dir);
    return sl_err_sys(err, errno, "lock %s", path);
}

/* Nothing in DIR/tmp outlives the run that began it. */
static int clean_tmp(const struct sl_devnet_provider *provider, struct sl_err *err)
{
    char path[SL_PATH_BYTES];
    int rc = sl_path_join(path, sizeof path, provider->dir, "tmp", err);
    if (rc == SL_OK)
        rc = sl_path_make(path, 0700, err);
    if (rc < 0)
        return rc;
    DIR *dir = opendir(path);
    if (dir == NULL)
        return sl_err_sys(err, errno, "open %s", path);
    const struct dirent *entry;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is this call's own */
    while ((entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] != '.')
            (void)unlinkat(dirfd(dir), entry->d_name, 0);
    }
    closedir(dir);
    return SL_OK;
}

/* ---- the doors ---- */

int sl_devnet_provider_open(struct sl_devnet_provider *provider,
                            const struct sl_devnet_provider_options *options, struct sl_err *err)
{
    provider->park_delay_ms = options->park_delay_ms;
    provider->space.min_free_bytes = options->min_free_bytes;
    provider->cleaned_ms = INT64_MIN;
    provider->server.role = SL_DEVNET_PROVIDER;
    provider->server.net = provider->net;
    provider->server.provider = provider;
    provider->server.with_faults = options->faults;
    int rc = sl_path_join(provider->dir, sizeof provider->dir, options->dir, "", err);
    if (rc == SL_OK)
        rc = lock_folder(provider, err);
    if (rc == SL_OK)
        rc = clean_tmp(provider, err);
    if (rc == SL_OK)
        rc = sl_devnet_piece_store_open(&provider->store, provider->dir, options->clock, err);
    if (rc == SL_OK && options->is_private)
        rc = sl_devnet_secret_load(provider->server.secret, provider->dir, err);
    if (rc == SL_OK)
        rc = sl_devnet_listen(&provider->server, options->host, options->port, err);
    return rc;
}

void sl_devnet_provider_close(struct sl_devnet_provider *provider)
{
    sl_devnet_unserve(&provider->server);
    sl_devnet_rate_bans_fini(&provider->rate_bans);
    pthread_mutex_destroy(&provider->watch_lock);
    sl_devnet_piece_store_close(provider->store);
    if (provider->lock_fd >= 0)
        close(provider->lock_fd);
}
