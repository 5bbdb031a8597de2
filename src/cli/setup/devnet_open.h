/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* devnet_open.h - the chain of the built-in network, for commands that ask or change it: started
 * for the command, or that of the sluice that runs it already. Private to cli. */
#ifndef SL_CLI_DEVNET_OPEN_H
#define SL_CLI_DEVNET_OPEN_H

#include "sluice/key.h"
#include "sluice/network.h"

#include "setup/settings.h"

/** Zero-initialise; sl_local_chain_close(). */
struct sl_local_chain {
    struct sl_uplink *uplink; /* NULL: another network */
    struct sl_key *key;       /* that pays on it; owned */
};

/**
 * The network of these settings (onchain.h), and when it is `local` its chain, which runs until
 * close. `config` is borrowed until then. Errors: those of sl_onchain_network(),
 * sl_localnet_start() and sl_localnet_find().
 */
int sl_local_chain_open(struct sl_local_chain *out, struct sl_network *network,
                        const struct sl_config *config, struct sl_err *err) SL_MUST_CHECK;
void sl_local_chain_close(struct sl_local_chain *local);

#endif
