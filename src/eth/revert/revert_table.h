/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * revert_table.h - the custom errors of the contracts: facts of docs/PROTOCOL.md "Reverts", one
 * file a contract; selectors and arguments are proven by tests/data/vectors/abi.json.
 */
#ifndef SL_ETH_REVERT_TABLE_H
#define SL_ETH_REVERT_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "sluice/err.h"

struct sl_revert_row {
    uint32_t selector;
    int code;              /* what a person can do about it: enum sl_code */
    const char *signature; /* with the names of its parameters */
    /* For people; NULL: name and arguments say it. {name} is replaced by an argument, {name:usdfc}
     * by an amount, {name:month} by a rate a month, {name:days} by a number of days. */
    const char *sentence;
};

extern const struct sl_revert_row sl_revert_service[];
extern const struct sl_revert_row sl_revert_pay[];
extern const struct sl_revert_row sl_revert_verifier[];
extern const size_t sl_revert_service_count;
extern const size_t sl_revert_pay_count;
extern const size_t sl_revert_verifier_count;

/** NULL for a selector that no contract of ours has. */
const struct sl_revert_row *sl_revert_row_of(uint32_t selector);

#endif
