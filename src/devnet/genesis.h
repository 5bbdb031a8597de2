/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* genesis.h - the first state of the chain. Private to devnet. */
#ifndef SL_DEVNET_GENESIS_H
#define SL_DEVNET_GENESIS_H

#include "network.h"

/** genesis.c: open the ledger of net->dir with its providers (URLs are known by then), the client's
 * key and its money. */
int sl_devnet_genesis(struct sl_devnet *net, const struct sl_devnet_chain *chain,
                      struct sl_err *err) SL_MUST_CHECK;

#endif
