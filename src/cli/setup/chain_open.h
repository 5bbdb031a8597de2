/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* chain_open.h - the chain of the network in the settings, for commands that only read. Private to
 * cli. */
#ifndef SL_CLI_CHAIN_OPEN_H
#define SL_CLI_CHAIN_OPEN_H

#include "sluice/chain.h"
#include "sluice/clock.h"

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

#endif
