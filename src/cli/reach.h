/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* reach.h - HTTP as the settings want it, and whose URLs may lead where. Private to cli. */
#ifndef SL_CLI_REACH_H
#define SL_CLI_REACH_H

#include "sluice/config.h"
#include "sluice/http.h"

/** Whether URLs that the chain or a manifest of this network names may lead to the public internet
 * only: on mainnet and calibration, where anybody can register one, without allow_private. */
bool sl_reach_is_public_only(const struct sl_config *config, const char *network);

/** For providers of the network of these settings; a provider_url is its user's word. Its text and
 * the path of ca_file are borrowed. */
struct sl_http_options sl_reach_http(const struct sl_config *config);

#endif
