/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* prices.h - checks whether the prices that a node reports are plausible. Layer: commit, private.
 */
#ifndef SL_COMMIT_PRICES_H
#define SL_COMMIT_PRICES_H

#include "commit_internal.h"

/** Refuse prices far from those that this release knows, unless the user gave a limit for this run.
 * Errors: SL_EMONEY, with both numbers. */
int sl_commit_check_prices(const struct sl_commit *commit, const struct sl_prices *told,
                           struct sl_err *err) SL_MUST_CHECK;
/** Prices for checking a limit. False: they equal the reported prices. */
bool sl_commit_limit_prices(struct sl_prices *out, const struct sl_commit *commit,
                            const struct sl_prices *told);

#endif
