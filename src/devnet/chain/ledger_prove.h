/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* ledger_prove.h - what providers do by themselves: prove, move on, settle, delete. Private to
 * devnet. */
#ifndef SL_DEVNET_LEDGER_PROVE_H
#define SL_DEVNET_LEDGER_PROVE_H

#include "chain/ledger_internal.h"

/** What the providers do by themselves up to and in an epoch: prove, move on, settle, delete. */
int sl_ledger_prove(struct sl_ledger *ledger, uint64_t epoch, struct sl_err *err) SL_MUST_CHECK;

#endif
