/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "setup/devnet_open.h"

#include <stdlib.h>
#include <string.h>

#include "sluice/http.h"

#include "setup/chain_open.h"
#include "setup/network_name.h"
#include "setup/upload_target.h"

enum { FOLDER_MODE = 0700 };

static int start(struct sl_local_chain *local, const struct sl_config *config, struct sl_err *err)
{
    local->uplink = calloc(1, sizeof *local->uplink);
    if (local->uplink == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    local->uplink->config = config;
    local->uplink->clock = sl_clock_system();
    int rc = sl_http_global_init(err);
    if (rc == SL_OK)
        rc = sl_path_make(config->paths.data, FOLDER_MODE, err);
    if (rc == SL_OK)
        rc = sl_uplink_start_localnet(local->uplink, err);
    if (rc == SL_OK)
        sl_uplink_say_old(local->uplink);
    return rc == SL_EHELD ? SL_OK : rc; /* another sluice has it, and answers */
}

int sl_local_chain_open(struct sl_local_chain *out, struct sl_network *network,
                        const struct sl_config *config, struct sl_err *err)
{
    char name[SL_NETWORK_NAME_BYTES], dir[SL_PATH_BYTES];
    int rc = sl_which_network(name, config, err);
    if (rc < 0)
        return rc;
    if (strcmp(name, "local") != 0)
        return sl_onchain_network(network, config, err);
    rc = start(out, config, err);
    if (rc == SL_OK)
        rc = sl_path_join(dir, sizeof dir, config->paths.data, "local", err);
    return rc < 0 ? rc : sl_localnet_find(dir, network, &out->key, err);
}

void sl_local_chain_close(struct sl_local_chain *local)
{
    if (local->uplink != NULL)
        sl_uplink_close(local->uplink);
    free(local->uplink);
    sl_key_free(local->key);
    *local = (struct sl_local_chain){0};
}
