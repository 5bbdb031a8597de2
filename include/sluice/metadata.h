/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * metadata.h - names and values that data sets and pieces carry on chain. Layer: eth.
 *
 * The limits are the contract's, in bytes. Reserved keys decide the price of a data set and how it
 * is served. Only their own options set them, never a free KEY=VALUE.
 *
 * Source: docs/PROTOCOL.md "Signing"; proven by tests/data/vectors/eip712.json.
 */
#ifndef SL_METADATA_H
#define SL_METADATA_H

#include <stdbool.h>
#include <stddef.h>

#include "sluice/err.h"

enum {
    SL_METADATA_KEY_BYTES = 32,
    SL_METADATA_VALUE_BYTES = 96,
    SL_METADATA_DATA_SET_ENTRIES = 10,
    SL_METADATA_PIECE_ENTRIES = 3
};

/** Reserved keys. */
#define SL_METADATA_CDN    "withCDN"          /* data set; any value; we write "" */
#define SL_METADATA_IPFS   "withIPFSIndexing" /* data set; only for CAR data */
#define SL_METADATA_SOURCE "source"           /* data set; application name */
#define SL_METADATA_ROOT   "ipfsRootCID"      /* piece */

/** One entry; both texts are borrowed. The order of entries is part of the signed data. */
struct sl_metadata {
    const char *key;
    const char *value;
};

/** Check the contract's rules: at most `most` entries, keys and values within their bytes, no key
 * twice. Errors: SL_EFORMAT. */
int sl_eip712_metadata_check(const struct sl_metadata *entries, size_t count, size_t most,
                             struct sl_err *err) SL_MUST_CHECK;

/**
 * Parse the metadata that a user asks data sets to carry: "KEY=VALUE,KEY=VALUE", trimming blanks
 * around an entry; "" is none. `text` is cut up, and the entries borrow from it; `out` has room for
 * SL_METADATA_DATA_SET_ENTRIES. Errors: SL_ECONFIG, with the remedy (an entry without '=', an empty
 * or repeated key, a reserved key in any letter case, more or longer entries than the contract
 * takes).
 */
int sl_eip712_metadata_parse(struct sl_metadata *out, size_t *count, char *text,
                             struct sl_err *err) SL_MUST_CHECK;

#endif
