/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "setup/network_name.h"

#include <stdio.h>
#include <string.h>

#include "output/output.h"
#include "setup/keys.h"

static int copy_name(char name[static SL_NETWORK_NAME_BYTES], const char *from, struct sl_err *err)
{
    if (snprintf(name, SL_NETWORK_NAME_BYTES, "%s", from) < SL_NETWORK_NAME_BYTES)
        return SL_OK;
    return sl_err_set(err, SL_ECONFIG, "network: the name is too long: %.40s", from);
}

/* NETWORK is a common name: another program's setting must not spend real money. */
static int refuse_mainnet(struct sl_err *err)
{
    return sl_err_set(
        err, SL_ECONFIG,
        "NETWORK=mainnet in the environment does not select mainnet, where real money "
        "is spent: use --network mainnet, or put network = mainnet into config.ini");
}

/* A key alone selects the test network. Warn once if .env may have meant another. */
static void say_not_mainnet(void)
{
    static bool said;
    bool in_dotenv;
    if (!said && strcmp(sl_keys_network(&in_dotenv), "mainnet") == 0 && in_dotenv)
        sl_notice("NETWORK=mainnet in .env does not select mainnet: this run uses calibration; "
                  "--network mainnet, or network = mainnet in config.ini, means it");
    said = true;
}

int sl_cli_network_name(char name[static SL_NETWORK_NAME_BYTES], const struct sl_config *config,
                        struct sl_err *err)
{
    bool in_dotenv;
    if (strcmp(config->network, "auto") != 0)
        return copy_name(name, config->network, err);
    const char *variable = sl_keys_network(&in_dotenv);
    if (variable[0] != '\0' && !in_dotenv)
        return strcmp(variable, "mainnet") == 0 ? refuse_mainnet(err)
                                                : copy_name(name, variable, err);
    const int rc = sl_keys_named(config, err);
    if (rc == 1)
        say_not_mainnet();
    return rc < 0 ? rc : copy_name(name, rc == 1 ? "calibration" : "local", err);
}
