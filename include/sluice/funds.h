/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * funds.h - the money that an account lacks for an upload, and the command that adds it.
 * Layer: foc.
 *
 * Pure functions over values that were read from the chain.
 */
#ifndef SL_FUNDS_H
#define SL_FUNDS_H

#include "sluice/chain.h"

/** Round up to an amount that a person would type: two digits, at least cents; 0 stays 0. */
struct sl_u256 sl_funds_round_up(struct sl_u256 amount);

/** The deposit for these costs: rounded up, plus a day at the new rate, so that it still suffices
 * once the deposit has landed. 0: no deposit is needed. */
struct sl_u256 sl_funds_deposit(const struct sl_account *account,
                                const struct sl_upload_costs *costs);

/** Whether the storage service is not approved to charge these costs. */
bool sl_funds_need_approval(const struct sl_chain_view *view, const struct sl_upload_costs *costs);

/** Check that the account can pay. Errors: SL_EMONEY, with the amount and the command. */
int sl_funds_check(const struct sl_chain_view *view, const struct sl_upload_costs *costs,
                   struct sl_err *err) SL_MUST_CHECK;

#endif
