/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* devnet_open.h - the built-in network: started for one run, or the one that another sluice runs.
 * Private to cli. */
#ifndef SL_CLI_DEVNET_OPEN_H
#define SL_CLI_DEVNET_OPEN_H

#include "sluice/devnet.h"
#include "sluice/key.h"
#include "sluice/network.h"

#include "setup/settings.h"

/** Start the built-in network in the data directory; *network describes its chain. Stop it with
 * sl_devnet_stop(), after a failure too. Errors: those of sl_devnet_start(), SL_EHELD among
 * them: another process runs it. */
int sl_cli_devnet_start(struct sl_devnet **out, struct sl_network *network,
                        const struct sl_config *config, const struct sl_clock *clock,
                        struct sl_err *err) SL_MUST_CHECK;

/** After SL_EHELD: use the URLs, chain and key of the process that runs it. Stop as above. Errors:
 * those of sl_devnet_attach(). */
int sl_cli_devnet_attach(struct sl_devnet **out, struct sl_network *network,
                         const struct sl_config *config, struct sl_err *err) SL_MUST_CHECK;

/** Warn if a network that runs here has the contracts of 1.3, with the command that migrates it.
 * NULL allowed. */
void sl_cli_devnet_warn_old(const struct sl_devnet *localnet, const struct sl_config *config);

/** For a command that reads or changes the chain. Zero-initialise; sl_cli_devnet_close(). */
struct sl_cli_devnet {
    struct sl_devnet *localnet; /* NULL: another network, or another process runs it */
    struct sl_key *key;         /* pays on the built-in network; owned. NULL: another network */
};

/**
 * The network of these settings (network.h). If it is `local`, its chain runs until close. `config`
 * is borrowed until then. Errors: those of sl_cli_network(), sl_devnet_start() and
 * sl_devnet_find().
 */
int sl_cli_devnet_open(struct sl_cli_devnet *out, struct sl_network *network,
                       const struct sl_config *config, struct sl_err *err) SL_MUST_CHECK;
void sl_cli_devnet_close(struct sl_cli_devnet *devnet);

#endif
