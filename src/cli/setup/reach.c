/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "setup/reach.h"

#include "setup/network_name.h"

bool sl_cli_is_public_only(const struct sl_config *config, const char *network)
{
    struct sl_network known;
    return !config->allow_private && sl_network_find(&known, network, NULL) == SL_OK;
}

struct sl_http_options sl_cli_http_options(const struct sl_config *config)
{
    char network[SL_NETWORK_NAME_BYTES] = "";
    const bool known = sl_cli_network_name(network, config, NULL) == SL_OK;
    return (struct sl_http_options){
        .connect_timeout_ms = config->connect_timeout_ms,
        .stall_ms = config->stall_ms,
        .allow_http = config->allow_http,
        .public_only = known && sl_cli_is_public_only(config, network),
        .own_url = config->provider_url[0] != '\0' ? config->provider_url : NULL,
        .ca_file = config->ca_file[0] != '\0' ? config->ca_file : NULL};
}
