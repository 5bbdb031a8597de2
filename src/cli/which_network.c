/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "which_network.h"

#include <stdio.h>
#include <string.h>

#include "keys.h"

/* 1 or 0. */
static int has_key(const struct sl_config *config, struct sl_err *err)
{
    struct sl_signer signer;
    const int rc = sl_keys_find(&signer, config, SL_KEYS_LOOK, err);
    if (rc == 1)
        sl_signer_free(&signer);
    return rc;
}

static int copy_name(char name[static SL_NETWORK_NAME_BYTES], const char *from, struct sl_err *err)
{
    if (snprintf(name, SL_NETWORK_NAME_BYTES, "%s", from) < SL_NETWORK_NAME_BYTES)
        return SL_OK;
    return sl_err_set(err, SL_ECONFIG, "network: the name is too long: %.40s", from);
}

int sl_which_network(char name[static SL_NETWORK_NAME_BYTES], const struct sl_config *config,
                     struct sl_err *err)
{
    if (strcmp(config->network, "auto") != 0)
        return copy_name(name, config->network, err);
    if (sl_keys_network()[0] != '\0')
        return copy_name(name, sl_keys_network(), err);
    const int rc = has_key(config, err);
    return rc < 0 ? rc : copy_name(name, rc == 1 ? "calibration" : "local", err);
}
