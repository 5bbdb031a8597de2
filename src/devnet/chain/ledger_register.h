/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* ledger_register.h - the rows of the provider registry. Private to devnet. */
#ifndef SL_DEVNET_LEDGER_REGISTER_H
#define SL_DEVNET_LEDGER_REGISTER_H

#include "chain/ledger_internal.h"

/** Write the registry's rows from the options. */
int sl_ledger_register(struct sl_ledger *ledger, const struct sl_ledger_options *options,
                       struct sl_err *err) SL_MUST_CHECK;

#endif
