/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "setup/devnet_open.h"

#include <stdlib.h>
#include <string.h>

#include "sluice/http.h"

#include "setup/chain_open.h"
#include "setup/network_name.h"
#include "setup/upload_target.h"

enum { FOLDER_MODE = 0700 };

static int start(struct sl_cli_devnet *local, const struct sl_config *config, struct sl_err *err)
{
    local->target = calloc(1, sizeof *local->target);
    if (local->target == NULL)
        return sl_err_set(err, SL_ENOMEM, "out of memory");
    local->target->config = config;
    local->target->clock = sl_clock_system();
    int rc = sl_http_global_init(err);
    if (rc == SL_OK)
        rc = sl_path_make(config->paths.data, FOLDER_MODE, err);
    if (rc == SL_OK)
        rc = sl_upload_target_start_localnet(local->target, err);
    if (rc == SL_OK)
        sl_upload_target_say_old(local->target);
    return rc == SL_EHELD ? SL_OK : rc; /* another sluice has it, and answers */
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
    rc = start(out, config, err);
    if (rc == SL_OK)
        rc = sl_path_join(dir, sizeof dir, config->paths.data, "local", err);
    return rc < 0 ? rc : sl_localnet_find(dir, network, &out->key, err);
}

void sl_cli_devnet_close(struct sl_cli_devnet *local)
{
    if (local->target != NULL)
        sl_upload_target_close(local->target);
    free(local->target);
    sl_key_free(local->key);
    *local = (struct sl_cli_devnet){0};
}
