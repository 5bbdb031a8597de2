/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * revert_list.h - the custom errors of the contracts, one file a contract. Private to eth.
 *
 * Source: docs/PROTOCOL.md "Reverts". Proof: tests/data/vectors/abi.json has the selectors and
 * arguments.
 */
#ifndef SL_ETH_REVERT_LIST_H
#define SL_ETH_REVERT_LIST_H

#include "revert_table.h"

extern const struct sl_revert_row sl_revert_service[];
extern const struct sl_revert_row sl_revert_pay[];
extern const struct sl_revert_row sl_revert_verifier[];
extern const size_t sl_revert_service_count;
extern const size_t sl_revert_pay_count;
extern const size_t sl_revert_verifier_count;

#endif
