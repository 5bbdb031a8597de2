/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* chain_open.h - the chain of the network in the settings, for commands that only read. Private to
 * cli. */
#ifndef SL_CLI_CHAIN_OPEN_H
#define SL_CLI_CHAIN_OPEN_H

#include "sluice/chain.h"
#include "sluice/clock.h"
#include "sluice/json.h"

#include "setup/devnet_open.h"
#include "setup/settings.h"

struct sl_cli_chain {
    struct sl_settings settings;
    struct sl_network network;
    struct sl_cli_devnet local; /* when it is that one */
    struct sl_chain *chain;
    struct sl_clock clock;
    bool json;
};

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

/**
 * Load the settings and open the chain; nothing is asked of it yet. Close with
 * sl_cli_chain_close(), after a failure too. Errors: those of sl_settings_load(),
 * sl_cli_devnet_open(), sl_chain_new().
 */
int sl_cli_chain_open(struct sl_cli_chain *net, const struct sl_args *args,
                      struct sl_err *err) SL_MUST_CHECK;
void sl_cli_chain_close(struct sl_cli_chain *net);

/** Whose account is looked at: --address, else that of the key; on `local`, of its own key. Errors:
 * SL_EUSAGE (no address), SL_EKEY (no key, or something is wrong with it). */
int sl_cli_chain_payer(struct sl_address *out, const struct sl_cli_chain *net,
                       const struct sl_args *args, struct sl_err *err) SL_MUST_CHECK;

/** A JSON number up to 2^53 - 1, a decimal string above. */
void sl_json_u256(struct sl_jw *w, const char *key, struct sl_u256 value);
/** As sl_json_u256() of an amount: always a decimal string. */
void sl_json_amount(struct sl_jw *w, const char *key, struct sl_u256 value);
/** An object of what the entries say. */
void sl_json_metadata(struct sl_jw *w, const struct sl_metadata *entries, size_t count);

/** "12.5M", or "huge" for what no disk holds. */
enum { SL_SHOWN_SIZE_CHARS = 32 };
void sl_show_size(char out[static SL_SHOWN_SIZE_CHARS], struct sl_u256 bytes);

/** Append "key=value key" as the entries are, escaped. */
void sl_show_metadata(struct sl_buf *out, const struct sl_metadata *entries, size_t count);

#endif
