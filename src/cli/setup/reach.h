/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* reach.h - HTTP options from the settings, and which hosts a URL may lead to. Private to cli. */
#ifndef SL_CLI_REACH_H
#define SL_CLI_REACH_H

#include "sluice/config.h"
#include "sluice/http.h"

/** Whether URLs from the chain or from a manifest of this network may lead only to the public
 * internet. True on mainnet and calibration, where anybody can register a URL, unless
 * allow_private is set. */
bool sl_cli_is_public_only(const struct sl_config *config, const char *network);

/** HTTP options for providers of this network; a provider_url is trusted, because the user wrote
 * it. Its text and the path of ca_file are borrowed. */
struct sl_http_options sl_cli_http_options(const struct sl_config *config);

#endif
