/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "revert/revert_string.h"

#include <string.h>

#include "sluice/err.h"

#define IN_DEBT     "The payment account does not cover what is locked. Deposit USDFC, then try again."
#define NOT_LIVE    "The data set does not exist, is deleted, or is being cleaned up."
#define NO_PROVIDER "There is no such provider. Choose another one."
#define BAD_CID     "A PieceCID was refused: it is malformed or not of version 2."
#define NOT_STORED  "A piece that should be removed is not in the data set."

#define NO_ROOM                                                                                    \
    "The payment account has too little available for the lockup and fees of this operation. "     \
    "Deposit USDFC, then try again."

static const struct sl_revert_string strings[] = {
    {"cover lockup after function execution", SL_EMONEY, NO_ROOM},
    {"insufficient funds to cover lockup", SL_EMONEY, IN_DEBT},
    {"full account lockup was not met", SL_EMONEY, IN_DEBT},
    {"Data set not live", SL_EREVERT, NOT_LIVE},
    {"Provider does not exist", SL_EREVERT, NO_PROVIDER},
    {"Provider not found", SL_EREVERT, NO_PROVIDER},
    {"Provider not registered", SL_EREVERT, NO_PROVIDER},
    {"Provider is not active", SL_EREVERT, "The provider is no longer active. Choose another one."},
    {"Only the storage provider can", SL_EREVERT,
     "Only the storage provider of the data set may do this."},
    {"Must add at least one piece", SL_EREVERT, "The request names no piece."},
    {"Can only schedule removal of existing pieces", SL_EREVERT, NOT_STORED},
    {"Can only schedule removal of live pieces", SL_EREVERT, NOT_STORED},
    {"Piece ID already scheduled for removal", SL_EREVERT,
     "The piece is already scheduled for removal: there is nothing left to do."},
    {"Too many removals wait for next proving period", SL_EREVERT,
     "Too many removals are waiting. Try again after the next proving period."},
    {"Cid must be CommPv2", SL_EREVERT, BAD_CID},
    {"CommPv2 multihash length", SL_EREVERT, BAD_CID},
    {"Keys/values array length mismatch", SL_EREVERT,
     "The metadata has not as many values as keys."},
};

static bool contains(const char *text, size_t len, const char *part)
{
    const size_t n = strlen(part);
    for (size_t i = 0; i + n <= len; i++) {
        if (memcmp(text + i, part, n) == 0)
            return true;
    }
    return false;
}

const struct sl_revert_string *sl_revert_string_of(const char *text, size_t len)
{
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
        if (contains(text, len, strings[i].contains))
            return &strings[i];
    }
    return NULL;
}
