/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* network.h - the network of the settings: its name, its description, and the options of requests
 * to its node and providers. Private to cli. */
#ifndef SL_CLI_NETWORK_H
#define SL_CLI_NETWORK_H

#include "sluice/http.h"
#include "sluice/network.h"
#include "sluice/rpc.h"

#include "setup/settings.h"

/** --network, SLUICE_NETWORK and config.ini first, then NETWORK; `auto`: calibration once a key is
 * set (a keystore is not opened for that), local before. Errors: those of finding the key. */
int sl_cli_network_name(char name[static SL_NETWORK_NAME_BYTES], const struct sl_config *config,
                        struct sl_err *err) SL_MUST_CHECK;

/**
 * The network of these settings: built in, or described by rpc_url, network_chain_id and fwss.
 * RPC_URL and NETWORK of the environment or of .env count where the settings say nothing. Errors:
 * SL_ECONFIG (`local`: see local_chain.h; what is missing), and whatever is wrong with .env.
 */
int sl_cli_network(struct sl_network *out, const struct sl_config *config,
                   struct sl_err *err) SL_MUST_CHECK;

/** The times and HTTP rules of these settings. The path of ca_file is borrowed. */
struct sl_rpc_options sl_cli_rpc_options(const struct sl_config *config);
/** Like sl_cli_rpc_options(), for a command that cannot answer without the node: it waits some
 * seconds for a node that is away for a moment. */
struct sl_rpc_options sl_cli_rpc_patient_options(const struct sl_config *config);

/** Whether URLs from the chain or from a manifest of this network may lead only to the public
 * internet. True on mainnet and calibration, where anybody can register a URL, unless
 * allow_private is set. */
bool sl_cli_is_public_only(const struct sl_config *config, const char *network);

/** HTTP options for providers of this network; a provider_url is trusted, because the user wrote
 * it. Its text and the path of ca_file are borrowed. */
struct sl_http_options sl_cli_http_options(const struct sl_config *config);

#endif
