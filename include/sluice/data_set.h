/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * data_set.h - data sets of a client as the chain tells them, and their metadata. Layer: foc.
 *
 * Plain values; texts and lists are borrowed from whoever made them (sl_chain_free()).
 * Source: docs/PROTOCOL.md "Contracts"; metadata is proven by tests/data/vectors/selection.json.
 */
#ifndef SL_DATA_SET_H
#define SL_DATA_SET_H

#include <stddef.h>
#include <stdint.h>

#include "sluice/address.h"
#include "sluice/eip712.h"
#include "sluice/u256.h"

enum { SL_LEAF_BYTES = 32 };

struct sl_data_set {
    struct sl_u256 id;
    struct sl_u256 provider_id;
    struct sl_u256 client_data_set_id; /* the random one that signatures name */
    struct sl_address payer;
    struct sl_address payee;
    struct sl_address service_provider;
    struct sl_u256 pdp_rail; /* 0: there is no such data set */
    struct sl_u256 cache_miss_rail;
    struct sl_u256 cdn_rail;
    struct sl_u256 commission_bps;
    struct sl_u256 end_epoch; /* 0: being paid for; else the epoch at which that ends */
    struct sl_u256 pending_payments;
    struct sl_u256 reserve;             /* for fees */
    struct sl_u256 rail_rate;           /* what the PDP rail pays an epoch now: a data set keeps the
                                           rate of old prices until its next add */
    bool rail_rate_known;               /* false: not read, or its rail has ended */
    struct sl_address authorizer;       /* the contract that decides about its pieces; zero: none */
    bool live;                          /* the verifier proves it */
    bool managed;                       /* its listener is our storage service */
    struct sl_u256 leaves;              /* of SL_LEAF_BYTES each; 0: nothing in it */
    const struct sl_metadata *metadata; /* in the order of the chain */
    size_t metadata_count;
    bool metadata_known; /* false: not read, or not of a form that we would ever write */
};

/** A contract decides about its pieces, where otherwise the payer's signature does: what we sign
 * counts for nothing there, and each operation is that contract's word. */
bool sl_data_set_has_authorizer(const struct sl_data_set *set);

/** Live, managed, being paid for and without an authorizer: pieces can be added. */
bool sl_data_set_is_usable(const struct sl_data_set *set);

/* Data set ids below a limit are legacy: the proof contract keeps their pieces in its older, dearer
 * layout. The two ends of that limit. */
#define SL_ALL_COMPACT UINT64_C(0)
#define SL_ALL_LEGACY  UINT64_MAX

/** The limit that legacyPieceStorageIdLimit() means: a contract that answers 0 has not changed over
 * yet, so all of its data sets are legacy. A contract without that function: SL_ALL_LEGACY. */
uint64_t sl_legacy_limit(uint64_t limit_on_chain);

/** Whether the data set of this id on chain is below the limit; it never changes sides. */
bool sl_data_set_is_legacy(struct sl_u256 id, uint64_t limit);

/** Served by the CDN: it has a rail for it and says so in its metadata. */
bool sl_data_set_has_cdn(const struct sl_data_set *set);

/** What it holds, in bytes as prices count them. False when that does not fit 256 bits. */
bool sl_data_set_bytes(struct sl_u256 *out, const struct sl_data_set *set) SL_MUST_CHECK;

/* ---- metadata ---- */

/* Keys of our pieces, besides those in metadata.h. */
#define SL_METADATA_FILENAME "filename" /* its name, without folders */
#define SL_METADATA_PART     "part"     /* of a file in parts: "3/12" */
#define SL_METADATA_WHOLE    "whole"    /* of a file in parts: the PieceCID of all of it */

/** The `filename` for a file at this path: its last component, printable, in whole characters,
 * within the contract's limit in bytes. */
void sl_metadata_filename(char out[static SL_METADATA_VALUE_BYTES + 1], const char *path);

/** The value of `key`, NULL when there is none. Borrowed from the entries. */
const char *sl_metadata_get(const struct sl_metadata *entries, size_t count, const char *key);

/**
 * Set `key`, in the place of its old value or at the end. The array has room for `most` entries.
 * Errors: SL_EFORMAT (no room).
 */
int sl_metadata_put(struct sl_metadata *entries, size_t *count, size_t most, const char *key,
                    const char *value, struct sl_err *err) SL_MUST_CHECK;

/** The same keys with the same values, to the byte; the order does not matter. */
bool sl_metadata_equal(const struct sl_metadata *a, size_t a_count, const struct sl_metadata *b,
                       size_t b_count);

/**
 * What a data set is asked to have: `entries`, withCDN when `cdn`, and `source` unless it is NULL,
 * empty, or among the entries. What the entries say wins. `out` has room for
 * SL_METADATA_DATA_SET_ENTRIES. Errors: SL_EFORMAT (too many).
 */
int sl_metadata_combine(struct sl_metadata *out, size_t *out_count,
                        const struct sl_metadata *entries, size_t count, bool cdn,
                        const char *source, struct sl_err *err) SL_MUST_CHECK;

/**
 * Check against the limits in bytes (sl_metadata_check()) and sort as the JavaScript client sorts,
 * so that the same entries give the same signature: punctuation, digits, letters, a lower-case
 * letter before its upper-case one, accented letters behind their plain ones. Exact for ASCII and
 * for the Latin letters up to U+017F; other scripts follow in the order of their code points (on
 * the chain any order is valid).
 */
int sl_metadata_arrange(struct sl_metadata *entries, size_t count, size_t most,
                        struct sl_err *err) SL_MUST_CHECK;

#endif
