/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* revert_table.h - what is known about an error of a contract. Private to eth. */
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

/** Error(string) and Panic(uint256), which the compiler makes. */
extern const struct sl_revert_row sl_revert_error;
extern const struct sl_revert_row sl_revert_panic;

/** NULL for a selector that no contract of ours has. */
const struct sl_revert_row *sl_revert_row_of(uint32_t selector);

#endif
