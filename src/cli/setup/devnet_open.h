/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* devnet_open.h - the chain of the built-in network, for commands that ask or change it: started
 * for the command, or that of the sluice that runs it already. Private to cli. */
#ifndef SL_CLI_DEVNET_OPEN_H
#define SL_CLI_DEVNET_OPEN_H

#include "sluice/key.h"
#include "sluice/network.h"

#include "setup/settings.h"

/** Zero-initialise; sl_cli_devnet_close(). */
struct sl_cli_devnet {
    struct sl_upload_target *target; /* NULL: another network */
    struct sl_key *key;              /* that pays on it; owned */
};

/**
 * The network of these settings (onchain.h), and when it is `local` its chain, which runs until
 * close. `config` is borrowed until then. Errors: those of sl_cli_network(),
 * sl_localnet_start() and sl_localnet_find().
 */
int sl_cli_devnet_open(struct sl_cli_devnet *out, struct sl_network *network,
                       const struct sl_config *config, struct sl_err *err) SL_MUST_CHECK;
void sl_cli_devnet_close(struct sl_cli_devnet *local);

#endif
