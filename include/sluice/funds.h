/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * funds.h - what an account lacks for an upload, and the one command that mends it. Layer: foc.
 *
 * Pure functions over what the chain told.
 */
#ifndef SL_FUNDS_H
#define SL_FUNDS_H

#include "sluice/chain.h"

/** The next sum that a person would type: two digits, cents at least; 0 stays 0. */
struct sl_u256 sl_funds_round_up(struct sl_u256 amount);

/** What to deposit for these costs: rounded up, with a day of the new rate, so that it is still
 * enough when the deposit has landed. 0: nothing. */
struct sl_u256 sl_funds_deposit(const struct sl_account *account,
                                const struct sl_upload_costs *costs);

/** Whether the storage service may not charge what these costs take. */
bool sl_funds_need_approval(const struct sl_chain_view *view, const struct sl_upload_costs *costs);

/** Errors: SL_EMONEY, with the sum and the command. */
int sl_funds_check(const struct sl_chain_view *view, const struct sl_upload_costs *costs,
                   struct sl_err *err) SL_MUST_CHECK;

#endif
