/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * metadata.h - names and values that data sets and pieces carry on chain. Layer: eth.
 *
 * The limits are the contract's, in bytes. Keys with a meaning decide what a data set costs and how
 * it is served: they are set by options of their own, never by hand.
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

/** Keys with a meaning. */
#define SL_METADATA_CDN    "withCDN"          /* data set; any value; we write "" */
#define SL_METADATA_IPFS   "withIPFSIndexing" /* data set; only for CAR data */
#define SL_METADATA_SOURCE "source"           /* data set; the application's name */
#define SL_METADATA_ROOT   "ipfsRootCID"      /* piece */

/** One entry; both texts are borrowed. The order of entries is part of what is signed. */
struct sl_metadata {
    const char *key;
    const char *value;
};

/** Check the rules of the contract: at most `most` entries, keys and values within their bytes, no
 * key twice. Errors: SL_EFORMAT. */
int sl_metadata_check(const struct sl_metadata *entries, size_t count, size_t most,
                      struct sl_err *err) SL_MUST_CHECK;

/**
 * What a person asks data sets to carry: "KEY=VALUE,KEY=VALUE", blanks around an entry left out;
 * "" is none. `text` is cut up, and the entries borrow from it; `out` has room for
 * SL_METADATA_DATA_SET_ENTRIES. Errors: SL_ECONFIG (an entry without '=', an empty or repeated
 * key, a key with a meaning in any case of its letters, more or longer than the contract takes),
 * with what to do instead.
 */
int sl_metadata_parse(struct sl_metadata *out, size_t *count, char *text,
                      struct sl_err *err) SL_MUST_CHECK;

/** Sort by the bytes of the keys. */
void sl_metadata_sort(struct sl_metadata *entries, size_t count);

#endif
