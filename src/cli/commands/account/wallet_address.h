/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* wallet_address.h - an account as `sluice wallet address` prints it. Private to cli. */
#ifndef SL_CLI_WALLET_ADDRESS_H
#define SL_CLI_WALLET_ADDRESS_H

#include "sluice/signer.h"

#include "commands/account/wallet.h"

/** Print a signer: lines, or with --json an object. */
enum sl_exit sl_wallet_print(const struct sl_wallet_call *call, const struct sl_signer *signer);

#endif
