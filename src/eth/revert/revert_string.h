/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* revert_string.h - refusals that contracts give as plain English, and what they mean. */
#ifndef SL_ETH_REVERT_STRING_H
#define SL_ETH_REVERT_STRING_H

#include <stddef.h>

struct sl_revert_string {
    const char *contains; /* a part of the contract's text */
    int code;
    const char *sentence;
};

/** NULL for a text that is not known. */
const struct sl_revert_string *sl_revert_string_of(const char *text, size_t len);

#endif
