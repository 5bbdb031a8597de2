/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* network_name.h - the name of the network that settings and environment mean. Private to cli. */
#ifndef SL_CLI_NETWORK_NAME_H
#define SL_CLI_NETWORK_NAME_H

#include "sluice/network.h"

#include "setup/settings.h"

/** --network, SLUICE_NETWORK and config.ini first, then NETWORK; `auto`: calibration once a key is
 * set (a keystore is not opened for that), local before. Errors: those of finding the key. */
int sl_cli_network_name(char name[static SL_NETWORK_NAME_BYTES], const struct sl_config *config,
                        struct sl_err *err) SL_MUST_CHECK;

#endif
