/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "setup/devnet_open.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/http.h"

#include "output/output.h"
#include "setup/network.h"

enum { FOLDER_MODE = 0700, PORT_FILE_BYTES = 16 };

/* The port of last time: journal and chain know a provider by its URL, so the local one keeps its
 * own. */
static uint16_t read_port(const char *path)
{
    char *text = NULL;
    size_t len = 0;
    if (sl_file_read(&text, &len, path, PORT_FILE_BYTES, NULL) < 0)
        return 0;
    char *end;
    const long port = strtol(text, &end, 10);
    const bool good =
        len > 0 && *end == '\n' && port > 0 && port <= UINT16_MAX - SL_DEVNET_PROVIDERS_MAX;
    free(text);
    return good ? (uint16_t)port : 0;
}

static int keep_port(const struct sl_devnet *localnet, const char *path, struct sl_err *err)
{
    const long port = strtol(strrchr(sl_devnet_url(localnet), ':') + 1, NULL, 10);
    char line[PORT_FILE_BYTES];
    const int n = snprintf(line, sizeof line, "%ld\n", port);
    return sl_file_write_atomic(path, line, (size_t)n, 0600, err);
}

static int start_on_port(struct sl_devnet **out, struct sl_devnet_options *options,
                         const char *port_file, struct sl_err *err)
{
    struct sl_err why = {0};
    options->port = read_port(port_file);
    int rc = sl_devnet_start(out, options, &why);
    if (rc == SL_OK && options->port != 0)
        return SL_OK;
    if (rc == SL_ENET && options->port != 0) { /* somebody else took it meanwhile */
        options->port = 0;
        rc = sl_devnet_start(out, options, &why);
    }
    if (rc == SL_OK)
        return keep_port(*out, port_file, err);
    if (err != NULL)
        *err = why;
    return rc;
}

int sl_cli_devnet_attach(struct sl_devnet **out, struct sl_network *network,
                         const struct sl_config *config, struct sl_err *err)
{
    char dir[SL_PATH_BYTES];
    int rc = sl_path_join(dir, sizeof dir, config->paths.data, "local", err);
    if (rc == SL_OK)
        rc = sl_devnet_attach(out, dir, err);
    return rc == SL_OK ? sl_devnet_network(*out, network, err) : rc;
}

int sl_cli_devnet_start(struct sl_devnet **out, struct sl_network *network,
                        const struct sl_config *config, const struct sl_clock *clock,
                        struct sl_err *err)
{
    char dir[SL_PATH_BYTES], port_file[SL_PATH_BYTES];
    int rc = sl_path_join(dir, sizeof dir, config->paths.data, "local", err);
    if (rc == SL_OK)
        rc = sl_path_join(port_file, sizeof port_file, config->paths.data, "local.port", err);
    if (rc < 0)
        return rc;
    const struct sl_devnet_chain chain = {.epoch_ms = config->local_epoch_ms, .watch_delay_ms = -1};
    struct sl_devnet_options options = {
        .dir = dir,
        .chain = &chain,
        .park_delay_ms = config->local_park_delay_ms,
        .min_free_bytes = config->local_min_free,
        .request_limit_ms = config->request_limit_ms,
        .faults = config->local_faults,
        .is_private = true,
        .clock = *clock,
    };
    rc = start_on_port(out, &options, port_file, err);
    return rc == SL_OK ? sl_devnet_network(*out, network, err) : rc;
}

void sl_cli_devnet_warn_old(const struct sl_devnet *localnet, const struct sl_config *config)
{
    struct sl_buf dir = {0};
    if (localnet == NULL || sl_devnet_profile_of(localnet) != SL_DEVNET_1_3)
        return;
    sl_output_escape(&dir, config->paths.data);
    sl_notice(
        "the local network was made with the contracts of 1.3 and keeps them; run `sluice serve "
        "--migrate --dir %s/local` once to bring it to today's",
        dir.data != NULL ? dir.data : "");
    sl_buf_free(&dir);
}

/* ---- for one command ---- */

static int start(struct sl_cli_devnet *devnet, struct sl_network *network,
                 const struct sl_config *config, struct sl_err *err)
{
    const struct sl_clock clock = sl_clock_system();
    int rc = sl_http_global_init(err);
    if (rc == SL_OK)
        rc = sl_path_make(config->paths.data, FOLDER_MODE, err);
    if (rc == SL_OK)
        rc = sl_cli_devnet_start(&devnet->localnet, network, config, &clock, err);
    if (rc == SL_OK)
        sl_cli_devnet_warn_old(devnet->localnet, config);
    return rc == SL_EHELD ? SL_OK : rc; /* another sluice runs it, and its node answers */
}

int sl_cli_devnet_open(struct sl_cli_devnet *out, struct sl_network *network,
                       const struct sl_config *config, struct sl_err *err)
{
    char name[SL_NETWORK_NAME_BYTES], dir[SL_PATH_BYTES];
    int rc = sl_cli_network_name(name, config, err);
    if (rc < 0)
        return rc;
    if (strcmp(name, "local") != 0)
        return sl_cli_network(network, config, err);
    rc = start(out, network, config, err);
    if (rc == SL_OK)
        rc = sl_path_join(dir, sizeof dir, config->paths.data, "local", err);
    return rc < 0 ? rc : sl_devnet_find(dir, network, &out->key, err);
}

void sl_cli_devnet_close(struct sl_cli_devnet *devnet)
{
    sl_devnet_stop(devnet->localnet);
    sl_key_free(devnet->key);
    *devnet = (struct sl_cli_devnet){0};
}
